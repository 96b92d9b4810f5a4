import type { Fault, Route, Trouble } from './plan.ts';
import type { Random } from './random.ts';
import { drawTime, MINUTE, SECOND } from './times.ts';

/** One thing that goes wrong: now and then for a while, mostly for a few requests. */
export function drawFault(random: Random, isHostile: boolean, span: number): Fault {
  const { chance, int } = random;
  if (chance(0.1)) return drawMissing(random, span);
  const routes = drawRoutes(random);
  const what = drawTrouble(random, isHostile, routes);
  const isWindow = chance(isHostile ? 0.6 : 0.35) || LASTING.includes(what.type);
  // What comes before the tasks is over soon.
  const from = int(0, routes.every((route) => EARLY.includes(route)) ? 3 * SECOND : span);
  const longest = isHostile ? 15 * MINUTE : MINUTE;
  return {
    routes,
    from: isWindow ? from : 0,
    until: isWindow ? from + drawTime(random, 100, longest) : 1e9,
    skip: isWindow ? 0 : int(0, 3),
    times: isWindow ? 1e9 : int(1, 2),
    what,
  };
}

/** An ingress without a backend, or a replica that lags: for a while, what is there is not found. */
function drawMissing(random: Random, span: number): Fault {
  const { int, pick } = random;
  const routes = pick<readonly Route[]>([
    ['task'],
    ['task'],
    ['task', 'events'],
    ['events'],
    ['result'],
    ['submit'],
    ['cancel'],
    ['workflow'],
    ['presign'],
    SERVICE,
  ]);
  const isLate = routes.every((route) => route === 'result' || route === 'cancel');
  const from = int(0, routes.every((route) => EARLY.includes(route)) ? SECOND : span);
  const length = pick([drawTime(random, SECOND, 50 * SECOND), drawTime(random, 50 * SECOND, 3 * MINUTE)]);
  return {
    routes,
    from: isLate ? 0 : from,
    until: (isLate ? span : from) + length,
    skip: 0,
    times: 1e9,
    what: { type: 'status', status: 404, retryAfter: undefined, arrived: false },
  };
}

const EARLY: readonly Route[] = ['workflow', 'presign', 'put', 'submit'];
const LASTING: readonly Trouble['type'][] = ['half-open', 'cut-streams', 'mute', 'refused-early'];

const SERVICE: readonly Route[] = [
  'workflow',
  'workflows',
  'submit',
  'task',
  'events',
  'result',
  'cancel',
  'agents',
  'tasks',
  'presign',
];
export const EVERYTHING: readonly Route[] = [...SERVICE, 'get', 'put'];

/** One kind of requests, the whole service, the storage, or all there is. */
function drawRoutes({ pick }: Random): readonly Route[] {
  return pick<readonly Route[]>([
    ['task'],
    ['task'],
    ['events'],
    ['events'],
    ['events'],
    ['submit'],
    ['cancel'],
    ['result'],
    ['workflow'],
    ['agents', 'tasks'],
    ['presign', 'put'],
    ['put'],
    ['get'],
    ['get'],
    ['get'],
    SERVICE,
    ['task', 'events'],
    ['get', 'put'],
    EVERYTHING,
  ]);
}

function drawTrouble(random: Random, isHostile: boolean, routes: readonly Route[]): Trouble {
  const { chance, int, pick } = random;
  const isOfStorage = routes.includes('get') || routes.includes('put');
  const isOfUploads = routes.length === 1 && routes[0] === 'put';
  const isOfStreams = routes.length === 1 && routes[0] === 'events';
  if (isOfStreams && chance(0.7)) {
    return pick<Trouble>([
      { type: 'half-open' },
      { type: 'half-open' },
      { type: 'cut-streams' },
      { type: 'buffered' },
      { type: 'mute' },
      { type: 'silent', arrived: chance(0.5) },
      { type: 'slow', ms: drawTime(random, 100, isHostile ? 2 * MINUTE : 5 * SECOND) },
      { type: 'status', status: pick([401, 403, 404, 405, 501]), retryAfter: undefined, arrived: false },
      { type: 'cut', share: int(0, 10) / 10, how: pick(['reset', 'end', 'stall']) },
    ]);
  }
  if (isOfUploads && chance(0.4)) return { type: 'refused-early' };
  return pick<() => Trouble>([
    () => ({ type: 'refused' }),
    () => ({ type: 'unknown-host' }),
    () => ({ type: 'no-handshake' }),
    () => ({ type: 'reset', arrived: chance(0.5) }),
    () => ({ type: 'reset', arrived: chance(0.5) }),
    () => ({ type: 'silent', arrived: chance(0.5) }),
    () => drawStatus(random, isHostile),
    () => drawStatus(random, isHostile),
    () => drawStatus(random, isHostile),
    // A page with the status of a success in a file's place would be the file.
    () => (isOfStorage ? { type: 'refused' } : { type: 'page' }),
    () => ({ type: 'cut', share: int(0, 10) / 10, how: pick(['reset', 'end', 'stall']) }),
    () => ({ type: 'slow', ms: drawTime(random, 100, isHostile ? 2 * MINUTE : 5 * SECOND) }),
    () => ({ type: 'trickle', ms: drawTime(random, 10, isHostile ? 29 * SECOND : SECOND) }),
  ])();
}

function drawStatus(random: Random, isHostile: boolean): Trouble {
  const { chance, pick } = random;
  const longest = isHostile ? 10 * MINUTE : 20 * SECOND;
  const retryAfter = chance(0.4) ? Math.ceil(drawTime(random, SECOND, longest) / SECOND) : undefined;
  // What no patience mends.
  if (chance(0.06))
    return { type: 'status', status: pick([401, 403, 404, 422]), retryAfter: undefined, arrived: false };
  // Only of these two nobody need fear that the request was accepted all the same.
  if (chance(0.5)) return { type: 'status', status: pick([429, 503]), retryAfter, arrived: false };
  return { type: 'status', status: pick([408, 500, 502, 504]), retryAfter, arrived: chance(0.5) };
}
