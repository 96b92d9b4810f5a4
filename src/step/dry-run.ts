import { type Clock, timeLimit } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import { exists } from '../files/folder.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { ordersOf, type Plan, willSubmit } from '../matrix/plan.ts';
import { explainTakers } from '../task/waiting.ts';

/** Who helps to look for agents. */
export interface TakersContext {
  readonly service: Pick<Client, 'agents'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const AGENTS_LIMIT = 10_000;

/** Says that nobody looked for earlier runs, where there may be some. */
export async function sayUnread(
  { reuse, download, waitForCompletion, folder, path }: Inputs,
  { disk, log }: { readonly disk: Disk; readonly log: Log },
): Promise<void> {
  if (reuse || !download || !waitForCompletion || !(await exists(disk, folder))) return;
  log.info(inert`reuse is off: what ${path} holds was not looked at`);
}

/**
 * Looks who could take the tasks of a plan, says it, and returns it. `undefined` where no agent can, which is a warning,
 * where nothing would run, or the agents cannot be read. Throws the signal's reason.
 */
export async function sayTakers(
  plan: Plan,
  { service, clock, log, signal }: TakersContext,
): Promise<Inert | undefined> {
  if (ordersOf(plan).every((order) => !willSubmit(order))) return undefined;
  using limit = timeLimit(clock, signal, AGENTS_LIMIT, () => new Error('it took too long'));
  try {
    const { isPossible, text } = explainTakers(plan.workflow?.required_labels, await service.agents(limit.signal));
    log[isPossible ? 'info' : 'warning'](inert`Agents: ${text}`);
    return isPossible ? text : undefined;
  } catch (error) {
    signal.throwIfAborted();
    log.info(inert`Which agents could take it is not known: ${messageFor(error)}`);
    return undefined;
  }
}
