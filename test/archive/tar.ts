/** A header's block, with whatever is to be wrong with it. */
export interface TarHeader {
  readonly name: string | Buffer;
  readonly size?: number;
  /** The type's letter; `0` is a file. */
  readonly type?: string;
  readonly mode?: number;
  readonly owner?: number;
  readonly prefix?: string;
  readonly magic?: string;
  /** The size as it is written, of 12 bytes. */
  readonly sizeField?: Buffer;
  readonly link?: string;
  readonly checksum?: number;
}

export function header({
  name,
  size = 0,
  type = '0',
  mode = 0o644,
  prefix = '',
  link = '',
  owner = 0,
  ...more
}: TarHeader): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write(`${octal(mode, 7)}\0${octal(owner, 7)}\0${octal(owner, 7)}\0`, 100, 'latin1');
  if (more.sizeField === undefined) block.write(`${octal(size, 11)}\0`, 124, 'latin1');
  else more.sizeField.copy(block, 124);
  block.write(`${octal(1_700_000_000, 11)}\0`, 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(link, 157);
  block.write(more.magic ?? 'ustar\u000000', 257, 'latin1');
  block.write(prefix, 345);
  block.write(' '.repeat(8), 148, 'latin1');
  const sum = more.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** Data in whole blocks. */
export function padded(data: Uint8Array): Buffer {
  return Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

export function file(name: string, data: Uint8Array, more: Partial<TarHeader> = {}): Buffer {
  return Buffer.concat([header({ name, size: data.length, ...more }), padded(data)]);
}

export function folder(name: string, more: Partial<TarHeader> = {}): Buffer {
  return header({ name, type: '5', mode: 0o755, ...more });
}

/** A PAX header. */
export function pax(records: string | Buffer, type = 'x'): Buffer {
  return file('PaxHeaders/it', Buffer.from(records), { type });
}

/** A record of one, with its length. */
export function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

/** GNU's header with a long name. */
export function long(name: string, type = 'L'): Buffer {
  return file('././@LongLink', Buffer.from(`${name}\0`), { type, magic: 'ustar  \0' });
}

export const END = Buffer.alloc(1024);

export function tar(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, END]);
}
