import { type Inert, inert } from '../base/inert.ts';
import type { EventData, Task } from '../cyberun/schema.ts';
import { timeOf } from '../cyberun/times.ts';

/** A task's terminal states. */
export type TerminalStatus = 'completed' | 'failed' | 'cancelled';

/** How far a task is. Every field may be unknown. Strings are foreign text. */
export interface TaskProgress {
  /** 0 to 1. */
  readonly fraction: number | undefined;
  readonly step: number | undefined;
  readonly steps: number | undefined;
  /** The key of the node in the workflow's graph. */
  readonly node: string | undefined;
  readonly stage: string | undefined;
  readonly message: string | undefined;
}

/** Something the log may want to say: about the task itself, or about the way its service lets it be followed. */
export interface Notice {
  readonly type: 'notice';
  readonly about: 'task' | 'service';
  readonly message: Inert;
}

/** Something new about a task. */
export type Happening =
  | { readonly type: 'status'; readonly status: string; readonly task: Task | undefined }
  | { readonly type: 'progress'; readonly progress: TaskProgress }
  /** What its program says. */
  | { readonly type: 'told'; readonly message: Inert }
  | Notice;

/**
 * The state that the service's word for one means, as the documentation calls it: `CANCELED` is `cancelled`, `timed-out` is
 * `failed`. A word that nobody knows is passed on as it is.
 */
export function stateOf(word: string | undefined): string | undefined {
  const folded = word?.trim().toLowerCase().replace(/[-\s]/g, '_') ?? '';
  return LIFE.includes(folded) ? folded : (OTHER_WORDS.get(folded) ?? word);
}

/** The terminal state that a word means, if it is one. */
export function terminalStatus(word: string | undefined): TerminalStatus | undefined {
  const state = stateOf(word);
  return state === 'completed' || state === 'failed' || state === 'cancelled' ? state : undefined;
}

/** The end that an event is named after. Of another name it may be of something else: `error` and `timeout` are of the stream. */
export function endOfName(name: string): TerminalStatus | undefined {
  return /^(completed|failed|cancell?ed)$/i.test(name) ? terminalStatus(name) : undefined;
}

/** Whether the service's word for a state is one that somebody knows. */
export function isKnownState(word: string | undefined): boolean {
  return LIFE.includes(stateOf(word) ?? '');
}

const LIFE: readonly string[] = [
  ...['pending', 'waiting', 'provisioning', 'queued', 'running'],
  ...['completed', 'failed', 'cancelled'],
];

/** Words that are not documented, and mean one that is. */
const OTHER_WORDS: ReadonlyMap<string, TerminalStatus> = new Map([
  // Of Kubernetes, Prefect, Ray, Slurm and their like: it ran to its end, and nothing was wrong.
  ['complete', 'completed'],
  ['succeeded', 'completed'],
  ['success', 'completed'],
  // The American spelling. Whoever stopped it wanted that.
  ['canceled', 'cancelled'],
  // No outputs, and nobody wanted it to stop. A task that timed out is documented as failed.
  ['error', 'failed'],
  ['errored', 'failed'],
  ['failure', 'failed'],
  ['timed_out', 'failed'],
  ['timeout', 'failed'],
  ['expired', 'failed'],
]);

/**
 * Tells what is new from what was said before: a stream that reconnects may replay nothing, the current status or all,
 * and records may lag behind events. An unknown state is passed on as it is; an end is not told here.
 */
