import { EVERYTHING } from './draw-faults.ts';
import type { Fault, Plan, Trouble } from './plan.ts';
import type { Random } from './random.ts';
import { drawTime, MINUTE, SECOND } from './times.ts';

/** Coincidences that draws of one thing after another would hardly ever bring about, laid over a plan. */
export function drawRare(random: Random, plan: Plan): Plan {
  return random.pick([unreadableRecords, unknownHost, quickTaskBehindProxy])(random, plan);
}

/** The record cannot be read for longer than any patience, while the stream lives. */
function unreadableRecords(random: Random, plan: Plan): Plan {
  const { pick } = random;
  const what = pick<Trouble>([
    { type: 'status', status: 503, retryAfter: undefined, arrived: false },
    { type: 'silent', arrived: true },
    { type: 'refused' },
    { type: 'page' },
  ]);
  const from = drawTime(random, SECOND, MINUTE);
  const length = drawTime(random, 11 * MINUTE, 20 * MINUTE);
  const task: Plan['tasks'][number] = {
    ...plan.tasks[0],
    tries: [[{ status: 'running', ms: length + drawTime(random, MINUTE, 5 * MINUTE), steps: pick([0, 6]) }]],
  };
  return {
    ...quiet(plan),
    service: { ...plan.service, stream: { ...plan.service.stream, heartbeat: pick([5, 15, 30, 60]) * SECOND } },
    network: { ...plan.network, jobLimit: 2 * length + 30 * MINUTE },
    tasks: [task],
    faults: [window(['task'], from, from + length, what)],
  };
}

/** The address is mistyped. */
function unknownHost(_random: Random, plan: Plan): Plan {
  return { ...quiet(plan), faults: [window(EVERYTHING, 0, 60 * MINUTE, { type: 'unknown-host' })] };
}

/** A short task whose stream a proxy keeps to itself. */
function quickTaskBehindProxy(random: Random, plan: Plan): Plan {
  const task: Plan['tasks'][number] = {
    ...plan.tasks[0],
    tries: [[{ status: 'running', ms: drawTime(random, SECOND, MINUTE), steps: 0 }]],
    ending: 'completed',
  };
  const what = random.pick<Trouble>([{ type: 'buffered' }, { type: 'silent', arrived: true }]);
  const service = { ...plan.service, stream: { ...plan.service.stream, closes: false } };
  return { ...quiet(plan), service, tasks: [task], faults: [window(['events'], 0, 60 * MINUTE, what)] };
}

/** One task that nobody ends early. */
function quiet(plan: Plan): Plan {
  const { inputs } = plan;
  const limits = { timeout: undefined, queueTimeout: undefined, retries: 0 };
  const alone = { ...inputs, ...limits, kind: 'one', orders: 1, wait: true } as const;
  return { ...plan, inputs: alone, tasks: [plan.tasks[0]], abort: undefined, kill: undefined };
}

function window(routes: Fault['routes'], from: number, until: number, what: Trouble): Fault {
  return { routes, from, until, skip: 0, times: 1e9, what };
}
