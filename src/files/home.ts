import { sleep, timeLimit } from '../base/clock.ts';
import { asRunError, RunError } from '../base/errors.ts';
import { inert, inertLines, joinInert, LONGEST_VALUE } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { TaskResult } from '../cyberun/schema.ts';
import type { Ended } from '../task/ending.ts';
import type { Followed } from '../task/followed.ts';
import { downloadOutputs, missingFiles } from './collect.ts';
import type { HomeContext, HomeOptions } from './context.ts';
import type { Arrived } from './downloads.ts';
import { listOutputs } from './outputs.ts';
import type { TaskReport } from './report.ts';

/** The report of a task of which nothing has been brought home, or is to be. */
export function reportOf({ ended: _, ...known }: Followed): TaskReport {
  return { ...known, output: undefined, files: [], checksumsPath: undefined };
}

/**
 * Reads the result of a task that ended and, when it completed, downloads its files. What went wrong is in the report,
 * beside what arrived before an abort. Never throws.
 */
export async function bringHome(followed: Followed, options: HomeOptions, context: HomeContext): Promise<TaskReport> {
  const { ended } = followed;
  let report = reportOf(followed);
  if (ended === undefined) return report;
  const learn = (more: Partial<TaskReport>) => {
    report = { ...report, ...more };
    context.learn(report);
  };
  learn({});
  try {
    if (ended.status !== 'completed') return { ...report, problem: await endedBadly(ended, context) };
    const result = await readResult(ended.taskId, context);
    learn({ output: result.task_output });
    if (!options.download) return report;
    const outputs = listOutputs(result, ended.taskId);
    if (outputs.length === 0) return { ...report, problem: foundNothing(options, context) };
    const onArrival = (files: readonly Arrived[]) => learn({ files });
    const { failures, checksumsPath } = await downloadOutputs(ended.taskId, outputs, options, context, onArrival);
    const { signal } = context;
    const problem = signal.aborted ? asRunError('aborted', signal.reason) : missingFiles(failures, outputs.length);
    return { ...report, checksumsPath, problem };
  } catch (error) {
    const { signal } = context;
    return { ...report, problem: asRunError('files', signal.aborted ? signal.reason : error) };
  }
}

const RESULT_TRIES = 5;
/** How long a failed task's result may take, in milliseconds: it is read for its error text only. */
const ERROR_LIMIT = 10_000;

/** A task's result may appear a moment after its end. */
async function readResult(taskId: string, { service, clock, signal }: HomeContext): Promise<TaskResult> {
  const backoff = createBackoff(500, 5_000);
  for (let tries = 1; ; tries += 1) {
    try {
      return await service.result(taskId, signal);
    } catch (error) {
      const early = error instanceof ApiError && [404, 409, 425].includes(error.status ?? 0);
      if (!early || tries === RESULT_TRIES) throw resultLost(error);
      await sleep(clock, backoff.next(), signal);
    }
  }
}

/** The task is fine, and so are its files. */
function resultLost(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  return new RunError(
    'files',
    inert`The task completed, but its result could not be read. ${error.message} Fetch its files later: run this job again with its task-id.`,
    error,
  );
}

async function endedBadly(
  { taskId, status, error }: Ended,
  { service, clock, log, signal }: HomeContext,
): Promise<RunError> {
  if (status === 'cancelled') {
    return new RunError('task', inert`Task ${taskId} was cancelled, and not by this job: see in Cyberun who did it.`);
  }
  let said = error ?? '';
  if (said === '') {
    using limit = timeLimit(clock, signal, ERROR_LIMIT, () => new Error('too slow'));
    said = (await service.result(taskId, limit.signal).catch(() => undefined))?.task_error ?? '';
    signal.throwIfAborted();
  }
  const lines = inertLines(said);
  if (lines.length > 1) log.group(inert`What the service says of the failure`, lines);
  // A traceback says where it began in its first line, and what went wrong in its last.
  const last = inertLines(said.slice(-LONGEST_VALUE)).at(-1) ?? inert``;
  const reason =
    lines.length > 1 ? joinInert([lines[0] ?? inert``, last], lines.length > 2 ? ' […] ' : ' ⏎ ') : lines[0];
  return new RunError(
    'task',
    reason === undefined
      ? inert`Task ${taskId} failed, and the service does not say why: its page in Cyberun may.`
      : inert`Task ${taskId} failed: ${reason}`,
  );
}

function foundNothing({ ifNoFilesFound }: HomeOptions, { log }: HomeContext): RunError | undefined {
  const text = inert`The task completed, but it has no files to download.`;
  if (ifNoFilesFound === 'error')
    return new RunError('files', inert`${text} If that is no surprise, set if-no-files-found to warn or ignore.`);
  if (ifNoFilesFound === 'warn') log.warning(text);
  else log.info(text);
  return undefined;
}
