import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { describe, expect, test } from 'vitest';
import { receive } from '../../src/base/receive.ts';

const KIB = 1024;

/** A request of which the test tells in undici's place, and what was asked of undici since. */
function start(signal: AbortSignal = new AbortController().signal) {
  const asked: string[] = [];
  let sent = 0;
  const controller: Dispatcher.DispatchController = {
    get aborted() {
      return asked.includes('abort');
    },
    get paused() {
      return asked.findLast((one) => one === 'pause' || one === 'resume') === 'pause';
    },
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    pause: () => void asked.push('pause'),
    resume() {
      if (controller.paused) asked.push('resume');
    },
    abort: () => void asked.push('abort'),
  };
  const sending: string[] = [];
  let handler: Dispatcher.DispatchHandler = {};
  const send = (given: Dispatcher.DispatchHandler) => {
    sent += 1;
    handler = given;
  };
  const answer = receive(send, signal, () => sending.push('sending'));
  return {
    asked,
    sending,
    sent,
    answer,
    begin: () => handler.onRequestStart?.(controller, {}),
    async respond() {
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, 200, {});
      return (await answer).body;
    },
    inform: () => handler.onResponseStart?.(controller, 103, { link: '</a>' }),
    respondWith: (status: number, headers: Record<string, string | string[]>) =>
      handler.onResponseStart?.(controller, status, headers),
    data: (bytes: number) => handler.onResponseData?.(controller, Buffer.alloc(bytes, 'a')),
    end: () => handler.onResponseEnd?.(controller, {}),
    fail: (error: Error) => handler.onResponseError?.(controller, error),
  };
}

/** What a reader gets: sizes of chunks, and then the end or an error. */
async function read(body: AsyncIterable<Uint8Array>): Promise<(number | string)[]> {
  const got: (number | string)[] = [];
  try {
    for await (const { byteLength } of body) got.push(byteLength);
    got.push('end');
  } catch (error) {
    got.push(error instanceof Error ? error.message : 'no error');
  }
  return got;
}

describe('an answer', () => {
  test('is the one that no other follows, with the headers of each name joined', async () => {
    const request = start();
    request.begin();
    request.inform();
    request.respondWith(404, { 'x-many': ['one', 'two'] });
    const { status, header } = await request.answer;
    expect([status, header('x-many'), header('link')]).toEqual([404, 'one, two', undefined]);
    expect(request.sending).toEqual(['sending']);
  });

  test('that does not come is the error that undici says', async () => {
    const request = start();
    request.fail(new Error('other side closed'));
    await expect(request.answer).rejects.toThrow('other side closed');
  });

  test('is not waited for after an abort; a request that had no connection by then is never sent', async () => {
    const job = new AbortController();
    const request = start(job.signal);
    job.abort(new Error('cancelled'));
    await expect(request.answer).rejects.toThrow('cancelled');
    request.begin();
    expect([request.sending, request.asked]).toEqual([[], ['abort']]);
  });

  test('of a request that cannot be sent is the error; an abort later is nobody’s', async () => {
    const job = new AbortController();
    const fail = () => {
      throw new Error('invalid header');
    };
    await expect(receive(fail, job.signal)).rejects.toThrow('invalid header');
    job.abort(new Error('cancelled'));
    expect(getEventListeners(job.signal, 'abort')).toEqual([]);
  });

  test('of a signal that has aborted already is its reason', async () => {
    const { sent, answer } = start(AbortSignal.abort(new Error('cancelled')));
    await expect(answer).rejects.toThrow('cancelled');
    expect(sent).toBe(0);
  });
});

