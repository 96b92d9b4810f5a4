/** An agent as the API shows it. */
export interface EmulatedAgent {
  readonly agent_id: string;
  readonly agent_status?: 'idle' | 'busy' | 'syncing' | 'tunnel' | 'unhealthy';
  readonly agent_labels: readonly string[];
  readonly gpu_capacity?: number;
  readonly running_count?: number;
  readonly gpu_type?: string;
  readonly sync_phase?: string;
  readonly sync_detail?: string;
  readonly sync_percent?: number;
}

/** An agent while the emulator runs; `running_count` counts what the emulator gave it and what it started with. */
export interface RunningAgent extends EmulatedAgent {
  agent_status: NonNullable<EmulatedAgent['agent_status']>;
  running_count: number;
  readonly gpu_capacity: number;
  readonly gpu_type: string;
}

export type Agents = ReturnType<typeof createAgents>;

/** The team's agents. A task gets one that is idle, has every label it requires and has room. */
export function createAgents(given: readonly EmulatedAgent[]) {
  const agents: RunningAgent[] = given.map((agent) => ({
    sync_phase: '',
    sync_detail: '',
    sync_percent: 100,
    agent_status: 'idle',
    running_count: 0,
    gpu_capacity: 1,
    gpu_type: 'NVIDIA GeForce RTX 4090',
    ...agent,
  }));
  return {
    list: agents as readonly RunningAgent[],
    /** An agent for these labels, now taken; `undefined` when there is none. */
    claim(labels: readonly string[]): RunningAgent | undefined {
      const agent = agents.find(
        ({ agent_status, agent_labels, running_count, gpu_capacity }) =>
          agent_status === 'idle' &&
          running_count < gpu_capacity &&
          labels.every((label) => agent_labels.includes(label)),
      );
      if (!agent) return undefined;
      agent.running_count += 1;
      if (agent.running_count >= agent.gpu_capacity) agent.agent_status = 'busy';
      return agent;
    },
    /** Gives an agent back. */
    free(agent: RunningAgent) {
      agent.running_count -= 1;
      if (agent.agent_status === 'busy') agent.agent_status = 'idle';
    },
  };
}
