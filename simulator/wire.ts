import { type Clock, onAbort } from '../src/base/clock.ts';
import type { Answer, Wire, WireRequest } from '../src/base/wire.ts';
import { createPipe, type Pipe } from './body.ts';
import { networkError } from './errors.ts';
import type { Life } from './life.ts';
import type { Course, Network, Serve } from './network.ts';
import type { Moment } from './plan.ts';
import { type Reply, type Told, textReply } from './requests.ts';
import type { Call, Trace } from './trace.ts';
import { cutShort, hijacked } from './troubles.ts';

/** What a simulated wire is laid in. */
export interface WireWorld {
  /** Of the world: what was sent arrives, whether the sender lives on or not. */
  readonly clock: Clock;
  readonly network: Network;
  readonly serve: Serve;
  readonly trace: Trace;
  /** Told of every step of a request, so that something may happen just then. */
  readonly onStep: (call: Call, phase: Extract<Moment, { type: 'request' }>['phase']) => void;
}

/** A process's way to the simulated service and storage. It fails as undici does. */
export function createSimulatedWire(life: Life, world: WireWorld): Wire {
  return (url, request) => {
    if (request.signal.aborted) return Promise.reject(request.signal.reason);
    const course = world.network.set(life.name, request.method, url, request.connection);
    return exchange(url, request, course, life, world);
  };
}