describe('a body', () => {
  test('comes as it is told, whether it is waited for or lies ready', async () => {
    const request = start();
    const body = await request.respond();
    const reading = read(body);
    request.data(1);
    await turn();
    for (const bytes of [2, 3, 4]) request.data(bytes);
    request.end();
    expect(await reading).toEqual([1, 2, 3, 4, 'end']);
    expect(await read(body)).toEqual(['end']);
  });

  test('that nobody takes has the connection wait, and go on as soon as there is room', async () => {
    const request = start();
    const body = await request.respond();
    const iterator = body[Symbol.asyncIterator]();
    for (let index = 0; index < 3; index += 1) request.data(30 * KIB);
    expect(request.asked).toEqual(['pause']);
    await iterator.next();
    expect(request.asked).toEqual(['pause', 'resume']);
    request.data(30 * KIB);
    expect(request.asked).toEqual(['pause', 'resume', 'pause']);
    for (let index = 0; index < 3; index += 1) await iterator.next();
    expect(request.asked).toEqual(['pause', 'resume', 'pause', 'resume']);
    // Whoever waits takes at once.
    const waiting = iterator.next();
    request.data(70 * KIB);
    expect(await waiting).toMatchObject({ value: { byteLength: 70 * KIB } });
    expect(request.asked).toHaveLength(4);
  });

  test('goes on once less lies ready than 64 KiB, and waits for as much', async () => {
    const request = start();
    const iterator = (await request.respond())[Symbol.asyncIterator]();
    request.data(64 * KIB);
    request.data(64 * KIB);
    request.data(64 * KIB - 1);
    expect(request.asked).toEqual(['pause', 'pause', 'pause']);
    await iterator.next();
    expect(request.asked).not.toContain('resume');
    await iterator.next();
    expect(request.asked.at(-1)).toBe('resume');
    request.data(1);
    expect(request.asked.at(-1)).toBe('pause');
    await iterator.next();
    expect(request.asked.at(-1)).toBe('resume');
  });

  test('that breaks is what came of it, and then the error; what undici says of it later is nothing new', async () => {
    const request = start();
    const body = await request.respond();
    request.data(5);
    request.fail(new Error('other side closed'));
    request.fail(new Error('destroyed'));
    expect(await read(body)).toEqual([5, 'other side closed']);
  });

  test('that is waited for when it ends is over', async () => {
    const request = start();
    const reading = read(await request.respond());
    await turn();
    request.end();
    expect(await reading).toEqual(['end']);
  });

  test('that is waited for when it breaks is the error', async () => {
    const request = start();
    const reading = read(await request.respond());
    await turn();
    request.fail(new Error('other side closed'));
    expect(await reading).toEqual(['other side closed']);
  });

  test.each([false, true])('is the reason of an abort, whatever lies ready (it is waited for: %s)', async (waits) => {
    const job = new AbortController();
    const request = start(job.signal);
    const body = await request.respond();
    if (!waits) request.data(5);
    const reading = waits ? read(body) : undefined;
    await turn();
    job.abort(new Error('cancelled'));
    expect(await (reading ?? read(body))).toEqual(['cancelled']);
    expect(request.asked).toEqual(['abort']);
  });

  test('that is whole stays whole after an abort', async () => {
    const job = new AbortController();
    const request = start(job.signal);
    const body = await request.respond();
    request.data(5);
    request.end();
    job.abort(new Error('cancelled'));
    expect(await read(body)).toEqual([5, 'end']);
    expect(request.asked).toEqual([]);
  });

  test('whose reader leaves lets go of the connection; what still comes is nobody’s', async () => {
    const request = start();
    const body = await request.respond();
    request.data(5);
    for await (const chunk of body) {
      expect(chunk).toHaveLength(5);
      break;
    }
    expect(request.asked).toEqual(['abort']);
    for (let index = 0; index < 10; index += 1) request.data(30 * KIB);
    request.fail(new Error('aborted'));
    expect(request.asked).toEqual(['abort']);
    body.destroy();
    expect(request.asked).toEqual(['abort']);
  });

  test('that is let go ends who waits for it', async () => {
    const request = start();
    const body = await request.respond();
    const reading = read(body);
    await turn();
    body.destroy();
    expect(await reading).toEqual(['nobody wants the answer any more']);
    expect(request.asked).toEqual(['abort']);
  });

  test('that is whole needs no connection to be let go', async () => {
    const request = start();
    const body = await request.respond();
    request.data(5);
    request.end();
    body.destroy();
    expect([await read(body), request.asked]).toEqual([['end'], []]);
  });
});

test.each([
  ['whole', (request: ReturnType<typeof start>) => request.end()],
  ['broken', (request: ReturnType<typeof start>) => request.fail(new Error('other side closed'))],
])('of a request that is over, the signal knows nothing any more: %s', async (_, finish) => {
  const job = new AbortController();
  const request = start(job.signal);
  await request.respond();
  expect(getEventListeners(job.signal, 'abort')).toHaveLength(1);
  finish(request);
  expect(getEventListeners(job.signal, 'abort')).toEqual([]);
});
