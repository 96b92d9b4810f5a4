import type { Trouble } from './plan.ts';
import { type Reply, textReply } from './requests.ts';

/** What somebody on the way answers in the service's place, if somebody does. */
export function hijacked(trouble: Trouble | undefined, clock: { date(): number }): Reply | undefined {
  if (trouble?.type === 'page') return textReply(200, 'text/html', '<html><title>Please sign in</title></html>');
  if (trouble?.type !== 'status') return undefined;
  const { status, retryAfter } = trouble;
  if (retryAfter === undefined) return textReply(status, 'application/json', '{"message":"not now"}');
  // Both forms that RFC 9110 allows; a date has no milliseconds.
  const until = Math.floor(clock.date() / 1000 + retryAfter) * 1000;
  const isDate = retryAfter % 2 === 1;
  const headers = { 'retry-after': isDate ? new Date(until).toUTCString() : String(retryAfter) };
  const reply = textReply(status, 'application/json', '{"message":"not now"}', { headers });
  return { ...reply, retryAfter: (now) => (isDate ? Math.max(0, until - now) : retryAfter * 1000) };
}

/** The pieces of a body that come before it breaks. */
export function cutShort(trouble: Trouble | undefined, body: readonly Uint8Array[]): readonly Uint8Array[] {
  if (trouble?.type === 'trickle') return body.flatMap(inTen);
  if (trouble?.type !== 'cut') return body;
  const bytes = body.reduce((sum, piece) => sum + piece.byteLength, 0);
  let left = Math.floor(bytes * Math.min(trouble.share, 1));
  return body.flatMap((piece) => {
    const kept = piece.subarray(0, left);
    left -= kept.byteLength;
    return kept.byteLength === 0 ? [] : [kept];
  });
}

function inTen(piece: Uint8Array): Uint8Array[] {
  const size = Math.max(1, Math.ceil(piece.byteLength / 10));
  return Array.from({ length: Math.ceil(piece.byteLength / size) }, (_, index) =>
    piece.subarray(index * size, (index + 1) * size),
  );
}
