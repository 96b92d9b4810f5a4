import type { Clock } from '../src/base/clock.ts';
import { bytesOf, type Content } from './content.ts';
import type { OutputPlan, Plan } from './plan.ts';
import { type Arrival, type Reply, STORAGE_URL, textReply } from './requests.ts';

/** The simulated storage: presigned URLs, honoured or refused at once. */
export interface SimulatedStorage {
  serve(arrival: Arrival): Reply;
  /** Puts an object there. */
  put(key: string, plan: OutputPlan, content: Content): void;
  /** An upload of that size may come under that key. */
  expect(key: string, bytes: number): void;
  /** A URL that is good for a while from now on. */
  sign(key: string): string;
  /** The content and size of every object that ever had that key. */
  versionsOf(key: string): readonly { readonly content: Content; readonly bytes: number }[];
  /** Whether an upload under that key is there, whole. */
  holds(key: string): boolean;
}

interface StoredObject {
  readonly plan: OutputPlan;
  readonly content: Content;
  /** When it was first asked for. */
  firstAsked: number | undefined;
}

export function createStorage({ service }: Plan, clock: Clock): SimulatedStorage {
  const objects = new Map<string, StoredObject>();
  const expected = new Map<string, number>();
  const uploaded = new Set<string>();

  function refused(): Reply {
    const [status, code] = REFUSALS[service.expired];
    return xml(status, code, 'Request has expired');
  }

  /** How often the object has been replaced by now. */
  function ageOf(object: StoredObject): number {
    object.firstAsked ??= clock.now();
    const asked = object.firstAsked;
    return object.plan.replaced.filter((ms) => clock.now() >= asked + ms).length;
  }

  function serveGet({ headers, subject }: Arrival): Reply {
    const object = objects.get(subject);
    if (object === undefined) return xml(404, 'NoSuchKey', 'The specified key does not exist.');
    const { plan } = object;
    const age = ageOf(object);
    const tag = `"${subject.length}-${age}"`;
    const etag = plan.etag === 'none' ? {} : { etag: plan.etag === 'weak' ? `W/${tag}` : tag };
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag.etag)
      return xml(412, 'PreconditionFailed', '');
    const asked = plan.ranges ? /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') : null;
    const from = Number(asked?.[1] ?? 0);
    if (asked !== null && from >= plan.bytes) {
      const refusal = xml(416, 'InvalidRange', '');
      return { ...refusal, headers: { ...refusal.headers, 'content-range': `bytes */${plan.bytes}` } };
    }
    const to = asked?.[2] ? Math.min(Number(asked[2]) + 1, plan.bytes) : plan.bytes;
    return {
      status: asked === null ? 200 : 206,
      headers: {
        'content-type': 'application/octet-stream',
        ...etag,
        ...framing(plan, to - from),
        ...(asked && { 'content-range': `bytes ${from}-${to - 1}/${plan.bytes}` }),
      },
      body: inPieces(bytesOf(object.content + age, from, to), plan.pieces),
      pieceTime: plan.pieceTime,
    };
  }

  function servePut({ subject, bytes, headers }: Arrival): Reply {
    if (headers['if-none-match'] !== undefined && uploaded.has(subject)) return xml(412, 'PreconditionFailed', '');
    if (bytes !== expected.get(subject)) return xml(400, 'IncompleteBody', '');
    uploaded.add(subject);
    return textReply(200, 'text/plain', '');
  }

  return {
    put: (key, plan, content) => objects.set(key, { plan, content, firstAsked: undefined }),
    expect: (key, bytes) => expected.set(key, bytes),
    sign: (key) => `${STORAGE_URL}/${key}?X-Amz-Signature=${clock.now() + service.urlLife}`,
    serve(arrival) {
      const until = Number(/X-Amz-Signature=([\d.]+)/.exec(arrival.url)?.[1]);
      if (clock.now() >= until) return refused();
      return arrival.route === 'put' ? servePut(arrival) : serveGet(arrival);
    },
    versionsOf(key) {
      const object = objects.get(key);
      if (object === undefined) return [];
      const { content, plan } = object;
      return [0, ...plan.replaced].map((_, age) => ({ content: content + age, bytes: plan.bytes }));
    },
    holds: (key) => uploaded.has(key),
  };
}

function framing({ framing }: OutputPlan, length: number): Record<string, string> {
  if (framing === 'length') return { 'content-length': String(length) };
  return framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : {};
}

/** The same bytes in about so many pieces. */
function inPieces(body: readonly Uint8Array[], wanted: number): readonly Uint8Array[] {
  const total = body.reduce((sum, piece) => sum + piece.byteLength, 0);
  const size = Math.max(1, Math.ceil(total / Math.max(1, wanted)));
  return body.flatMap((piece) =>
    Array.from({ length: Math.ceil(piece.byteLength / size) }, (_, index) =>
      piece.subarray(index * size, (index + 1) * size),
    ),
  );
}

/** An expired URL, as AWS, R2 and GCS say it. */
const REFUSALS = {
  aws: [403, 'AccessDenied'],
  r2: [403, 'ExpiredRequest'],
  gcs: [400, 'ExpiredToken'],
} as const;

function xml(status: number, code: string, message: string): Reply {
  return textReply(status, 'application/xml', `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
