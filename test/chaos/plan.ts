import type { Fault, FaultRule } from '../../emulator/faults.ts';
import type { RequestKind } from '../../emulator/requests.ts';
import type { ExpiredForm } from '../../emulator/storage-errors.ts';
import type { EmulatedOutput, EmulatedWorkflow } from '../../emulator/workflows.ts';
import { createRandom, type Random } from '../../simulator/random.ts';

/** Something that happens when the so many-th request of a kind arrives. */
export interface Blow {
  readonly kind: RequestKind;
  /** 1 for the first. */
  readonly nth: number;
}

/** All that one seed means. */
export interface Plan {
  readonly workflow: EmulatedWorkflow;
  readonly ending: 'completed' | 'failed';
  readonly stream: { heartbeatMs: number; eventIds: boolean; replay: 'none' | 'status' | 'all' };
  readonly rules: readonly FaultRule[];
  /** A fault of the submit after which nobody knows whether there is a task. */
  readonly lostSubmit: Fault | undefined;
  /** The job is cancelled then. */
  readonly abort: Blow | undefined;
  /** Every URL expires then. */
  readonly expiry: Blow | undefined;
  /** The API is not to be reached from then on, for so many real milliseconds. */
  readonly outage: (Blow & { readonly ms: number }) | undefined;
}

/** What happens under a seed. Faults are as many as the action promises to bear, and no more. */
export function createPlan(seed: number): Plan {
  const random = createRandom(seed);
  const { chance, int, pick } = random;
  const ending = chance(0.1) ? 'failed' : 'completed';
  const maybe = <T>(probability: number, make: () => T): T | undefined => (chance(probability) ? make() : undefined);
  return {
    workflow: createWorkflow(random, ending),
    ending,
    stream: { heartbeatMs: pick([0, 20]), eventIds: chance(0.5), replay: pick(['none', 'status', 'all']) },
    rules: createRules(random),
    lostSubmit: maybe(0.15, () => ambiguousFault(random)),
    abort: maybe(0.3, () => blowAt(pick(['workflow', 'submit', 'task', 'events', 'result', 'storage-get']))),
    expiry: maybe(0.2, () => ({ kind: 'storage-get' as const, nth: int(1, 5) })),
    outage: maybe(0.25, () => ({ ...blowAt(pick(['workflow', 'task', 'events', 'result'])), ms: int(10, 2_000) })),
  };

  function blowAt(kind: RequestKind): Blow {
    return { kind, nth: kind === 'workflow' || kind === 'submit' || kind === 'result' ? 1 : int(1, 3) };
  }
}

function createWorkflow({ chance, int, pick }: Random, ending: Plan['ending']): EmulatedWorkflow {
  const outputs = Array.from({ length: int(1, 5) }, (_, index): EmulatedOutput => {
    const bytes = chance(0.04) ? LARGE : pick([0, 1, 1000, 70_000, 3_000_000]);
    return { output: `${index}.images.0`, name: `output_0000${index}_.bin`, bytes: { bytes, seed: index } };
  });
  const behaviour = { steps: int(1, 8), stepMs: pick([1, 5, 30]), queueMs: pick([1, 20, 100]), outputs, ending };
  return { workflow_slug: 'chaos', required_labels: ['gpu'], behaviour };
}

/** Above the first stretch, so that parts are fetched. */
const LARGE = 70 * 1024 * 1024;

function createRules(random: Random): FaultRule[] {
  const { chance, int, pick } = random;
  const rules: FaultRule[] = [];
  const lay = (kind: RequestKind, probability: number, most: number, draw: () => Fault) => {
    for (let count = 0; count < most; count += 1) {
      if (chance(probability)) rules.push({ kind, skip: int(0, 2), times: int(1, 2), fault: draw() });
    }
  };
  for (const kind of ['workflow', 'task', 'result'] as const) lay(kind, 0.4, 2, () => passingFault(random));
  lay('agents', 0.3, 1, () => passingFault(random));
  lay('cancel', 0.3, 1, () => quickFault(random));
  lay('events', 0.5, 3, () => (chance(0.6) ? streamFault(random) : passingFault(random)));
  lay('submit', 0.3, 1, () => ({ type: 'status', status: pick([429, 503]), ...retryAfter(random) }));
  lay('storage-get', 0.5, 4, () => (chance(0.6) ? transferFault(random) : quickFault(random)));
  // Each costs half a minute of the three for which a transfer is tried without progress.
  lay('storage-get', 0.2, 1, () => ({ type: 'stall', afterBytes: pick([0, 1, 50_000]) }));
  for (const fault of ['changed-object', 'ignore-range'] as const) {
    if (chance(0.15)) rules.push({ kind: 'storage-get', skip: int(0, 4), fault: { type: fault } });
  }
  if (chance(0.2)) {
    const form = pick<ExpiredForm>(['aws', 'r2', 'gcs', 'minio']);
    rules.push({ kind: 'storage-get', skip: int(0, 4), times: int(1, 2), fault: { type: 'expired', form } });
  }
  if (chance(0.2)) {
    const status = pick([301, 302, 303, 307, 308] as const);
    rules.push({ kind: 'storage-get', skip: int(0, 4), times: int(1, 5), fault: { type: 'redirect', status } });
  }
  if (chance(0.15)) {
    const headers = { 'content-range': pick([undefined, 'bytes 0-0/*', 'bytes 5-9/10']) };
    rules.push({ kind: 'storage-get', skip: int(0, 4), fault: { type: 'headers', headers } });
  }
  return rules;
}

