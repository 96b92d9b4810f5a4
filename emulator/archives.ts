import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** A file in an archive. */
export interface Packed {
  /** As the archive has it. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A zip with these files (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16). */
export function zipOf(files: readonly Packed[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { path, bytes } of files) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(bytes);
    // Version 2.0, names in UTF-8, deflated, 1 January 2024.
    const common = [u16(20), u16(0x0800), u16(8), u16(0), u16(0x5821), u32(crc32(bytes)), u32(packed.length)];
    const sizes = [u32(bytes.length), u16(name.length), u16(0)];
    const local = [u32(0x04034b50), ...common, ...sizes, name, packed];
    const entry = [u32(0x02014b50), u16(20), ...common, ...sizes, u16(0), u16(0), u16(0), u32(0), u32(at), name];
    directory.push(...entry);
    parts.push(...local);
    at += Buffer.concat(local).length;
  }
  const list = Buffer.concat(directory);
  const count = u16(files.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(list.length), u32(at), u16(0)];
  return Buffer.concat([...parts, list, ...end]);
}

/** A gzipped tar with these files (POSIX, pax Interchange Format, `ustar`); paths of 100 bytes at most. */
export function tgzOf(files: readonly Packed[]): Uint8Array {
  const blocks = files.flatMap(({ path, bytes }) => [tarHeader(path, bytes.length), padded(bytes)]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader(path: string, size: number): Uint8Array {
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const fields: [number, string][] = [
    ...([
      [0, path],
      [100, octal(0o644, 8)],
      [108, octal(0, 8)],
      [116, octal(0, 8)],
    ] as const),
    ...([
      [124, octal(size, 12)],
      [136, octal(1_704_067_200, 12)],
      [148, ' '.repeat(8)],
      [156, '0'],
    ] as const),
    [257, 'ustar\u000000'],
  ].map(([at, text]) => [Number(at), String(text)]);
  for (const [at, text] of fields) header.write(text, at);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function u16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
