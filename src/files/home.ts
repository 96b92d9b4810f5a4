import prettyBytes from 'pretty-bytes';
import { sleep } from '../base/clock.ts';
import { formatDuration } from '../base/durations.ts';
import { asRunError, RunError } from '../base/errors.ts';
import { firstOnly } from '../base/first-only.ts';
import { asSentence, type Inert, inert, joinInert } from '../base/inert.ts';
import { toSendable } from '../base/mapping.ts';
import type { Pattern } from '../base/pattern.ts';
import { createBackoff } from '../base/retry.ts';
import { Unreadable } from '../cyberun/body.ts';
import { ApiError } from '../cyberun/errors.ts';
import type { TaskResult } from '../cyberun/schema.ts';
import type { Ended } from '../task/ending.ts';
import { tellFailure, withReason } from '../task/failure.ts';
import type { Followed } from '../task/followed.ts';
import { causeOf } from '../task/hopeless.ts';
import { stillThere } from './again.ts';
import type { Arrived } from './arrived.ts';
import { downloadOutputs, missingFiles, type Offer } from './collect.ts';
import type { HomeContext, HomeOptions } from './context.ts';
import { listKeyed, listOutputs } from './outputs.ts';
import { describeMissing, missingOutputs, RESULT_LIMIT } from './promised.ts';
import { LARGEST_RESULT, type TaskReport } from './report.ts';
import { foundNothing, isSelected, type Named, placed, sayIdle } from './selection.ts';
import { notUnpacked, sayNoArchive } from './unpacked.ts';

/** The report of a task of which nothing has been brought home, or is to be. */
export function reportOf({ ended: _, ...known }: Followed): TaskReport {
  return { ...known, output: undefined, files: [], ...NO_LISTS };
}

const NO_LISTS = { checksumsPath: undefined, recordPath: undefined };

/**
 * Reads the result of a task that ended and, when it completed, downloads its files. What went wrong is in the report,
 * beside what arrived before an abort. Never throws.
 *
 * @param here What the task offered, where all that is wanted of it is there already: then nobody is asked.
 */
export async function bringHome(
  followed: Followed,
  options: HomeOptions,
  context: HomeContext,
  here?: Offer,
): Promise<TaskReport> {
  const { ended, reused } = followed;
  const isReused = reused !== undefined;
  let report = reportOf(followed);
  if (ended === undefined) return report;
  const learn = (more: Partial<TaskReport>) => {
    report = { ...report, ...more };
    context.learn(report);
  };
  learn({});
  try {
    if (ended.status !== 'completed') {
      // That there is no use in another try is said with the failure.
      if (report.problem !== undefined) return report;
      const tries = followed.tries.length + 1;
      return { ...report, problem: endedBadly(await withReason(ended, context), tries, context) };
    }
    const offer = here ?? (await readOffer(ended, options, context));
    const { outputs, leftOut, missing, output } = offer;
    learn({ output });
    if (!options.download) return report;
    const { log } = context;
    if (outputs.length === 0) {
      const lost = missingFiles([], 0, missing);
      return { ...report, problem: lost ? stillThere(lost, report) : foundNothing(options, leftOut, log) };
    }
    sayIdle(options.pattern, [...outputs, ...leftOut], log);
    if (options.extract) sayNoArchive(outputs, log);
    const onArrival = (files: readonly Arrived[]) => learn({ files });
    const { failures, unpacked, ...lists } = await downloadOutputs(
      { ...followed, ended },
      offer,
      options,
      context,
      onArrival,
    );
    const { signal } = context;
    const lost = signal.aborted
      ? asRunError('aborted', signal.reason)
      : missingFiles(failures, outputs.length, missing);
    const packed = signal.aborted ? undefined : notUnpacked(unpacked, isReused);
    const problem = lost === undefined ? packed : stillThere(bothOf(lost, packed), report);
    const { checksumsPath, recordPath } = lists;
    return { ...report, checksumsPath, recordPath, problem };
  } catch (error) {
    const { signal } = context;
    return { ...report, problem: stillThere(asRunError('files', signal.aborted ? signal.reason : error), report) };
  }
}

