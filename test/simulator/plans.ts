import type { InputsPlan, OutputPlan, Plan, TaskPlan } from '../../simulator/plan.ts';

export const OUTPUT: OutputPlan = {
  bytes: 3_000,
  etag: 'strong',
  framing: 'length',
  ranges: true,
  replaced: [],
  pieces: 2,
  pieceTime: 0,
};

export const TASK: TaskPlan = {
  tries: [[{ status: 'running', ms: 20_000, steps: 2 }]],
  ending: 'completed',
  failFirst: 0,
  error: 'CUDA error: unspecified launch failure',
  outputs: [OUTPUT],
  resultDelay: 0,
  resultEarly: 404,
  lateUrls: undefined,
  words: {},
};

/** One task that runs for 20 s on a good network, with changes. */
export function createPlan({
  inputs,
  ...changes
}: Partial<Omit<Plan, 'inputs'>> & { inputs?: Partial<InputsPlan> } = {}): Plan {
  const quick = { least: 1, most: 50 };
  return {
    seed: 1,
    inputs: {
      kind: 'one',
      orders: 1,
      maxParallel: 10,
      failFast: true,
      wait: true,
      timeout: undefined,
      queueTimeout: undefined,
      cancelOnAbort: true,
      retries: 0,
      download: true,
      ifNoFilesFound: 'warn',
      uploads: [],
      ...inputs,
    },
    network: { connect: quick, api: quick, storage: quick, jobLimit: 600_000 },
    service: {
      skew: 0,
      records: { share: 0, lag: 0 },
      stream: { replay: 'status', heartbeat: 15_000, ids: true, ending: 'named', closes: true, tellsTries: false },
      urlLife: 3_600_000,
      expired: 'aws',
      cancelTime: 100,
    },
    disk: { free: 1e9, isShort: false },
    cuts: { first: 1e6, part: 5e5 },
    tasks: [TASK],
    faults: [],
    abort: undefined,
    kill: undefined,
    ...changes,
  };
}
