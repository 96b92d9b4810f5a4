import type { Clock } from '../base/clock.ts';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log, Mark } from '../base/log.ts';
import { createHeartbeat } from '../base/quiet.ts';
import type { TaskView } from '../task/context.ts';
import { type TaskProgress, terminalStatus } from '../task/history.ts';

/** A line every so many milliseconds, if anything moved at all. */
const SLOWEST = 10_000;
/** The same for one task of many. */
const SLOWEST_OF_MANY = 60_000;
/** The longer it goes on, the less a line tells: one every so much of the time until now. Two hours have some 150. */
const SHARE = 1 / 40;
/** And never two within so much of that. */
const FASTEST = 0.1;
/** A line every so much of the whole, between those two. */
const STRIDE = 0.1;
const BAR = 20;
/** Lines of what its program says. */
const MOST_TOLD = 200;
/** Lines of one task; of its progress there may be more, but as few as of one task of many. */
const MOST_LINES = 500;

/** How states are to be seen. */
const TONES: Readonly<Record<string, Mark['tone']>> = {
  completed: 'good',
  failed: 'bad',
  cancelled: 'held',
  waiting: 'held',
  running: 'busy',
};

/** The nodes of a workflow's graph. */
export interface Nodes {
  /** What one is called, if it is there and has a name. Foreign text. */
  readonly nameOf: (node: string) => string | undefined;
  /** 0 where the graph is not known. */
  readonly count: number;
}

/**
 * A task's lines in the log: the time since the submit, then what there is to say. Outside groups, as GitHub shows those
 * folded, and few, as the log is read line by line.
 *
 * @param nodes Those of the workflow's graph.
 * @param began When the clock of the lines began, as `clock.now()` told it.
 * @param label What tells the task from its siblings: then it has far fewer lines of progress, as theirs come between.
 */
export function createTaskView(
  log: Pick<Log, 'info' | 'warning'>,
  clock: Clock,
  nodes: Nodes,
  began: number,
  label?: string,
): TaskView {
  let shownAt = label === undefined ? Number.NEGATIVE_INFINITY : clock.now();
  let shown = Number.NEGATIVE_INFINITY;
  let place: string | undefined;
  let placeBegan = { at: began, fraction: 0 };
  /** The state as it was said, and the last step that was shown. */
  let state = inert``;
  let reached = '';
  let told = 0;
  let isHopeless = false;
  const seen = new Map<string, number>();
  // Of one among many, the overview tells that they go on.
  const heartbeat =
    label === undefined ? createHeartbeat(clock, () => print(inert`still ${state}${reached}`)) : undefined;

  const name = label === undefined ? '' : `[${label}]  `;
  function print(text: Inert, tone?: Mark['tone']): void {
    const before = inert`  ${formatClock(clock.now() - began)}  ${name}`;
    const [word = ''] = /^[\w-]+/.exec(text) ?? [];
    const mark = tone === undefined ? undefined : { at: before.length, length: word.length, tone };
    log.info(inert`${before}${text}`, mark);
  }
  let lines = 0;

  /** A service can tell of a thousand states a second. */
  function line(text: Inert, tone?: Mark['tone']): void {
    heartbeat?.spoke();
    lines += 1;
    if (lines < MOST_LINES) print(text, tone);
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
    line: (text) => line(text),
    shared: (text) => line(text),
    status(status, text) {
      state = text;
      reached = '';
      if (terminalStatus(status) === undefined) line(text, TONES[status]);
      else print(text, TONES[status]);
    },
    hopeless(text) {
      if (!isHopeless) log.warning(inert`${name}No agent will take the task: ${text}.`);
      isHopeless = true;
    },
    told(text) {
      if (label !== undefined) return;
      told += 1;
      if (told <= MOST_TOLD) line(text);
      if (told === MOST_TOLD) line(inert`it says more than ${MOST_TOLD} lines; the others are in Cyberun`);
    },
    end: () => heartbeat?.end(),
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
      const isFew = label !== undefined || lines >= MOST_LINES;
      const slowest = Math.max(isFew ? SLOWEST_OF_MANY : SLOWEST, (now - began) * SHARE);
      const waited = now - shownAt;
      if (waited < slowest && (isFew || moved < STRIDE || waited < slowest * FASTEST)) return;
      shownAt = now;
      shown = fraction ?? shown;
      const parts = [
        fraction === undefined ? undefined : bar(fraction),
        progress.steps === undefined ? undefined : inert`step ${progress.step ?? 0}/${progress.steps}`,
        describePlace(progress, nodes, seen),
        fraction === undefined ? undefined : timeLeft(fraction, now),
      ].filter((part) => part !== undefined);
      reached = progress.steps === undefined ? '' : `, at step ${progress.step ?? 0}/${progress.steps}`;
      if (lines < MOST_LINES) line(joinInert(parts, '  '));
      else print(joinInert(parts, '  '));
    },
  };
}

/** Such as `KSampler (node 3)`, and `KSampler (node 8, the 2nd of 5)` where another came before. */
function describeNode(node: string, { nameOf, count }: Nodes, place: number): Inert {
  const name = nameOf(node);
  const which = place === 1 ? '' : `, the ${ordinal(place)}${count < place ? '' : ` of ${count}`}`;
  return name === undefined ? inert`node ${node}${which}` : inert`${name} (node ${node}${which})`;
}

function ordinal(place: number): string {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  return `${place}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th')}`;
}

/** From 0 to 1, whatever the service counts. */
function fractionOf({ step = 0, steps = 0 }: TaskProgress): number | undefined {
  return steps > 0 ? Math.min(1, Math.max(0, step / steps)) : undefined;
}

function bar(fraction: number): Inert {
  const full = Math.floor(fraction * BAR);
  return inert`[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(Math.floor(fraction * 100)).padStart(3)}%`;
}

/** Nodes that are told from one another; a service may make up any number. */
const MOST_NODES = 1_000;

/** @param seen The nodes so far, and the place of each among them: each counts from nothing, so the bar goes back. */
function describePlace(
  { node, stage, message }: TaskProgress,
  nodes: Nodes,
  seen: Map<string, number>,
): Inert | undefined {
  if (node !== undefined && !seen.has(node) && seen.size < MOST_NODES) seen.set(node, seen.size + 1);
  const parts = [
    stage === undefined ? undefined : inert`${stage}`,
    node === undefined ? undefined : describeNode(node, nodes, seen.get(node) ?? 1),
    message === undefined ? undefined : inert`${message}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : joinInert(parts, '  ');
}
