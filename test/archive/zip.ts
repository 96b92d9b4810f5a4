import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip archive, with whatever is to be wrong with it. */
export interface ZipEntry {
  readonly name: string | Buffer;
  readonly data?: Uint8Array;
  /** 0 for stored, 8 for deflate, which is the default. */
  readonly method?: number;
  readonly flags?: number;
  /** The mode of Unix, in the upper half of the attributes. */
  readonly mode?: number;
  /** What the data is said to be, in both places. */
  readonly claims?: { readonly bytes?: number; readonly crc?: number; readonly packed?: number };
  /** Another name before the data. */
  readonly localName?: string;
  /** Another method before the data. */
  readonly localMethod?: number;
  /** Sizes and checksum behind the data. */
  readonly isOpen?: boolean;
  /** Sizes and offset in zip64's field. */
  readonly isZip64?: boolean;
  readonly extra?: Buffer;
  /** Where the directory says that it begins, if not where it does. */
  readonly offset?: number;
  /** What stands before its header. */
  readonly before?: Buffer;
}

/** What is wrong with an archive as a whole. */
export interface ZipOptions {
  readonly comment?: string;
  readonly isZip64?: boolean;
  readonly beforeDirectory?: Buffer;
  readonly afterDirectory?: Buffer;
  readonly after?: Buffer;
  /** Changes the end's record. */
  readonly end?: (record: Buffer) => void;
  readonly end64?: (record: Buffer) => void;
}

export function zip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const before = entry.before ?? Buffer.alloc(0);
    const { local, central } = parts(entry, entry.offset ?? at + before.length);
    body.push(before, local);
    directory.push(central);
    at += before.length + local.length;
  }
  const { beforeDirectory = Buffer.alloc(0), afterDirectory = Buffer.alloc(0), after = Buffer.alloc(0) } = options;
  const records = Buffer.concat(directory);
  const start = at + beforeDirectory.length;
  const tail = end(entries.length, records.length, start, start + records.length + afterDirectory.length, options);
  return Buffer.concat([...body, beforeDirectory, records, afterDirectory, tail, after]);
}

function parts(entry: ZipEntry, offset: number): { local: Buffer; central: Buffer } {
  const { data = Buffer.alloc(0), mode = 0o100644, isOpen = false, isZip64 = false } = entry;
  const name = Buffer.from(entry.name);
  const method = entry.method ?? (name.at(-1) === 47 ? 0 : 8);
  const packed = method === 8 ? deflateRawSync(data) : Buffer.from(data);
  const crc = entry.claims?.crc ?? crc32(data);
  const bytes = entry.claims?.bytes ?? data.length;
  const packedBytes = entry.claims?.packed ?? packed.length;
  const flags = (entry.flags ?? 0x800) | (isOpen ? 8 : 0);
  const known = isOpen ? [0, 0, 0] : [crc, packedBytes, bytes];
  const localName = Buffer.from(entry.localName ?? name);
  const extra = entry.extra ?? Buffer.alloc(0);
  const localExtra = isZip64 ? Buffer.concat([field(1, wide(known[2] ?? 0, known[1] ?? 0)), extra]) : extra;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50);
  local.writeUInt16LE(isZip64 ? 45 : 20, 4);
  local.writeUInt16LE(flags, 6);
  local.writeUInt16LE(entry.localMethod ?? method, 8);
  local.writeUInt32LE(known[0] ?? 0, 14);
  local.writeUInt32LE(isZip64 ? 0xffff_ffff : (known[1] ?? 0), 18);
  local.writeUInt32LE(isZip64 ? 0xffff_ffff : (known[2] ?? 0), 22);
  local.writeUInt16LE(localName.length, 26);
  local.writeUInt16LE(localExtra.length, 28);
  const descriptor = Buffer.alloc(isOpen ? 16 : 0);
  if (isOpen) {
    descriptor.writeUInt32LE(0x08074b50);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(packedBytes, 8);
    descriptor.writeUInt32LE(bytes, 12);
  }
  const centralExtra = isZip64 ? Buffer.concat([field(1, wide(bytes, packedBytes, offset)), extra]) : extra;
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50);
  central.writeUInt16LE((3 << 8) | 45, 4);
  central.writeUInt16LE(isZip64 ? 45 : 20, 6);
  central.writeUInt16LE(flags, 8);
  central.writeUInt16LE(method, 10);
  central.writeUInt32LE(crc, 16);
  central.writeUInt32LE(isZip64 ? 0xffff_ffff : packedBytes, 20);
  central.writeUInt32LE(isZip64 ? 0xffff_ffff : bytes, 24);
  central.writeUInt16LE(name.length, 28);
  central.writeUInt16LE(centralExtra.length, 30);
  central.writeUInt32LE((name.at(-1) === 47 && entry.mode === undefined ? 0o040755 : mode) * 0x10000, 38);
  central.writeUInt32LE(isZip64 ? 0xffff_ffff : offset, 42);
  return {
    local: Buffer.concat([local, localName, localExtra, packed, descriptor]),
    central: Buffer.concat([central, name, centralExtra]),
  };
}

/** An extra field. */
export function field(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

function wide(...numbers: number[]): Buffer {
  const buffer = Buffer.alloc(8 * numbers.length);
  for (const [index, number] of numbers.entries()) buffer.writeBigUInt64LE(BigInt(number), 8 * index);
  return buffer;
}

function end(count: number, size: number, start: number, at: number, options: ZipOptions): Buffer {
  const comment = Buffer.from(options.comment ?? '');
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50);
  record.writeUInt16LE(Math.min(count, 0xffff), 8);
  record.writeUInt16LE(Math.min(count, 0xffff), 10);
  record.writeUInt32LE(options.isZip64 ? 0xffff_ffff : size, 12);
  record.writeUInt32LE(options.isZip64 ? 0xffff_ffff : start, 16);
  record.writeUInt16LE(comment.length, 20);
  options.end?.(record);
  if (!options.isZip64) return Buffer.concat([record, comment]);
  const record64 = Buffer.alloc(56);
  record64.writeUInt32LE(0x06064b50);
  record64.writeBigUInt64LE(44n, 4);
  wide(count, count, size, start).copy(record64, 24);
  options.end64?.(record64);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record64, locator, record, comment]);
}