export function createHistory() {
  let status: string | undefined;
  let retries = 0;
  let newest = Number.NEGATIVE_INFINITY;
  /** When the newest event was that led to the current state; a record tells no such time. */
  let toldAt: number | undefined;
  /** The connection of now told the current state. */
  let toldHere = false;
  /** How old its last event is. */
  let newestHere: number | undefined;
  /** The states that were told with one time stamp, the newest: another connection may tell all of them again. */
  let latest = { at: Number.NEGATIVE_INFINITY, states: new Set<string>() };
  /** An event put the task back: the service tries it again, and has yet to count that. */
  let putBack = false;
  let doubted: string | undefined;
  let errors = new Set<string>();
  const progress = new Set<string>();

  function* move(next: string | undefined, task: Task | undefined): Generator<Happening> {
    if (next === undefined || next === status) return;
    status = next;
    if (terminalStatus(next) === undefined) yield { type: 'status', status: next, task };
  }

  /** One without a time stamp is as old as the one before it: within one connection, a stream is ordered. */
  const dateOf = (data: EventData) => timeOf(data.timestamp) ?? newestHere;

  return {
    /** What a record of the task says that is new. */
    *task(task: Task): Generator<Happening> {
      const next = stateOf(task.task_status);
      if ((task.retry_count ?? 0) > retries) {
        retries = task.retry_count ?? 0;
        if (!putBack) status = undefined;
        putBack = false;
        progress.clear();
        yield { type: 'notice', about: 'task', message: inert`The service tries the task again (retry ${retries})` };
      }
      // A task goes back when the service tries it again, which it counts. Where it does not count, a record may still be
      // older than the last event, and only a second one that says the same is believed.
      const isBack = goesBack(status, next);
      const doubtful = isBack && (task.retry_count !== undefined || doubted !== next);
      doubted = doubtful ? next : undefined;
      if (doubtful || next === status) return;
      toldAt = undefined;
      toldHere = false;
      yield* move(next, task);
    },

    /** A connection to the stream opened: what it says first may be what was said before. */
    opened(): void {
      toldHere = false;
      newestHere = undefined;
    },

    /** Whether an event is older than the current state, be it in a replay: then it is of a former try. */
    isOld(data: EventData): boolean {
      const at = timeOf(data.timestamp);
      return at === undefined ? isBefore(newestHere, newest) : isBefore(at, toldAt);
    },

    /** What an event says that is new. */
    *event(name: string, data: EventData): Generator<Happening> {
      const at = dateOf(data);
      newestHere = at;
      if (name === 'error') {
        const text = data.task_error ?? data.message ?? '';
        // One that is long stands for all that are.
        const key = text.length > LONGEST_REMEMBERED ? '…' : text;
        if (errors.has(key) || errors.size > MOST_REMEMBERED) return;
        errors.add(key);
        yield {
          type: 'notice',
          about: 'service',
          message: inert`The service could not read the status${text === '' ? '' : `: ${text}`}; the task goes on.`,
        };
        return;
      }
      errors = new Set();
      const next = name === 'status' ? stateOf(data.status ?? data.task_status) : endOfName(name);
      if (next !== undefined) {
        // A stream may replay what was before the current state, which a record or another connection told. One that told
        // a failure itself goes on to the next try, be its time stamps as coarse as a second.
        const isLater = isBefore(toldAt, at);
        const isNextTry = toldHere && status === 'failed' && !isBefore(at, newest);
        const isKnown = !toldHere && at === latest.at && latest.states.has(next);
        const replayed = isKnown || (goesBack(status, next) ? !isLater && !isNextTry : isBefore(at, newest));
        if (!replayed) {
          if (isBefore(latest.at, at)) latest = { at: at ?? latest.at, states: new Set() };
          if (at === latest.at && latest.states.size < MOST_REMEMBERED) latest.states.add(next);
          putBack ||= goesBack(status, next);
          toldAt = at ?? toldAt;
          toldHere = true;
          yield* move(next, undefined);
        }
      }
      if (name === 'progress') {
        // A template, which copies no message of a megabyte to tell how long it is.
        const key = `${data.progress}|${data.step_current}|${data.step_total}|${data.current_node}|${data.stage}|${data.message}`;
        const isShort = key.length <= LONGEST_REMEMBERED;
        if ((isShort && progress.has(key)) || isBefore(at, newest)) return;
        if (progress.size > MOST_REMEMBERED) progress.clear();
        if (isShort) progress.add(key);
        yield { type: 'progress', progress: progressOf(data) };
      }
      if (name === 'log') {
        const text = data.message ?? data.text ?? '';
        const key = `log|${at}|${text}`;
        const isShort = key.length <= LONGEST_REMEMBERED;
        // A stream may replay what was told before.
        if (text.trim() === '' || (isShort && progress.has(key)) || isBefore(at, newest)) return;
        if (progress.size > MOST_REMEMBERED) progress.clear();
        if (isShort) progress.add(key);
        yield { type: 'told', message: inert`${text}` };
      }
      if (at !== undefined && at > newest) newest = at;
    },
  };
}

const MOST_REMEMBERED = 10_000;
/** In UTF-16 code units. */
const LONGEST_REMEMBERED = 1_000;

/** Whether a time is known to be before another. */
function isBefore(at: number | undefined, other: number | undefined): boolean {
  return at !== undefined && other !== undefined && at < other;
}

/** Whether `next` comes before `status` in a task's life; of a state that is not documented nobody knows. */
function goesBack(status: string | undefined, next: string | undefined): boolean {
  if (status === undefined || next === undefined) return false;
  const [from, to] = [LIFE.indexOf(status), LIFE.indexOf(next)];
  return from !== -1 && to !== -1 && to < from;
}

function progressOf(data: EventData): TaskProgress {
  return {
    fraction: data.progress === undefined ? undefined : Math.min(1, Math.max(0, data.progress)),
    step: data.step_current,
    steps: data.step_total,
    node: data.current_node === undefined ? undefined : String(data.current_node),
    stage: data.stage,
    message: data.message,
  };
}