function exchange(
  url: string,
  request: WireRequest,
  course: Course,
  life: Life,
  { clock: worldClock, network, serve, trace, onStep }: WireWorld,
): Promise<Answer> {
  const { call, trouble } = course;
  const { clock } = life;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let pipe: Pipe | undefined;
  let waiting = () => {};
  let headersLimit = () => {};
  let onGone = () => {};
  let uploaded = 0;
  const forget = onAbort(request.signal, () => {
    if (pipe !== undefined) pipe.fail(request.signal.reason, 'left');
    else fail(request.signal.reason, 'left');
  });
  const unmourn = life.onDeath(() => over('left'));

  function over(how: NonNullable<Call['over']>): void {
    if (call.over !== undefined) return;
    call.over = how;
    call.overAt = worldClock.now();
    waiting();
    headersLimit();
    forget();
    unmourn();
    onGone();
  }

  function fail(error: unknown, how: 'broken' | 'left' = 'broken'): void {
    if (call.over !== undefined) return;
    over(how);
    reject(error);
  }

  function connected(): void {
    if (trouble?.type === 'refused' || trouble?.type === 'unknown-host') {
      fail(networkError(trouble.type === 'refused' ? 'ECONNREFUSED' : 'ENOTFOUND'));
      return;
    }
    call.sentAt = worldClock.now();
    request.onSending?.();
    headersLimit = clock.after(request.headersTimeout, () => fail(networkError('UND_ERR_HEADERS_TIMEOUT')));
    if (trouble?.type === 'refused-early') refuseEarly();
    if (request.body === undefined || typeof request.body === 'string') send(request.body ?? '', 0);
    else {
      upload(request.body).then(
        (bytes) => send('', bytes),
        (error: unknown) => fail(error),
      );
    }
  }

  async function upload(body: AsyncIterable<Uint8Array>): Promise<number> {
    for await (const chunk of body) {
      uploaded += chunk.byteLength;
      if (call.over !== undefined) break;
    }
    return uploaded;
  }

  /** The storage answers before it has read the body, and closes. */
  function refuseEarly(): void {
    waiting = clock.after(course.up + course.down, () => {
      if (uploaded > HEARD_BYTES) fail(networkError('ECONNRESET'));
      else {
        answer(EARLY_REFUSAL);
        pour(EARLY_REFUSAL);
      }
    });
  }

  function send(text: string, bytes: number): void {
    if (call.over !== undefined || trouble?.type === 'refused-early') return;
    worldClock.after(course.up, () => {
      const acts = trouble === undefined || !('arrived' in trouble) || trouble.arrived;
      let reply: Reply | undefined;
      if (acts && trouble?.type !== 'page') {
        call.arrivedAt = worldClock.now();
        reply = serve({ route: call.route, subject: call.subject, url, headers: request.headers, text, bytes });
        onStep(call, 'arrived');
      }
      if (call.over !== undefined) return;
      if (trouble?.type === 'silent') return;
      if (trouble?.type === 'reset') {
        waiting = clock.after(course.down, () => fail(networkError('ECONNRESET')));
        return;
      }
      const slow = trouble?.type === 'slow' ? trouble.ms : 0;
      const given = hijacked(trouble, worldClock) ?? reply;
      if (given === undefined) return;
      if (given.stream !== undefined) open(given, given.stream, course.down + slow);
      else
        waiting = clock.after(course.down + slow, () => {
          answer(given);
          pour(given);
        });
    });
  }

  /** The headers are there. */
  function answer({ status, headers, stale = false, retryAfter }: Reply): void {
    headersLimit();
    call.answeredAt = worldClock.now();
    call.status = status;
    call.retryAfter = retryAfter?.(clock.date()) ?? 0;
    call.stale = stale;
    pipe = createPipe(clock, request.bodyTimeout, over);
    resolve({ status, header: (name) => headers[name], body: pipe.body });
  }

  function pour({ body, headers, pieceTime = 0, told }: Reply): void {
    const pieces = cutShort(trouble, body);
    const isFramed = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    const gap = trouble?.type === 'trickle' ? trouble.ms : pieceTime;
    next(0);

    function next(index: number): void {
      for (let at = index; ; at += 1) {
        if (at > index && gap > 0 && at <= pieces.length) {
          waiting = clock.after(gap, () => next(at));
          return;
        }
        const piece = pieces[at];
        if (piece === undefined) break;
        pipe?.push(piece);
      }
      if (trouble?.type === 'cut') {
        // A moment later, so that what came before the break is read.
        waiting = clock.after(1, () => breakOff(isFramed));
        return;
      }
      hear(told, 'record');
      pipe?.end();
      onStep(call, 'answered');
    }
  }

  /** An answer whose body comes as long as the connection lasts. */
  function open(reply: Reply, stream: NonNullable<Reply['stream']>, down: number): void {
    const openedAt = worldClock.now();
    const held: (() => void)[] = [];
    const isBuffered = trouble?.type === 'buffered';
    const most = trouble?.type === 'cut' ? Math.ceil(trouble.share * 10) : Number.POSITIVE_INFINITY;
    let pushed = 0;
    const later = (action: () => void) => {
      if (isBuffered) held.push(action);
      else {
        worldClock.after(down, () => {
          if (call.over === undefined && !network.isDeaf(openedAt)) action();
        });
      }
    };
    later(() => {
      answer(reply);
      onStep(call, 'answered');
    });
    for (const at of network.cuts()) {
      const cancel = clock.after(at - openedAt, () => {
        const error = networkError('ECONNRESET');
        if (pipe === undefined) fail(error);
        else pipe.fail(error);
      });
      onEnd(cancel);
    }
    const close = stream({
      push(text, told) {
        if (told !== undefined && network.isMute()) return;
        later(() => {
          pushed += 1;
          if (pushed > most) return breakOff(true);
          trace.streamed.push({ at: worldClock.now(), taskId: call.subject });
          hear(told, 'stream');
          pipe?.push(encoder.encode(text));
        });
      },
      end() {
        later(() => pipe?.end());
        if (!isBuffered) return;
        worldClock.after(down, () => {
          for (const action of held) if (call.over === undefined) action();
        });
      },
    });
    onEnd(close);
  }

  function breakOff(isFramed: boolean): void {
    if (trouble?.type !== 'cut' || trouble.how === 'stall') return;
    if (trouble.how === 'reset') pipe?.fail(networkError('ECONNRESET'));
    else if (isFramed) pipe?.fail(networkError('UND_ERR_SOCKET'));
    else pipe?.end();
  }

  function onEnd(action: () => void): void {
    if (call.over !== undefined) {
      action();
      return;
    }
    const earlier = onGone;
    onGone = () => {
      earlier();
      action();
    };
  }

  function hear(told: Told | undefined, via: 'stream' | 'record'): void {
    if (told !== undefined) trace.heard.push({ at: worldClock.now(), by: life.name, via, ...told });
  }

  if (trouble?.type === 'no-handshake') {
    waiting = clock.after(CONNECT_LIMIT, () => fail(networkError('UND_ERR_CONNECT_TIMEOUT')));
  } else waiting = clock.after(course.connect, connected);
  onStep(call, 'asked');
  return promise;
}

/** Who has sent no more when a storage refuses an upload hears why: versitygw looks at no request before it has as much. */
const HEARD_BYTES = 8 * 1024;
const EARLY_REFUSAL = textReply(403, 'application/xml', '<Error><Code>AccessDenied</Code></Error>');
/** undici's, as base/wire.ts sets it. */
const CONNECT_LIMIT = 10_000;
const encoder = new TextEncoder();
