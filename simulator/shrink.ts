import type { Fault, LateUrls, Plan, TaskPlan } from './plan.ts';

/**
 * The smallest plan that still fails, as far as taking parts away one after another leads.
 *
 * @param fails Lives through a plan; whether it still fails in the same way.
 */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  for (let tries = 0; tries < MOST_ROUNDS; tries += 1) {
    const better = await firstOf(smallerOnes(smallest), fails);
    if (better === undefined) return smallest;
    smallest = better;
  }
  return smallest;
}

const MOST_ROUNDS = 200;

async function firstOf(plans: Iterable<Plan>, fails: (plan: Plan) => Promise<boolean>): Promise<Plan | undefined> {
  for (const plan of plans) if (await fails(plan)) return plan;
  return undefined;
}

/** Plans with one part less, the largest parts first. */
function* smallerOnes(plan: Plan): Generator<Plan> {
  const { inputs, service, network, faults, tasks } = plan;
  if (faults.length > 1) yield { ...plan, faults: [] };
  for (const fault of faults) yield { ...plan, faults: faults.filter((one) => one !== fault) };
  if (plan.kill !== undefined) yield { ...plan, kill: undefined };
  if (plan.abort !== undefined) yield { ...plan, abort: undefined };
  if (inputs.orders > 1) {
    for (let index = 0; index < tasks.length; index += 1) {
      const [first, ...others] = tasks.filter((_, at) => at !== index);
      if (first === undefined) continue;
      yield { ...plan, inputs: { ...inputs, orders: inputs.orders - 1 }, tasks: [first, ...others] };
    }
  }
  const plainer: Partial<Plan['inputs']>[] = [
    { kind: 'one', orders: 1 },
    { uploads: [] },
    { timeout: undefined },
    { queueTimeout: undefined },
    { cancelOnAbort: true },
    { retries: 0 },
    { download: true },
    { ifNoFilesFound: 'ignore' },
    { maxParallel: 10 },
  ];
  for (const change of plainer) if (differs(inputs, change)) yield { ...plan, inputs: { ...inputs, ...change } };
  for (const [index, task] of tasks.entries()) {
    for (const smaller of smallerTasks(task)) {
      const [first = smaller, ...others] = tasks.with(index, smaller);
      yield { ...plan, tasks: [first, ...others] };
    }
  }
  const calmer: Partial<Plan['service']>[] = [
    { skew: 0 },
    { records: { share: 0, lag: 0 } },
    { cancelTime: 0 },
    { urlLife: 3_600_000 },
    { stream: { replay: 'all', heartbeat: 0, ids: false, ending: 'named', closes: true, tellsTries: false } },
    { stream: { ...service.stream, heartbeat: 0 } },
    { stream: { ...service.stream, replay: 'all' } },
    { stream: { ...service.stream, ending: 'named', closes: true } },
    { stream: { ...service.stream, ids: false, tellsTries: false } },
  ];
  for (const change of calmer) if (differs(service, change)) yield { ...plan, service: { ...service, ...change } };
  const faster: Partial<Plan['network']>[] = [{ connect: QUICK }, { api: QUICK }, { storage: QUICK }];
  for (const change of faster) if (differs(network, change)) yield { ...plan, network: { ...network, ...change } };
  if (differs(plan.cuts, UNCUT)) yield { ...plan, cuts: UNCUT };
  if (differs(plan.disk, ROOMY)) yield { ...plan, disk: ROOMY };
  for (const fault of faults) {
    for (const smaller of smallerFaults(fault)) {
      yield { ...plan, faults: faults.map((one) => (one === fault ? smaller : one)) };
    }
  }
}

const QUICK = { least: 1, most: 1 };
const UNCUT = { first: 1e6, part: 5e5 };
const ROOMY = { free: 1e9, isShort: false };

function* smallerTasks(task: TaskPlan): Generator<TaskPlan> {
  const [first, ...others] = task.tries;
  const [next, ...rest] = others;
  if (next !== undefined) yield { ...task, tries: [next, ...rest] };
  for (const output of task.outputs) {
    if (task.outputs.length > 1) yield { ...task, outputs: task.outputs.filter((one) => one !== output) };
    const plain = { etag: 'strong', framing: 'length', ranges: true, replaced: [], pieces: 1, pieceTime: 0 } as const;
    for (const [key, value] of Object.entries(plain)) {
      const change = { [key]: value };
      if (differs(output, change)) {
        yield { ...task, outputs: task.outputs.map((one) => (one === output ? { ...one, ...change } : one)) };
      }
    }
  }
  if (task.resultDelay > 0) yield { ...task, resultDelay: 0 };
  const { lateUrls, words } = task;
  if (lateUrls !== undefined) {
    yield { ...task, lateUrls: undefined };
    const plainer: Partial<LateUrls>[] = [{ until: 'null' }, { promise: 'keys' }, { prompt: 0 }];
    for (const change of plainer) {
      if (differs(lateUrls, change)) yield { ...task, lateUrls: { ...lateUrls, ...change } };
    }
  }
  for (const state of Object.keys(words)) {
    yield { ...task, words: Object.fromEntries(Object.entries(words).filter(([one]) => one !== state)) };
  }
  if (task.failFirst > 0) yield { ...task, failFirst: task.failFirst - 1 };
  if (task.ending !== 'completed') yield { ...task, ending: 'completed' };
  for (const stage of first) yield { ...task, tries: [first.filter((one) => one !== stage), ...others] };
  for (const stage of first) {
    if (stage.steps > 0)
      yield { ...task, tries: [first.map((one) => (one === stage ? { ...one, steps: 0 } : one)), ...others] };
    if (stage.ms > 1_000) {
      const ms = Math.floor(stage.ms / 2_000) * 1_000;
      yield { ...task, tries: [first.map((one) => (one === stage ? { ...one, ms } : one)), ...others] };
    }
  }
}

function* smallerFaults(fault: Fault): Generator<Fault> {
  for (const route of fault.routes) {
    if (fault.routes.length > 1) yield { ...fault, routes: [route] };
  }
  if (fault.skip > 0) yield { ...fault, skip: 0 };
  if (fault.times > 1 && fault.times < 10) yield { ...fault, times: 1 };
  if (fault.from === 0) return;
  const length = fault.until - fault.from;
  if (length > 2_000) yield { ...fault, until: fault.from + Math.floor(length / 2) };
}

function differs(value: object, change: object): boolean {
  return JSON.stringify(value) !== JSON.stringify({ ...value, ...change });
}
