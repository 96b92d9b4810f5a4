import { type Clock, timeLimit } from '../base/clock.ts';
import { type Inert, inert, inertLines, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Ended } from './ending.ts';

/** How long a failed task's result may take, in milliseconds: it is read for its error text only. */
const ERROR_LIMIT = 10_000;

/** What asking for a reason needs. */
export interface ReasonContext {
  readonly service: Pick<Client, 'result'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly signal: AbortSignal;
}

/**
 * The same end with the service's words for a failure: where neither record nor event had any, the result is asked, once.
 * An empty `error` says that nothing has any. Never throws; after an abort, the end is as it was.
 */
export async function withReason(ended: Ended, { service, clock, signal }: ReasonContext): Promise<Ended> {
  if (ended.status !== 'failed' || ended.error !== undefined) return ended;
  using limit = timeLimit(clock, signal, ERROR_LIMIT, () => new Error('too slow'));
  const result = await service.result(ended.taskId, limit.signal).catch(() => undefined);
  return signal.aborted ? ended : { ...ended, error: result?.task_error ?? '' };
}

/** The lines of what the service says of a failure; none where it says nothing. */
export function reasonLines({ error }: Pick<Ended, 'error'>): Inert[] {
  return inertLines(error ?? '');
}

/**
 * Says in one line why a task failed, for the log or an error; where the service says more, a group has it.
 *
 * @param tries How many there were, of which this is the last.
 */
export function tellFailure(ended: Ended, log: Pick<Log, 'group'>, tries = 1): Inert {
  const { taskId, status, word } = ended;
  const lines = reasonLines(ended);
  if (lines.length > 1) log.group(inert`What the service says of the failure`, lines);
  // A traceback says where it began in its first line, and what went wrong in its last.
  const [first, last] = [lines[0], lines.at(-1)];
  const reason =
    first === undefined || last === undefined || lines.length === 1
      ? first
      : joinInert([first, last], lines.length > 2 ? ' […] ' : ' ⏎ ');
  const ofTries = tries < 2 ? '' : `, the last of ${tries} tries`;
  const failed =
    word === status ? inert`ask ${taskId} failed${ofTries}` : inert`ask ${taskId} ended as ${word}${ofTries}`;
  return reason === undefined
    ? inert`T${failed}, and the service does not say why: its page in Cyberun may.`
    : joinInert([reason, inert`(t${failed})`], ' ');
}
