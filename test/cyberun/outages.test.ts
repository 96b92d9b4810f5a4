import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import type { Answer, Wire } from '../../src/base/wire.ts';
import { createHttp } from '../../src/cyberun/http.ts';

/** What a request comes to: a status, one that asks for a wait of so many seconds, or no connection. */
type Outcome = number | { readonly status: number; readonly wait: number } | 'ENOTFOUND' | 'EAI_AGAIN' | 'ECONNREFUSED';

/** Calls on a clock that jumps when nothing else is left to do, with these outcomes one after the other, the last of them for ever. */
function start(...outcomes: Outcome[]) {
  const clock = createSimulatedClock();
  const notices: string[] = [];
  const notice = (message: string) => void notices.push(message);
  /** When it was asked, in milliseconds. */
  const asked: number[] = [];
  const wire: Wire = async (_, { onSending }) => {
    const outcome = outcomes[Math.min(asked.length, outcomes.length - 1)] ?? 200;
    asked.push(clock.now());
    if (typeof outcome === 'string') throw Object.assign(new Error(`getaddrinfo ${outcome} api`), { code: outcome });
    onSending?.();
    return typeof outcome === 'number' ? answerOf(outcome) : answerOf(outcome.status, `${outcome.wait}`);
  };
  const http = createHttp({ baseUrl: 'https://api/api/v1', apiKey: 'sk-1', wire, clock, notice });
  async function send(budget = 180_000): Promise<unknown> {
    const signal = new AbortController().signal;
    const sending = http.send({ method: 'GET', path: '/r/agents', repeat: 'idempotent', budget, signal });
    let over = false;
    const settled = Promise.allSettled([sending]).then(() => {
      over = true;
    });
    while (!over) {
      await turn();
      clock.step();
    }
    await settled;
    return sending;
  }
  return { send, clock, notices, asked };
}

function answerOf(status: number, retryAfter?: string): Answer {
  return {
    status,
    header: (name) => (name === 'retry-after' ? retryAfter : undefined),
    body: {
      destroy: () => undefined,
      async *[Symbol.asyncIterator]() {
        yield Buffer.from('{}');
      },
    },
  };
}

describe('a host that nobody knows', () => {
  test('is given up after half a minute, and the log says so', async () => {
    const { send, clock, notices } = start('ENOTFOUND');
    await expect(send()).rejects.toThrow(/^No connection to api: getaddrinfo ENOTFOUND api\. .* check api-url/);
    expect(clock.now()).toBe(30_000);
    expect(notices).toEqual([expect.stringMatching(/Trying again for up to 30s\.$/)]);
  });

  test('is given up with the call’s budget where that is less', async () => {
    const { send, clock } = start('ENOTFOUND');
    await expect(send(10_000)).rejects.toThrow('ENOTFOUND');
    expect(clock.now()).toBe(10_000);
  });

  test('is no mistake in its name when the name server is out of order', async () => {
    const { send, clock } = start('EAI_AGAIN');
    await expect(send()).rejects.toThrow('EAI_AGAIN');
    expect(clock.now()).toBe(180_000);
  });

  test('may be known a little later', async () => {
    const { send } = start('ENOTFOUND', 'ENOTFOUND', 200);
    expect(await send()).toEqual({});
  });

  test.for<Outcome>(['EAI_AGAIN', 'ECONNREFUSED', 503])(
    'gets the whole patience where it was not unknown at first: %s',
    async (first) => {
      const { send, clock } = start(first, 'ENOTFOUND');
      await expect(send()).rejects.toThrow('ENOTFOUND');
      expect(clock.now()).toBe(180_000);
    },
  );

  test('but was there before, has only lost its name for a while', async () => {
    const { send, clock } = start(200, 'ENOTFOUND');
    await send();
    await expect(send()).rejects.toThrow('ENOTFOUND');
    expect(clock.now()).toBe(180_000);
  });
});

describe('a wait that the service asks for', () => {
  test('is said with its length, in one sentence', async () => {
    const { send, notices } = start({ status: 429, wait: 60 }, 200);
    await send();
    expect(notices).toEqual([
      'The service limits how often it may be asked (429: {}). It answers again after a while. That was GET /r/agents. Trying again in 1m, and for up to 3m in all.',
      'api answers again',
    ]);
  });

  test('is said with the length it has, where the budget ends before', async () => {
    const { send, notices } = start({ status: 503, wait: 60 }, 200);
    await send(10_000);
    expect(notices[0]).toMatch(/ Trying again in 10s\.$/);
  });

  test('is said once, however often and by however many calls it is met with', async () => {
    const { send, notices } = start(...Array<Outcome>(5).fill({ status: 503, wait: 60 }), 200);
    await Promise.all([send(600_000), send(600_000), send(600_000)]);
    expect(notices).toEqual([expect.stringContaining('in 1m'), 'api answers again']);
  });

  test('is said in an outage that began as another, and anew in the next one', async () => {
    const { send, notices } = start('ECONNREFUSED', { status: 503, wait: 60 }, 200, { status: 503, wait: 30 }, 200);
    await send();
    await send();
    expect(notices).toEqual([
      expect.stringMatching(/^No connection to api.* Trying again for up to 3m\.$/),
      expect.stringMatching(/\(503.* Trying again in 1m, and for up to 3m in all\.$/),
      'api answers again',
      expect.stringMatching(/\(503.* Trying again in 30s, and for up to 3m in all\.$/),
      'api answers again',
    ]);
  });

  test('is not worth a line of its own where it is as short as others', async () => {
    const { send, notices } = start('ECONNREFUSED', { status: 503, wait: 5 }, 200);
    await send();
    expect(notices).toEqual([expect.stringContaining('Trying again for up to'), 'api answers again']);
  });
});
