import type { Clock } from '../base/clock.ts';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { TaskView } from '../task/context.ts';
import { type TaskProgress, terminalStatus } from '../task/history.ts';

/** A line every so many milliseconds, if anything moved at all. */
const SLOWEST = 10_000;
/** The same for one task of many. */
const SLOWEST_OF_MANY = 60_000;
/** And never two within so many. */
const FASTEST = 1_000;
/** A line every so much of the whole, between those two. */
const STRIDE = 0.1;
const BAR = 20;
/** Lines of one task; of its progress there may be more, but as few as of one task of many. */
const MOST_LINES = 500;

/**
 * A task's lines in the log: the time since the submit, then what there is to say. Outside groups, as GitHub shows those
 * folded, and few, as the log is read line by line.
 *
 * @param nodeName The name of a node of the workflow's graph, if it has one.
 * @param began When the clock of the lines began, as `clock.now()` told it.
 * @param label What tells the task from its siblings: then it has far fewer lines of progress, as theirs come between.
 */
export function createTaskView(
  log: Pick<Log, 'info'>,
  clock: Clock,
  nodeName: (node: string) => string | undefined,
  began: number,
  label?: string,
): TaskView {
  let shownAt = label === undefined ? Number.NEGATIVE_INFINITY : clock.now();
  let shown = Number.NEGATIVE_INFINITY;
  let place: string | undefined;
  let placeBegan = { at: began, fraction: 0 };

  const name = label === undefined ? '' : `[${label}]  `;
  const print = (text: Inert) => log.info(inert`  ${formatClock(clock.now() - began)}  ${name}${text}`);
  let lines = 0;

  /** A service can tell of a thousand states a second. */
  function line(text: Inert): void {
    lines += 1;
    if (lines < MOST_LINES) print(text);
    if (lines === MOST_LINES)
      print(inert`this task has ${MOST_LINES} lines; from now on, only its progress and its end are told`);
  }

  function timeLeft(fraction: number, now: number): Inert | undefined {
    const gained = fraction - placeBegan.fraction;
    const spent = now - placeBegan.at;
    if (gained < STRIDE || spent < 5_000 || fraction >= 1) return undefined;
    const left = (spent / gained) * (1 - fraction);
    return left < 2_000 ? undefined : inert`about ${formatClock(left)} left`;
  }

  return {
    line,
    shared: line,
    status: (status, text) => (terminalStatus(status) === undefined ? line(text) : print(text)),
    progress(progress) {
      const now = clock.now();
      const fraction = progress.fraction ?? fractionOf(progress);
      const here = `${progress.stage ?? ''}|${progress.node ?? ''}`;
      if (here !== place || (fraction ?? 0) < placeBegan.fraction) {
        // ComfyUI counts per node: a new node begins at nothing again.
        place = here;
        placeBegan = { at: now, fraction: fraction ?? 0 };
        shown = Number.NEGATIVE_INFINITY;
      }
      const moved = fraction === undefined ? 0 : Math.abs(fraction - shown);
      const due =
        label === undefined && lines < MOST_LINES
          ? now - shownAt >= SLOWEST || (now - shownAt >= FASTEST && moved >= STRIDE)
          : now - shownAt >= SLOWEST_OF_MANY;
      if (!due) return;
      shownAt = now;
      shown = fraction ?? shown;
      const parts = [
        fraction === undefined ? undefined : bar(fraction),
        progress.steps === undefined ? undefined : inert`step ${progress.step ?? 0}/${progress.steps}`,
        describePlace(progress, nodeName),
        fraction === undefined ? undefined : timeLeft(fraction, now),
      ].filter((part) => part !== undefined);
      if (lines < MOST_LINES) line(joinInert(parts, '  '));
      else print(joinInert(parts, '  '));
    },
  };
}

/** From 0 to 1, whatever the service counts. */
function fractionOf({ step = 0, steps = 0 }: TaskProgress): number | undefined {
  return steps > 0 ? Math.min(1, Math.max(0, step / steps)) : undefined;
}

function bar(fraction: number): Inert {
  const full = Math.floor(fraction * BAR);
  return inert`[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(Math.floor(fraction * 100)).padStart(3)}%`;
}

function describePlace(
  { node, stage, message }: TaskProgress,
  nodeName: (node: string) => string | undefined,
): Inert | undefined {
  const name = node === undefined ? undefined : nodeName(node);
  const parts = [
    stage === undefined ? undefined : inert`${stage}`,
    node === undefined ? undefined : name === undefined ? inert`node ${node}` : inert`${name} (node ${node})`,
    message === undefined ? undefined : inert`${message}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : joinInert(parts, '  ');
}
