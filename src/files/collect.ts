import prettyBytes from 'pretty-bytes';
import { sleep, timeLimit } from '../base/clock.ts';
import { asRunError, messageFor, RunError } from '../base/errors.ts';
import { firstOnly } from '../base/first-only.ts';
import { type Inert, inert, inertLines, joinInert, LONGEST_VALUE } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { TaskResult } from '../cyberun/schema.ts';
import type { CollectOptions, RunContext } from '../task/context.ts';
import type { Ended } from '../task/follow.ts';
import type { TaskReport } from '../task/report.ts';
import type { Source } from '../transfer/storage.ts';
import { createByteProgress } from './bytes.ts';
import { type Arrived, type Downloads, downloadAll } from './downloads.ts';
import { listOutputs, type TaskOutput } from './outputs.ts';

/** What was brought home. */
export type Collected = Pick<TaskReport, 'problem' | 'output' | 'files' | 'checksumsPath'>;

/** What is there before anything was. */
export const NOTHING: Collected = { problem: undefined, output: undefined, files: [], checksumsPath: undefined };

/**
 * Reads the result of a task that ended and, when it completed, downloads its files. What does not arrive is the report's
 * problem. Throws only the signal's reason, and that only before the first file.
 */
export async function collect(
  taskId: string,
  ended: Ended,
  options: CollectOptions,
  context: RunContext,
): Promise<Collected> {
  if (ended.status !== 'completed') return { ...NOTHING, problem: await endedBadly(taskId, ended, context) };
  const { signal } = context;
  let output: unknown;
  try {
    const result = await readResult(taskId, context);
    output = result.task_output;
    if (!options.download) return { ...NOTHING, output };
    const outputs = listOutputs(result);
    if (outputs.length === 0) return { ...NOTHING, output, problem: foundNothing(options, context) };
    const { files, failures, checksumsPath } = await downloadOutputs(taskId, outputs, options, context);
    // What arrived before an abort is there, and is told of.
    const problem = signal.aborted ? asRunError('aborted', signal.reason) : missingFiles(failures, outputs.length);
    return { output, files, checksumsPath, problem };
  } catch (error) {
    signal.throwIfAborted();
    return { ...NOTHING, output, problem: asRunError('files', error) };
  }
}

const RESULT_TRIES = 5;
/** How long a failed task's result may take, in milliseconds: it is read for its error text only. */
const ERROR_LIMIT = 10_000;

/** A task's result may appear a moment after its end. */
async function readResult(taskId: string, { service, clock, signal }: RunContext): Promise<TaskResult> {
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
  taskId: string,
  ended: Ended,
  { service, clock, log, signal }: RunContext,
): Promise<RunError> {
  if (ended.status === 'cancelled') {
    return new RunError('task', inert`Task ${taskId} was cancelled, and not by this job: see in Cyberun who did it.`);
  }
  let said = ended.error ?? '';
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

function foundNothing({ ifNoFilesFound }: CollectOptions, { log }: RunContext): RunError | undefined {
  const text = inert`The task completed, but it has no files to download.`;
  if (ifNoFilesFound === 'error')
    return new RunError('files', inert`${text} If that is no surprise, set if-no-files-found to warn or ignore.`);
  if (ifNoFilesFound === 'warn') log.warning(text);
  else log.info(text);
  return undefined;
}

async function downloadOutputs(
  taskId: string,
  outputs: readonly TaskOutput[],
  { workspace, folder, folderName }: CollectOptions,
  context: RunContext,
): Promise<Downloads> {
  const { log, clock, brief = false } = context;
  if (!brief) log.info(inert`Downloading ${count(outputs.length)}`);
  const began = clock.now();
  const progress = createByteProgress(outputs.length, clock, log);
  const sources = createSources(outputs, async (signal) => listOutputs(await context.service.result(taskId, signal)));
  const wanted = outputs.map((output, index) => ({ ...output, source: sources[index] as Source }));
  // Of many parts that wait, one tells.
  const notice = firstOnly((message: Inert) => log.info(message));
  const downloads = await downloadAll(wanted, workspace, folder, { ...context, notice }, progress);
  const bytes = downloads.files.reduce((sum, file) => sum + file.bytes, 0);
  if (downloads.files.length > 0) {
    if (!brief) log.group(inert`files`, downloads.files.map(fileLine));
    const speed = bytes / Math.max(0.001, (clock.now() - began) / 1000);
    log.info(
      inert`${count(downloads.files.length)} in ${folderName}, ${prettyBytes(bytes)} at ${prettyBytes(speed)}/s`,
    );
  }
  if (downloads.replaced.length > 0) {
    log.warning(
      inert`Replaced in ${folderName}, where an earlier run or step had put another file of that name: ${downloads.replaced.slice(0, 5).join(', ')}. Give each step a path of its own to keep both.`,
    );
  }
  return downloads;
}

/** Sources whose URLs are all replaced together: one call of `mint` gives every output a fresh one. */
function createSources(
  outputs: readonly TaskOutput[],
  mint: (signal: AbortSignal) => Promise<readonly TaskOutput[]>,
): Source[] {
  const urls = new Map(outputs.map(({ output, url }) => [output, url]));
  let minting: Promise<void> | undefined;

  async function renewAll(signal: AbortSignal): Promise<void> {
    for (const { output, url } of await mint(signal)) if (urls.has(output)) urls.set(output, url);
  }

  return outputs.map(({ output, url }) => ({
    url: () => urls.get(output) ?? url,
    async renew(stale, signal) {
      if (minting === undefined && urls.get(output) !== stale) return;
      minting ??= renewAll(signal).finally(() => {
        minting = undefined;
      });
      await minting;
    },
  }));
}

function fileLine({ output, name, bytes, sha256 }: Arrived): Inert {
  return inert`${output}  ${name}  ${prettyBytes(bytes)}  sha256 ${sha256}`;
}

function missingFiles(failures: Downloads['failures'], wanted: number): RunError | undefined {
  if (failures.length === 0) return undefined;
  const shown = failures.slice(0, 3).map(({ output, error }) => inert`${output}: ${messageFor(error)}`);
  const more = failures.length > 3 ? inert` and ${failures.length - 3} more` : inert``;
  return new RunError(
    'files',
    inert`${failures.length} of ${count(wanted)} did not arrive. ${joinInert(shown, ' ')}${more} The task itself completed: run this job again with its task-id to fetch them.`,
    failures[0]?.error,
  );
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
