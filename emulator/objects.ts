import { createCipheriv, createHash, randomUUID } from 'node:crypto';

/** Content made up on the fly: `bytes` pseudo-random bytes that depend on the seed and the offset only. Costs no memory. */
export interface GeneratedBytes {
  readonly bytes: number;
  readonly seed: number;
}

/** Where an object's bytes come from; a function is called at the first read. */
export type Content = Uint8Array | GeneratedBytes | (() => Uint8Array | GeneratedBytes);

/** One object in the storage. */
export interface StoredObject {
  readonly contentType: string;
  /** The `content-encoding` it was stored with: its bytes are packed in that way. */
  readonly encoding: string | undefined;
  readonly etag: string;
  readonly size: number;
  /** The whole content in memory. */
  readonly bytes: Uint8Array;
  /** The bytes from `start` up to but not including `end`, in pieces of at most 1 MiB. */
  readonly read: (start: number, end: number) => Iterable<Uint8Array>;
  readonly lastModified: Date;
  /** The same object with other bytes (as many) and another ETag. */
  readonly changed: () => StoredObject;
}

/** Makes a stored object. */
export function createObject(content: Content, contentType: string, encoding?: string): StoredObject {
  let loaded: Uint8Array | GeneratedBytes | undefined;
  const load = () => {
    loaded ??= typeof content === 'function' ? content() : content;
    return loaded;
  };
  const read = (start: number, end: number) => {
    const source = load();
    return source instanceof Uint8Array ? pieces(source.subarray(start, end)) : readGenerated(source, start, end);
  };
  return {
    contentType,
    encoding,
    etag: `"${randomUUID().replaceAll('-', '')}"`,
    lastModified: new Date(),
    get size() {
      const source = load();
      return source instanceof Uint8Array ? source.length : source.bytes;
    },
    get bytes() {
      const source = load();
      return source instanceof Uint8Array ? source : Buffer.concat([...read(0, source.bytes)]);
    },
    read,
    changed: () => createObject(() => otherBytes(load()), contentType, encoding),
  };
}

/** Hex SHA-256 of generated content, without holding it in memory. */
export function generatedSha256(content: GeneratedBytes): string {
  const hash = createHash('sha256');
  for (const piece of readGenerated(content, 0, content.bytes)) hash.update(piece);
  return hash.digest('hex');
}

const pieceSize = 1024 * 1024;

function otherBytes(source: Uint8Array | GeneratedBytes): Uint8Array | GeneratedBytes {
  return source instanceof Uint8Array
    ? source.map((byte) => byte ^ 0xff)
    : { bytes: source.bytes, seed: source.seed + 1 };
}

/** AES in counter mode is a fast pseudo-random function of (seed, offset): the counter is the offset in 16-byte blocks. */
function* readGenerated({ seed }: GeneratedBytes, start: number, end: number): Generator<Uint8Array> {
  const key = createHash('sha256').update(`emulator-${seed}`).digest().subarray(0, 16);
  for (let offset = start; offset < end; ) {
    const length = Math.min(pieceSize, end - offset);
    const within = offset % 16;
    const counter = Buffer.alloc(16);
    counter.writeBigUInt64BE(BigInt((offset - within) / 16), 8);
    const stream = createCipheriv('aes-128-ctr', key, counter).update(zeros.subarray(0, within + length));
    yield stream.subarray(within);
    offset += length;
  }
}

const zeros = Buffer.alloc(pieceSize + 16);

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += pieceSize) yield bytes.subarray(offset, offset + pieceSize);
}
