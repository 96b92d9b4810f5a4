import { RunError } from '../base/errors.ts';
import { amount, asSentence, type Inert, inert, joinInert, someOf } from '../base/inert.ts';

/**
 * What is left to be done about a task.
 *
 * - `fetch`: it completed, and not all of its files are here
 * - `cancel`: it was to be cancelled, and nobody confirmed that it is
 */
export type Rest = 'fetch' | 'cancel';

/** An error that leaves something to be done about a task, and says what. */
export class Unfinished extends RunError {
  /** The error without that. */
  readonly why: RunError;
  readonly rest: Rest;
  readonly taskId: string;

  constructor(why: RunError, rest: Rest, taskId: string) {
    const { kind, message, cause, brief, place } = why;
    super(kind, joinInert([asSentence(message), tellRest(rest, [taskId])], ' '), cause, {
      ...place,
      ...(brief && { brief }),
    });
    this.why = why;
    this.rest = rest;
    this.taskId = taskId;
  }
}

/** Of the tasks of a matrix, so many are named. */
const MOST_IDS = 5;

/**
 * What is left to be done about tasks, and how, in a sentence or two.
 *
 * @param all How many tasks there are.
 */
export function tellRest(rest: Rest, [taskId = '', ...others]: readonly string[], all = 1): Inert {
  if (all === 1) {
    return rest === 'fetch'
      ? inert`The task itself completed: a step with \`task-id: ${taskId}\` in place of \`workflow\` fetches its files without paying again.`
      : inert`Nobody confirmed that task ${taskId} is cancelled: this action's post step asks again, and its log says what came of it. Where none follows, as on a runner that shuts down, cancel it in Cyberun.`;
  }
  const some = inert`${others.length + 1} of ${amount(all, 'task')}`;
  const ids = someOf([taskId, ...others], MOST_IDS);
  return rest === 'fetch'
    ? inert`${some} completed, and not all of their files came: for each, a step with its \`task-id\` in place of \`workflow\` and \`matrix\`, and a \`path\` of its own, fetches them without paying again (${ids}).`
    : inert`Nobody confirmed that ${some} are cancelled: this action's post step asks again, and its log says what came of it. Where none follows, as on a runner that shuts down, cancel them in Cyberun (${ids}).`;
}
