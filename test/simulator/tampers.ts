import { bytesOf } from '../../simulator/content.ts';
import type { Route } from '../../simulator/plan.ts';
import { classify } from '../../simulator/requests.ts';
import type { Tamper } from '../../simulator/world.ts';
import { type Clock, sleep } from '../../src/base/clock.ts';
import type { Disk } from '../../src/base/disk.ts';
import type { Answer, Wire, WireRequest } from '../../src/base/wire.ts';

/** Changes what becomes of one kind of requests. */
export function onWire(
  route: Route,
  change: (send: () => Promise<Answer>, request: WireRequest) => Promise<Answer>,
): Tamper {
  return (given) => {
    const wire: Wire = (url, request) => {
      const send = () => given.wire(url, request);
      return classify(request.method, url).route === route ? change(send, request) : send();
    };
    return { ...given, wire };
  };
}

/** Changes how long the action waits. */
export function onClock(change: (ms: number) => number): Tamper {
  return (given) => {
    const clock: Clock = { ...given.life.clock, after: (ms, action) => given.life.clock.after(change(ms), action) };
    return { ...given, life: { ...given.life, clock } };
  };
}

export function onDisk(change: (disk: Disk) => Disk): Tamper {
  return (given) => ({ ...given, disk: change(given.disk) });
}

export function answerOf(status: number, text: string): Answer {
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
export function spliced(answer: Answer): Answer {
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
export function heldUp(answer: Answer, ms: number, clock: Clock, signal: AbortSignal): Answer {
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

/** The same answer with other fields, in JSON. */
export async function edited(answer: Answer, change: (fields: Record<string, unknown>) => object): Promise<Answer> {
  if (answer.status !== 200) return answer;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return answerOf(200, JSON.stringify(change(JSON.parse(Buffer.concat(chunks).toString()))));
}
