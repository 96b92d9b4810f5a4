import { drawFault } from './draw-faults.ts';
import { drawRare } from './draw-rare.ts';
import { drawTask } from './draw-tasks.ts';
import type { InputsPlan, Latency, Moment, NetworkPlan, Plan, Route, ServicePlan } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import { drawTime, MINUTE, SECOND } from './times.ts';

/**
 * What happens under a seed. Most seeds are mild: a few faults, short waits, so that the promises about a good run can be
 * held against them. One in eight is hostile, one in a hundred is made of what hardly ever comes together.
 */
export function drawPlan(seed: number): Plan {
  const random = createRandom(seed);
  const { chance, int, pick } = random;
  const isHostile = chance(0.125);
  const inputs = drawInputs(random);
  const tasks = Array.from({ length: inputs.orders }, () => drawTask(random, isHostile, inputs.retries));
  const span = spanOf(tasks.slice(0, 3));
  const network = drawNetwork(random, isHostile, span);
  const faults = chance(0.3)
    ? []
    : Array.from({ length: int(1, isHostile ? 8 : 4) }, () => drawFault(random, isHostile, span));
  const [first, ...others] = tasks;
  if (first === undefined) throw new Error('every plan has a task');
  const plan: Plan = {
    seed,
    inputs,
    network,
    service: drawService(random, span),
    disk: { free: chance(0.02) ? 1_000 : 1e9, isShort: chance(0.1) },
    cuts: pick([
      { first: 20_000, part: 10_000 },
      { first: 1e6, part: 5e5 },
    ]),
    tasks: [first, ...others],
    faults,
    abort: chance(0.2) ? drawMoment(random, span) : undefined,
    kill: chance(0.12) ? drawMoment(random, span) : undefined,
  };
  return chance(0.01) ? drawRare(random, plan) : plan;
}

/** About how long the tasks take, one after another. */
function spanOf(tasks: Plan['tasks'] | readonly Plan['tasks'][number][]): number {
  const times = tasks.map(({ tries }) => tries.flat().reduce((sum, { ms }) => sum + ms, 0));
  return times.reduce((sum, ms) => sum + ms, 2 * SECOND);
}

function drawInputs(random: Random): InputsPlan {
  const { chance, int, pick } = random;
  const kind = pick<InputsPlan['kind']>(['one', 'one', 'one', 'one', 'matrix', 'attach']);
  const orders = kind === 'matrix' ? pick([1, 2, 2, 3, 3, 4, int(5, 12)]) : 1;
  return {
    kind,
    orders,
    maxParallel: pick([1, 2, 3, 10]),
    failFast: chance(0.7),
    wait: kind === 'attach' || chance(0.95),
    timeout: chance(0.3) ? drawTime(random, SECOND, 10 * MINUTE) : undefined,
    queueTimeout: chance(0.3) ? drawTime(random, SECOND, 5 * MINUTE) : undefined,
    cancelOnAbort: chance(0.85),
    retries: chance(0.2) ? pick([1, 1, 2, 6]) : 0,
    download: chance(0.95),
    ifNoFilesFound: pick(['warn', 'error', 'ignore']),
    uploads: chance(0.1) ? Array.from({ length: int(1, 3) }, () => pick([0, 1, 1_000, 100_000])) : [],
  };
}

function drawNetwork(random: Random, isHostile: boolean, span: number): NetworkPlan {
  const { pick, chance } = random;
  const most = () => (isHostile ? pick([200, 3 * SECOND, 20 * SECOND, 2 * MINUTE]) : pick([5, 50, 200, 1_200]));
  return {
    connect: { least: 1, most: isHostile ? pick([50, 9 * SECOND]) : 50 },
    api: latency(most()),
    storage: latency(most()),
    // Tasks may wait for ever; a job does not.
    jobLimit: span + drawTime(random, MINUTE, (chance(0.03) ? 6 * 60 : 15) * MINUTE),
  };

  function latency(longest: number): Latency {
    return { least: pick([1, 10, 50]), most: longest };
  }
}

function drawService(random: Random, span: number): ServicePlan {
  const { chance, int, pick } = random;
  return {
    skew: chance(0.2) ? pick([-1, 1]) * drawTime(random, SECOND, 10 * MINUTE) : 0,
    records: chance(0.2)
      ? { share: pick([0.2, 0.5, 1]), lag: drawTime(random, 100, 8 * SECOND) }
      : { share: 0, lag: 0 },
    stream: {
      replay: pick(['none', 'status', 'all']),
      heartbeat: chance(0.3) ? pick([5, 15, 30]) * SECOND : 0,
      ids: chance(0.5),
      ending: pick(['named', 'named', 'status', 'both', 'none']),
      closes: chance(0.9),
      tellsTries: chance(0.2),
    },
    // Some expire while their files wait for their turn.
    urlLife: chance(0.15) ? drawTime(random, SECOND, span + MINUTE) : 60 * MINUTE,
    expired: pick(['aws', 'r2', 'gcs']),
    cancelTime: chance(0.2) ? int(0, 30) * SECOND : int(0, 500),
  };
}

const ROUTES: readonly [Route, ...Route[]] = [
  'workflow',
  'submit',
  'submit',
  'task',
  'events',
  'agents',
  'result',
  'cancel',
  'presign',
  'get',
  'put',
];

function drawMoment(random: Random, span: number): Moment {
  const { int, pick, chance } = random;
  if (chance(0.4)) return { type: 'at', ms: int(0, span) };
  if (chance(0.25)) return { type: 'save', nth: int(1, 4) };
  return { type: 'request', route: pick(ROUTES), nth: int(1, 3), phase: pick(['asked', 'arrived', 'answered']) };
}