/** Faults that cost no time, of any request that may be repeated. */
function quickFault(random: Random): Fault {
  const { int, pick, chance } = random;
  return pick<() => Fault>([
    () => ({ type: 'refuse' }),
    () => ({ type: 'reset-after' }),
    () => ({ type: 'reset-headers' }),
    () => ({ type: 'drop', afterBytes: int(1, 60), reset: chance(0.5) }),
    () => ({ type: 'status', status: pick([408, 429, 500, 502, 503, 504]), ...retryAfter(random) }),
    () => ({ type: 'body', status: 502, body: '<html><title>Bad Gateway</title></html>', contentType: 'text/html' }),
    () => ({ type: 'delay', ms: int(1, 60) }),
    () => ({ type: 'no-length' }),
  ])();
}

function passingFault(random: Random): Fault {
  const { int, pick } = random;
  return pick<() => Fault>([
    () => quickFault(random),
    () => quickFault(random),
    () => quickFault(random),
    () => ({ type: 'stall', afterBytes: int(0, 20), head: true }),
    () => ({ type: 'stall' }),
    () => ({ type: 'end', afterBytes: int(1, 30) }),
    () => ({ type: 'body', status: 200, body: '<html>Please sign in</html>', contentType: 'text/html' }),
  ])();
}

function streamFault(random: Random): Fault {
  const { int, pick } = random;
  return pick<() => Fault>([
    () => ({ type: 'lose-events', events: ['completed', 'failed', 'cancelled'] }),
    () => ({ type: 'lose-events', events: ['status', 'progress'] }),
    () => ({ type: 'close-stream', afterEvents: int(0, 6) }),
    () => ({ type: 'drop', afterBytes: int(1, 2_000) }),
    () => ({ type: 'stall', afterBytes: int(1, 500) }),
    () => ({ type: 'status', status: pick([404, 405, 501]) }),
    () => ({ type: 'body', status: 200, body: '<html>a proxy</html>', contentType: 'text/html' }),
    () => ({ type: 'raw-events', text: pick(['\uFEFF', ':\r\r', 'data: {', 'retry: 99999999\n\n', 'id: 7\n\n']) }),
    () => ({ type: 'raw-events', text: 'event: error\ndata: {"error":"cannot read the status"}\n\n' }),
  ])();
}

function transferFault({ int, pick, chance }: Random): Fault {
  return pick<() => Fault>([
    () => ({ type: 'drop', afterBytes: pick([1, 999, 65_536, 2_000_000]), reset: chance(0.5) }),
    () => ({ type: 'end', afterBytes: int(0, 100_000) }),
    () => ({ type: 'close-delimited' }),
    () => ({ type: 'trickle', bytesPerSecond: 100_000_000 }),
  ])();
}

function ambiguousFault({ int, pick }: Random): Fault {
  return pick<() => Fault>([
    () => ({ type: 'refuse' }),
    () => ({ type: 'reset-after' }),
    () => ({ type: 'reset-headers' }),
    () => ({ type: 'drop', afterBytes: int(1, 10) }),
    () => ({ type: 'stall' }),
    () => ({ type: 'status', status: pick([408, 500, 502, 504]) }),
    () => ({ type: 'body', body: '<html>accepted?</html>', contentType: 'text/html' }),
  ])();
}

function retryAfter({ pick }: Random): { headers?: Record<string, string> } {
  const value = pick(['', '1', '5', new Date(Date.now() + 3_000).toUTCString(), 'soon']);
  return value === '' ? {} : { headers: { 'retry-after': value } };
}
