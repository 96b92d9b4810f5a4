import { type Clock, timeLimit } from '../clock.ts';
import type { Client } from '../cyberun/client.ts';
import type { Agent } from '../cyberun/schema.ts';
import { type Inert, inert, joinInert } from '../inert.ts';

/** How often the reason is looked at again, in milliseconds. */
const LOOK_AGAIN = 15_000;
const LOOK_LIMIT = 5_000;

/** Watches why a task waits; the reason is said when it is known, and again only when it changes. */
export interface WaitingWatch {
  /** The task waits from now on. */
  begin(): void;
  /** The task no longer waits. */
  end(): void;
  /** The last reason known. */
  reason(): Inert | undefined;
}

/** @param say Told the reason, `undefined` when it cannot be known. */
export function createWaitingWatch(
  labels: readonly string[],
  { service, clock, signal }: { service: Pick<Client, 'agents'>; clock: Clock; signal: AbortSignal },
  say: (reason: Inert | undefined) => void,
): WaitingWatch {
  let watching: AbortController | undefined;
  let reason: Inert | undefined;

  async function watch(over: AbortSignal): Promise<void> {
    for (let looks = 0; ; looks += 1) {
      const found = await look(over);
      over.throwIfAborted();
      if (looks === 0 || (found !== undefined && found !== reason)) say(found);
      reason = found ?? reason;
      await clock.sleep(LOOK_AGAIN, over);
    }
  }

  async function look(over: AbortSignal): Promise<Inert | undefined> {
    using limit = timeLimit(over, LOOK_LIMIT, () => new Error('too slow'));
    // A key that may not read agents, or a slow service, costs the explanation and nothing else.
    return service.agents(limit.signal).then(
      (agents) => explainWaiting(labels, agents),
      () => undefined,
    );
  }

  return {
    begin() {
      if (watching !== undefined) return;
      watching = new AbortController();
      const over = AbortSignal.any([signal, watching.signal]);
      watch(over).catch(() => {
        // Only the abort ends the watch.
      });
    },
    end() {
      watching?.abort();
      watching = undefined;
      reason = undefined;
    },
    reason: () => reason,
  };
}

/**
 * Why a task with these labels waits, given the team's agents. An agent is eligible when its labels are a superset of the
 * workflow's (docs.cyberun.cloud, "Agents and labels").
 */
export function explainWaiting(labels: readonly string[], agents: readonly Agent[]): Inert {
  const wanted = labels.join(', ');
  if (agents.length === 0) return inert`the team has no agent at all; start one`;
  const missing = labels.filter((label) => !agents.some((agent) => agent.agent_labels.includes(label)));
  if (missing.length > 0) {
    return inert`nobody has the label ${missing.join(', ')}; the task waits for ever unless an agent gets it`;
  }
  const eligible = agents.filter((agent) => labels.every((label) => agent.agent_labels.includes(label)));
  if (eligible.length === 0)
    return inert`no single agent has all of ${wanted}; the task waits for ever unless one gets them`;
  const groups = STATES.flatMap(({ status, word }) => {
    const found = eligible.filter((agent) => agent.agent_status === status);
    return found.length === 0 ? [] : [inert`${found.length} ${word}: ${found.map(nameOf).join(', ')}`];
  });
  const idle = eligible.filter((agent) => agent.agent_status === 'idle');
  if (idle.length > 0) return inert`${idle.map(nameOf).join(', ')} is idle and should take it soon`;
  const who = wanted === '' ? inert`no agent is idle` : inert`no idle agent has ${wanted}`;
  return groups.length === 0 ? who : inert`${who} (${joinInert(groups, '; ')})`;
}

const STATES = [
  { status: 'busy', word: 'busy' },
  { status: 'syncing', word: 'syncing' },
  { status: 'unhealthy', word: 'unhealthy' },
  { status: 'tunnel', word: 'with a tunnel open' },
] as const;

function nameOf(agent: Agent): string {
  const name = agent.agent_id ?? 'unnamed';
  if (agent.agent_status === 'syncing' && agent.sync_percent !== undefined)
    return `${name} ${Math.round(agent.sync_percent)}%`;
  return name;
}
