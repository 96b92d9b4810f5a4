/**
 * The text of a file that a user wrote: UTF-8, or UTF-16 with a byte order mark (which `Out-File` of Windows PowerShell 5
 * writes without being asked). A byte order mark is no part of it.
 *
 * @throws {Error} for bytes that are neither, with a clause that says where, and what they may be
 */
export function decodeText(bytes: Uint8Array): string {
  if (startsWith(bytes, [0xff, 0xfe, 0, 0]) || startsWith(bytes, [0, 0, 0xfe, 0xff])) {
    throw new Error('is in UTF-32, as its first bytes say');
  }
  if (startsWith(bytes, [0xff, 0xfe])) return decodeUtf16(bytes, 'LE');
  if (startsWith(bytes, [0xfe, 0xff])) return decodeUtf16(bytes, 'BE');
  const text = decodeUtf8(bytes);
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    const before = text.slice(0, nul);
    throw new Error(`is no text: it has a NUL ${place(Buffer.byteLength(before), before)}. It may be ${guess(bytes)}`);
  }
  return text.replace(/^\uFEFF/, '');
}

function decodeUtf8(bytes: Uint8Array): string {
  // Without `stream`, what breaks off at the end is an error, too.
  if (isDecoded(() => utf8().decode(bytes))) return utf8().decode(bytes);
  // The longest beginning that goes well: what is wrong only shows with the bytes after it.
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isDecoded(() => utf8().decode(bytes.subarray(0, middle), { stream: true }))) good = middle;
    else bad = middle;
  }
  const before = utf8().decode(bytes.subarray(0, good), { stream: true });
  const offset = Buffer.byteLength(before);
  const byte = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  throw new Error(
    `is not in UTF-8: the byte 0x${byte} ${place(offset, before)} fits nothing. It may be ${guess(bytes)}`,
  );
}

function decodeUtf16(bytes: Uint8Array, order: 'LE' | 'BE'): string {
  const units = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
  const text = (order === 'LE' ? units : units.swap16()).toString('utf16le');
  const wrong = text.search(/\p{Cs}/u);
  if (wrong === -1 && bytes.length % 2 === 0) return text;
  const before = wrong === -1 ? text : text.slice(0, wrong);
  throw new Error(`is in UTF-16${order}, as its first bytes say, and broken ${place(2 + before.length * 2, before)}`);
}

function utf8() {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

function isDecoded(decode: () => string): boolean {
  try {
    decode();
    return true;
  } catch {
    return false;
  }
}

function place(offset: number, before: string): string {
  return `at offset ${offset}, in line ${before.split('\n').length}`;
}

/** What bytes that are no UTF-8 text may be. */
function guess(bytes: Uint8Array): string {
  const head = bytes.subarray(0, 1000);
  const zeros = (odd: 0 | 1) => head.filter((byte, at) => byte === 0 && at % 2 === odd).length;
  // Most characters of such a file are ASCII, whose other byte is zero.
  if (zeros(1) > head.length / 4) return 'UTF-16LE without a byte order mark';
  if (zeros(0) > head.length / 4) return 'UTF-16BE without a byte order mark';
  return head.includes(0) ? 'a file of another kind' : 'Windows-1252 ("ANSI")';
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}
