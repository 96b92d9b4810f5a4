import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../simulator/content.ts';
import { INVARIANTS, type Violation, violationsOf } from '../../simulator/invariants/invariants.ts';
import type { Fault, Plan, Route } from '../../simulator/plan.ts';
import { classify } from '../../simulator/requests.ts';
import { live, type Tamper } from '../../simulator/world.ts';
import { type Clock, sleep } from '../../src/base/clock.ts';
import type { Disk } from '../../src/base/disk.ts';
import type { Answer, Wire, WireRequest } from '../../src/base/wire.ts';
import { createPlan } from './plans.ts';

/** A fault of the action, planted into what it is given, and the invariant that has to find it. */
interface Planted {
  readonly name: string;
  readonly plan: Plan;
  readonly tamper: Tamper;
  readonly finds: Violation['invariant'];
}

const PLANTED: readonly Planted[] = [
  {
    name: 'a submit that is sent twice',
    plan: createPlan(),
    tamper: onWire('submit', async (send) => {
      await send();
      return send();
    }),
    finds: 'one task an order',
  },
  {
    name: 'a cancel that never leaves, and is taken for confirmed',
    plan: createPlan({ abort: { type: 'at', ms: 5_000 } }),
    tamper: onWire('cancel', async () => answerOf(200, 'true')),
    finds: 'nothing left running',
  },
  {
    name: 'records that always say running, after a stream that does not tell the end',
    plan: createPlan({ service: withEnding('none') }),
    tamper: onWire('task', async (send) => {
      await send();
      return answerOf(200, '{"task_status":"running"}');
    }),
    finds: 'an end is noticed',
  },
  {
    name: 'a failure that nobody but us sees',
    plan: createPlan(),
    tamper: onWire('task', async (send) => {
      await send();
      return answerOf(200, '{"task_status":"failed"}');
    }),
    finds: 'reports are true',
  },
  {
    name: 'a file that is given up at the first refusal',
    plan: createPlan(),
    tamper: onWire('get', async () => answerOf(404, '')),
    finds: 'no failure without a cause',
  },
  {
    name: 'a limit that fires too early',
    plan: createPlan({ inputs: { timeout: 15_000 } }),
    tamper: onClock((ms) => (ms > 14_000 && ms <= 15_000 ? ms - 4_000 : ms)),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'a limit that fires too late',
    plan: createPlan({ inputs: { timeout: 15_000 } }),
    tamper: onClock((ms) => (ms > 14_000 && ms <= 15_000 ? ms + 2_000 : ms)),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'news of the stream that are held up until a limit has fired',
    plan: createPlan({ inputs: { timeout: 22_000 }, faults: [silent('task')] }),
    tamper: (given) =>
      onWire('events', async (send, { signal }) => heldUp(await send(), 8_000, given.life.clock, signal))(given),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'a file that is made of two',
    plan: createPlan(),
    tamper: onWire('get', async (send) => spliced(await send())),
    finds: 'files are whole or absent',
  },
  {
    name: 'a temporary file that stays',
    plan: createPlan(),
    tamper: onDisk((disk) => ({ ...disk, rm: () => Promise.resolve() })),
    finds: 'files are whole or absent',
  },
  {
    name: 'a record that never reaches the disk',
    plan: createPlan(),
    tamper: onDisk((disk) => ({
      ...disk,
      link: (path, name) => (name.endsWith('cyberun-run.json') ? Promise.resolve() : disk.link(path, name)),
    })),
    finds: 'files are whole or absent',
  },
  {
    name: 'a cancel that is waited for beyond the time a runner leaves',
    plan: createPlan({ abort: { type: 'at', ms: 5_000 }, faults: [silent('cancel')] }),
    tamper: onClock((ms) => (ms === 2_000 ? 20_000 : ms)),
    finds: 'an abort is quick',
  },
  {
    name: 'a timer that is left behind',
    plan: createPlan(),
    tamper: (given) => {
      given.life.clock.after(3_600_000, () => undefined);
      return given;
    },
    finds: 'every wait has a bound',
  },
  {
    name: 'a line of the log for every look at the task',
    plan: createPlan(),
    tamper: (given) => ({
      ...given,
      log: {
        ...given.log,
        info(line) {
          for (let copies = 0; copies < 20; copies += 1) given.log.info(line);
        },
      },
    }),
    finds: 'the log is readable',
  },
  {
    name: 'a wait that is not kept',
    plan: createPlan({
      faults: [
        {
          routes: ['submit'],
          from: 0,
          until: 1e9,
          skip: 0,
          times: 1,
          what: { type: 'status', status: 429, retryAfter: 60, arrived: false },
        },
      ],
    }),
    tamper: onWire('submit', async (send) => ({ ...(await send()), header: () => undefined })),
    finds: 'the service is asked with manners',
  },
];

describe('an invariant finds the fault that is planted for it', () => {
  test.each(PLANTED)('$name', async ({ plan, tamper, finds }) => {
    expect(violationsOf(await live(plan))).toEqual([]);
    const found = violationsOf(await live(plan, tamper));
    expect(found.map(({ invariant }) => invariant)).toContain(finds);
  });

  test('every invariant has one', () => {
    expect(new Set(PLANTED.map(({ finds }) => finds))).toEqual(new Set(Object.keys(INVARIANTS)));
  });
});

function withEnding(ending: Plan['service']['stream']['ending']): Plan['service'] {
  const { service } = createPlan();
  return { ...service, stream: { ...service.stream, ending } };
}

function silent(route: Route): Fault {
  return { routes: [route], from: 0, until: 1e9, skip: 0, times: 1e9, what: { type: 'silent', arrived: false } };
}

/** Changes what becomes of one kind of requests. */
function onWire(route: Route, change: (send: () => Promise<Answer>, request: WireRequest) => Promise<Answer>): Tamper {
  return (given) => {
    const wire: Wire = (url, request) => {
      const send = () => given.wire(url, request);
      return classify(request.method, url).route === route ? change(send, request) : send();
    };
    return { ...given, wire };
  };
}

/** Changes how long the action waits. */
function onClock(change: (ms: number) => number): Tamper {
  return (given) => {
    const clock: Clock = { ...given.life.clock, after: (ms, action) => given.life.clock.after(change(ms), action) };
    return { ...given, life: { ...given.life, clock } };
  };
}

function onDisk(change: (disk: Disk) => Disk): Tamper {
  return (given) => ({ ...given, disk: change(given.disk) });
}

function answerOf(status: number, text: string): Answer {
  return {
    status,
    header: (name) => (name === 'content-type' ? 'application/json' : undefined),
    body: {
      destroy: () => undefined,
      async *[Symbol.asyncIterator]() {
        yield new TextEncoder().encode(text);
      },
    },
  };
}

/** The same answer, the second half of its body from another object. */
function spliced(answer: Answer): Answer {
  const { body } = answer;
  return {
    ...answer,
    body: {
      destroy: body.destroy,
      async *[Symbol.asyncIterator]() {
        let at = 0;
        for await (const chunk of body) {
          if (at === 0) yield chunk;
          else yield* bytesOf(7, at, at + chunk.byteLength);
          at += chunk.byteLength;
        }
      },
    },
  };
}

/** The same answer, each piece of its body so much later. */
function heldUp(answer: Answer, ms: number, clock: Clock, signal: AbortSignal): Answer {
  const { body } = answer;
  return {
    ...answer,
    body: {
      destroy: body.destroy,
      async *[Symbol.asyncIterator]() {
        for await (const chunk of body) {
          await sleep(clock, ms, signal);
          yield chunk;
        }
      },
    },
  };
}
