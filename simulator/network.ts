import type { WireRequest } from '../src/base/wire.ts';
import { drawOf, latencyOf } from './draws.ts';
import type { Fault, Plan, Route, Trouble } from './plan.ts';
import { type Arrival, classify, type Reply, STORAGE_URL } from './requests.ts';
import type { Call, Process, Trace } from './trace.ts';

/** What is going to become of one request: how long its way takes, and what goes wrong on it. */
export interface Course {
  readonly call: Call;
  readonly trouble: Trouble | undefined;
  /** Milliseconds until a connection is made, until the request arrives, and until the answer does. */
  readonly connect: number;
  readonly up: number;
  readonly down: number;
}

/** The network between a process and the servers. */
export interface Network {
  /** A request is asked for. */
  set(by: Process, method: WireRequest['method'], url: string, connection: 'shared' | 'own'): Course;
  /** Whether a stream that was opened then brings nothing any more. */
  isDeaf(openedAt: number): boolean;
  /** Whether events that tell of the state are lost now. */
  isMute(): boolean;
  /** The times at which streams that are open now are going to break. */
  cuts(): readonly number[];
}

export function createNetwork(plan: Plan, now: () => number, trace: Trace): Network {
  const { seed, network } = plan;
  const passed = new Map<Fault, number>();
  const asked = new Map<Route, number>();
  const warm = new Set<string>();
  const streamFaults = plan.faults.filter(({ what }) => OF_STREAMS.has(what.type));
  const faults = plan.faults.filter(({ what }) => !OF_STREAMS.has(what.type));

  /** The first fault that hits a request of now. */
  function troubleOf(route: Route): Trouble | undefined {
    for (const fault of faults) {
      if (!fault.routes.includes(route) || now() < fault.from || now() >= fault.until) continue;
      const count = passed.get(fault) ?? 0;
      if (count >= fault.skip + fault.times) continue;
      passed.set(fault, count + 1);
      if (count >= fault.skip) return fault.what;
    }
    return undefined;
  }

  return {
    set(by, method, url, connection) {
      const { route, subject } = classify(method, url);
      const nth = (asked.get(route) ?? 0) + 1;
      asked.set(route, nth);
      const trouble = troubleOf(route);
      const isStorage = url.startsWith(STORAGE_URL);
      const way = isStorage ? network.storage : network.api;
      const line = `${by}${isStorage}`;
      const isWarm = connection === 'shared' && warm.has(line);
      if (connection === 'shared' && !UNCONNECTED.has(trouble?.type ?? '')) warm.add(line);
      const call: Call = {
        by,
        route,
        subject,
        askedAt: now(),
        sentAt: undefined,
        arrivedAt: undefined,
        answeredAt: undefined,
        status: undefined,
        retryAfter: 0,
        overAt: undefined,
        over: undefined,
        stale: false,
        trouble: trouble?.type,
      };
      trace.calls.push(call);
      return {
        call,
        trouble,
        connect: isWarm ? 0 : latencyOf(network.connect, drawOf(seed, `${route} connect`, nth)),
        up: latencyOf(way, drawOf(seed, `${route} up`, nth)),
        down: latencyOf(way, drawOf(seed, `${route} down`, nth)),
      };
    },
    isDeaf: (openedAt) =>
      streamFaults.some(({ what, from, until }) => what.type === 'half-open' && from <= now() && until > openedAt),
    isMute: () => streamFaults.some(({ what, from, until }) => what.type === 'mute' && from <= now() && until > now()),
    cuts: () => streamFaults.flatMap(({ what, from }) => (what.type === 'cut-streams' && from > now() ? [from] : [])),
  };
}

/** Troubles of every stream that is open, whenever it was asked for. */
const OF_STREAMS: ReadonlySet<string> = new Set(['half-open', 'mute', 'cut-streams']);
/** Troubles before there is a connection. */
const UNCONNECTED: ReadonlySet<string> = new Set(['refused', 'unknown-host', 'no-handshake']);

/** A server's side of the network. */
export type Serve = (arrival: Arrival) => Reply;
