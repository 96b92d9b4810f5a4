import { type Clock, timeLimit } from '../base/clock.ts';
import { messageFor } from '../base/errors.ts';
import { problemsIn } from '../base/findings.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { writeFailedPlan } from '../github/failed-plan.ts';
import { ordersOf, type Plan, reportOfEarlier } from '../matrix/plan.ts';
import { explainTakers } from '../task/waiting.ts';

/** Who helps to look for agents. */
export interface TakersContext {
  readonly service: Pick<Client, 'agents'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const AGENTS_LIMIT = 10_000;

/**
 * Looks who could take the tasks of a plan, says it, and returns it: with a warning where no agent can. `undefined` where
 * nothing would run, or the agents cannot be read. Throws the signal's reason.
 */
export async function sayTakers(
  plan: Plan,
  { service, clock, log, signal }: TakersContext,
): Promise<Inert | undefined> {
  if (ordersOf(plan).every((order) => reportOfEarlier(order) !== undefined)) return undefined;
  using limit = timeLimit(clock, signal, AGENTS_LIMIT, () => new Error('it took too long'));
  try {
    const { isPossible, text } = explainTakers(plan.workflow?.required_labels, await service.agents(limit.signal));
    if (isPossible) log.info(inert`Agents: ${text}`);
    else log.warning(inert`Agents: ${text}`);
    return text;
  } catch (error) {
    signal.throwIfAborted();
    log.info(inert`Which agents could take it is not known: ${messageFor(error)}`);
    return undefined;
  }
}

/** Writes to the summary why there is no plan, and throws it. */
export async function refusePlan(workflow: string, error: unknown, log: Log): Promise<never> {
  await writeFailedPlan(workflow, problemsIn(error)).catch((unwritten: unknown) => log.warning(messageFor(unwritten)));
  throw error;
}
