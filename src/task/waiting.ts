import { type Clock, sleep, timeLimit } from '../base/clock.ts';
import { type Inert, inert, joinInert, someOf } from '../base/inert.ts';
import type { Client } from '../cyberun/client.ts';
import type { Agent, Task } from '../cyberun/schema.ts';
import { timeOf } from '../cyberun/times.ts';
import { stateOf } from './history.ts';

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
  reason(): Waits | undefined;
}

/** Why a task waits. */
export interface Waits {
  readonly text: Inert;
  /** No agent that the team has now will ever take it. */
  readonly isHopeless: boolean;
}

/** What the watch asks, and of what. */
export interface WaitingContext {
  readonly service: Pick<Client, 'agents'> & Partial<Pick<Client, 'tasks'>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** With it, the tasks that have waited longer are counted as well. */
  readonly taskId?: string | undefined;
}

/**
 * @param labels The workflow's; `undefined` when it could not be read.
 * @param say Told the reason, `undefined` when it cannot be known.
 */
export function createWaitingWatch(
  labels: readonly string[] | undefined,
  { service, clock, signal, taskId }: WaitingContext,
  say: (reason: Waits | undefined) => void,
): WaitingWatch {
  let watching: AbortController | undefined;
  let reason: Waits | undefined;

  async function watch(over: AbortSignal): Promise<void> {
    let said: Inert | undefined;
    for (let looks = 0; ; looks += 1) {
      const found = await look(over);
      over.throwIfAborted();
      if (looks === 0 || (found !== undefined && found.kind !== said)) say(found);
      said = found?.kind ?? said;
      reason = found ?? reason;
      await sleep(clock, LOOK_AGAIN, over);
    }
  }

  /** The reason, and what of it makes it another one: numbers that only tick on do not. */
  async function look(over: AbortSignal): Promise<(Waits & { readonly kind: Inert }) | undefined> {
    using limit = timeLimit(clock, over, LOOK_LIMIT, () => new Error('too slow'));
    // A key that may not read them, or a slow service, costs the explanation and nothing else. Both are waited for: when the
    // limit is gone, nothing bounds what is left.
    const asking = taskId === undefined ? undefined : service.tasks?.(limit.signal).catch(() => undefined);
    const agents = await service.agents(limit.signal).catch(() => undefined);
    const tasks = await asking;
    if (agents === undefined) return undefined;
    const ahead = countAhead(taskId, tasks ?? []);
    const text = explainWaiting(labels, agents);
    return {
      isHopeless: !explainTakers(labels, agents).isPossible,
      text: ahead === 0 ? text : inert`${text}; ${ahead} ${ahead === 1 ? 'task has' : 'tasks have'} waited longer`,
      kind: explainWaiting(
        labels,
        agents.map((agent) => ({ ...agent, sync_percent: undefined })),
      ),
    };
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
export function explainWaiting(labels: readonly string[] | undefined, agents: readonly Agent[]): Inert {
  if (agents.length === 0) return inert`the team has no agent at all; start one`;
  if (labels === undefined) {
    return joinInert([inert`which agents can run the workflow is not known`, ...statesOf(agents)], '; ');
  }
  const wanted = labels.join(', ');
  const known = new Set(agents.flatMap((agent) => agent.agent_labels));
  const missing = labels.filter((label) => !known.has(label));
  if (missing.length > 0) {
    const others =
      known.size === 0 ? inert`agents have none at all` : inert`agents have ${someOf([...known].sort(), MOST_LABELS)}`;
    return inert`nobody has the label ${missing.join(', ')} (${others}); the task waits for ever unless an agent gets it`;
  }
  const eligible = eligibleFor(labels, agents);
  if (eligible.length === 0)
    return inert`no single agent has all of ${wanted}; the task waits for ever unless one gets them`;
  const idle = eligible.filter((agent) => agent.agent_status === 'idle');
  if (idle.length > 0) return inert`${namesOf(idle)} ${idle.length === 1 ? 'is' : 'are'} idle and should take it soon`;
  const groups = statesOf(eligible);
  const who = wanted === '' ? inert`no agent is idle` : inert`no idle agent has ${wanted}`;
  return groups.length === 0 ? who : inert`${who} (${joinInert(groups, '; ')})`;
}

function eligibleFor(labels: readonly string[], agents: readonly Agent[]): Agent[] {
  return agents.filter(({ agent_labels }) => {
    const offered = new Set(agent_labels);
    return labels.every((label) => offered.has(label));
  });
}

/** Which of the team's agents can take a task with these labels, or why none can. */
export function explainTakers(labels: readonly string[] | undefined, agents: readonly Agent[]): Takers {
  const eligible = labels === undefined ? [] : eligibleFor(labels, agents);
  if (eligible.length === 0) return { isPossible: labels === undefined, text: explainWaiting(labels, agents) };
  const idle = eligible.filter((agent) => agent.agent_status === 'idle');
  const groups = [...(idle.length > 0 ? [inert`${idle.length} idle: ${namesOf(idle)}`] : []), ...statesOf(eligible)];
  const states = groups.length === 0 ? inert`none of them idle` : joinInert(groups, '; ');
  return { isPossible: true, text: inert`${eligible.length} of ${agents.length} agents can take it (${states})` };
}

/** What is known of who could take a task. */
export interface Takers {
  /** False where no agent that the team has now ever will. */
  readonly isPossible: boolean;
  readonly text: Inert;
}

/**
 * How many tasks of the team wait since before this one; of which workflows they are, and so whether for the same agents,
 * the list does not say. It holds the newest tasks only, which those that wait usually are.
 */
function countAhead(taskId: string | undefined, tasks: readonly Task[]): number {
  const own = timeOf(tasks.find(({ id }) => id === taskId)?.created_at) ?? Number.NaN;
  return tasks.filter((task) => stateOf(task.task_status) === 'waiting' && (timeOf(task.created_at) ?? own) < own)
    .length;
}

function statesOf(agents: readonly Agent[]): Inert[] {
  return STATES.flatMap(({ status, word }) => {
    const found = agents.filter((agent) => agent.agent_status === status);
    return found.length === 0 ? [] : [inert`${found.length} ${word}: ${namesOf(found)}`];
  });
}

const STATES = [
  { status: 'busy', word: 'busy' },
  { status: 'syncing', word: 'syncing' },
  { status: 'unhealthy', word: 'unhealthy' },
  { status: 'tunnel', word: 'with a tunnel open' },
] as const;

function namesOf(agents: readonly Agent[]): string {
  const more = agents.length - MOST_NAMES;
  return `${agents.slice(0, MOST_NAMES).map(nameOf).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MOST_NAMES = 5;
/** Of those that agents have. */
const MOST_LABELS = 10;

function nameOf(agent: Agent): string {
  const name = agent.agent_id ?? 'unnamed';
  if (agent.agent_status === 'syncing' && agent.sync_percent !== undefined)
    return `${name} ${Math.round(agent.sync_percent)}%`;
  return name;
}