function bothOf(lost: RunError, packed: RunError | undefined): RunError {
  if (packed === undefined) return lost;
  return new RunError('files', joinInert([lost.message, packed.message], ' '), lost.cause);
}

/**
 * What a task's result offers, and what it lacks. It may appear a moment after the task's end, and its URLs a moment after that: they
 * are waited for, as long as {@link RESULT_LIMIT} says, and then it is what it is.
 */
async function readOffer(
  { taskId, output }: Ended,
  { download, pattern }: HomeOptions,
  context: HomeContext,
): Promise<Offer> {
  const { service, clock, log, signal } = context;
  const until = clock.now() + RESULT_LIMIT;
  const backoff = createBackoff(clock, 500, 5_000);
  const isOver = () => clock.now() >= until;
  const tell = firstOnly((text: Inert) => log.info(text));
  for (;;) {
    try {
      const result = await service.result(taskId, signal);
      const offer = select(result, taskId, output, pattern);
      const { missing } = offer;
      if (!download || missing.count === 0 || isOver()) return { ...offer, output: readableOutput(result, context) };
      tell(inert`No URL yet of ${describeMissing(missing)}: asking again for up to ${formatDuration(RESULT_LIMIT)}`);
    } catch (error) {
      const early = error instanceof ApiError && [404, 409, 425].includes(error.status ?? 0);
      if (!early || isOver()) throw resultLost(error);
    }
    await sleep(clock, Math.min(backoff.next(), until - clock.now()), signal);
  }
}

/** Of what a result offers and lacks, what `pattern` selects. */
function select(result: TaskResult, taskId: string, announced: unknown, pattern: Pattern): Omit<Offer, 'output'> {
  const found = placed(listOutputs(result, taskId));
  const isOther = (file: Named) => !isSelected(file, pattern);
  const lacks = missingOutputs(result, found, announced).count > 0;
  const others = lacks ? placed(listKeyed(result, announced, taskId)).filter(isOther) : [];
  const byId = new Map(others.map((file) => [file.output, file]));
  const missing = missingOutputs(result, found, announced, (id) => byId.has(id));
  const lacking = missing.unwanted.flatMap((id) => byId.get(id) ?? []);
  return {
    outputs: found.filter((file) => !isOther(file)),
    leftOut: [...found.filter(isOther), ...lacking],
    missing,
  };
}

/** A `task_output` that nobody can read, or that no output could hold, costs the output `result`, and no file. */
function readableOutput({ task_output }: TaskResult, { log }: HomeContext): unknown {
  if (task_output instanceof Unreadable) {
    log.warning(inert`The output result is empty, as the service's task_output is broken. ${task_output.why}`);
    return undefined;
  }
  const size = Buffer.byteLength(JSON.stringify(toSendable(task_output)) ?? '');
  if (size <= LARGEST_RESULT) return task_output;
  // Here, and not when outputs are set: the tasks of a matrix would keep megabytes each.
  log.warning(
    inert`The output result is left out for this task: its task_output has ${prettyBytes(size)} as JSON, and ${prettyBytes(LARGEST_RESULT)} is the most.`,
  );
  return undefined;
}

/** The task is fine, and so are its files. */
function resultLost(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  return new RunError('files', inert`The result of the task could not be read. ${error.message}`, error);
}

function endedBadly(ended: Ended, tries: number, { log, signal }: HomeContext): RunError {
  const { taskId, status, error } = ended;
  if (status === 'cancelled') {
    return new RunError('task', inert`Task ${taskId} was cancelled, and not by this job: see in Cyberun who did it.`);
  }
  if (error === undefined) signal.throwIfAborted();
  const [text, cause] = [tellFailure(ended, log, tries), causeOf(ended)];
  if (cause === undefined) return new RunError('task', text);
  return new RunError('task', joinInert([asSentence(text), inert`Another try would not help, because`, cause], ' '));
}
