import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Lower-case hex of the HMAC-SHA256 of a text under the key (RFC 2104).
 *
 * @param purpose What the text is for, in one line: a signature made for one purpose is none for another.
 */
export function sign(purpose: string, text: string, key: string): string {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest('hex');
}

/** Whether a signature is that of {@link sign}; one of any other form is not. What it takes does not depend on where they differ. */
export function isSignedBy(signature: string, purpose: string, text: string, key: string): boolean {
  const right = Buffer.from(sign(purpose, text, key));
  const given = Buffer.from(signature);
  return given.length === right.length && timingSafeEqual(given, right);
}
