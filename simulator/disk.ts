import type { Disk, DiskFile } from '../src/base/disk.ts';
import { networkError } from './errors.ts';
import type { DiskPlan } from './plan.ts';

/** A disk in memory. It outlives the processes that use it. */
export interface SimulatedDisk {
  /** The disk as a process sees it; nothing is answered once the process is dead. */
  mount(isDead: () => boolean): Disk;
  /** The whole content by path, folders left out. */
  files(): ReadonlyMap<string, Uint8Array>;
  add(path: string, bytes: Uint8Array): void;
}

interface Inode {
  readonly ino: bigint;
  /** How many names it has. */
  names: number;
  mtimeNs: bigint;
  bytes: Uint8Array;
  size: number;
}

/** Nobody replaces a file here. */
export const SAME = { dev: 0n, ino: 0n, mtimeNs: 0n };

export function createDisk({ free, isShort }: DiskPlan): SimulatedDisk {
  const files = new Map<string, Inode>();
  const folders = new Map<string, bigint>();
  let used = 0;
  let inodes = 0n;
  let writes = 0n;

  function create(path: string): Inode {
    inodes += 1n;
    const inode = { ino: inodes, names: 0, mtimeNs: writes, bytes: new Uint8Array(0), size: 0 };
    name(inode, path);
    return inode;
  }

  /** Takes the name from whatever has it. */
  function name(inode: Inode, path: string): void {
    inode.names += 1;
    remove(path);
    files.set(path, inode);
  }

  function remove(path: string): void {
    const inode = files.get(path);
    if (inode === undefined) return;
    inode.names -= 1;
    if (inode.names === 0) used -= inode.size;
    files.delete(path);
  }

  function resize(inode: Inode, size: number): void {
    used += size - inode.size;
    writes += 1n;
    inode.mtimeNs = writes;
    if (size > inode.bytes.byteLength) {
      const grown = new Uint8Array(Math.max(size, inode.bytes.byteLength * 2));
      grown.set(inode.bytes.subarray(0, inode.size));
      inode.bytes = grown;
    }
    inode.size = size;
  }

  function write(inode: Inode, chunk: Uint8Array, position: number): void {
    const end = Math.max(inode.size, position + chunk.byteLength);
    if (used + end - inode.size > free) throw networkError('ENOSPC');
    resize(inode, end);
    inode.bytes.set(chunk, position);
  }

  function found(path: string): Inode {
    const inode = files.get(path);
    if (inode === undefined) throw networkError('ENOENT');
    return inode;
  }

  function open(inode: Inode, answer: Answer): DiskFile {
    let isOpen = true;
    const use = <T>(action: () => T) =>
      answer(() => {
        if (!isOpen) throw networkError('EBADF');
        return action();
      });
    return {
      read: (buffer, offset, length, position) =>
        use(() => {
          const piece = inode.bytes.subarray(position, Math.min(position + length, inode.size));
          buffer.set(piece, offset);
          return { bytesRead: piece.byteLength };
        }),
      writev: (chunks, position) =>
        use(() => {
          let at = position;
          for (const [index, chunk] of chunks.entries()) {
            const part = isShort && index === 0 ? chunk.subarray(0, Math.ceil(chunk.byteLength / 2)) : chunk;
            write(inode, part, at);
            at += part.byteLength;
            if (part.byteLength < chunk.byteLength) break;
          }
          return { bytesWritten: at - position };
        }),
      truncate: (bytes) => use(() => resize(inode, bytes)),
      stat: () => use(() => SAME),
      close: () =>
        use(() => {
          isOpen = false;
        }),
    };
  }

  return {
    files: () => new Map([...files].map(([path, { bytes, size }]) => [path, bytes.subarray(0, size)])),
    add: (path, bytes) => void Object.assign(create(path), { bytes, size: bytes.byteLength }),
    mount(isDead) {
      const answer: Answer = (action) => {
        if (isDead()) return new Promise(() => undefined);
        return new Promise((resolve) => resolve(action()));
      };
      return {
        open: (path, flags) =>
          answer(() => {
            if (flags !== 'wx+') return open(found(path), answer);
            if (files.has(path)) throw networkError('EEXIST');
            return open(create(path), answer);
          }),
        rename: (from, to) =>
          answer(() => {
            const inode = found(from);
            name(inode, to);
            remove(from);
          }),
        link: (path, other) =>
          answer(() => {
            if (files.has(other)) throw networkError('EEXIST');
            name(found(path), other);
          }),
        rm: (path) => answer(() => remove(path)),
        statfs: () =>
          answer(() => ({ blocks: Math.floor(free / 4096), bavail: Math.floor((free - used) / 4096), bsize: 4096 })),
        lstat: (path) =>
          answer(() => {
            const folder = folders.get(path);
            const inode = folder === undefined ? found(path) : { ino: folder, size: 0, mtimeNs: 0n };
            return {
              isFile: () => folder === undefined,
              isDirectory: () => folder !== undefined,
              dev: 1n,
              ino: inode.ino,
              size: BigInt(inode.size),
              mtimeNs: inode.mtimeNs,
            };
          }),
        readFile: (path) => answer(() => Buffer.from(found(path).bytes.subarray(0, found(path).size)).toString()),
        writeFile: (path, text) =>
          answer(() => {
            if (files.has(path)) throw networkError('EEXIST');
            write(create(path), Buffer.from(text), 0);
          }),
        mkdir: (path) =>
          answer(() => {
            inodes += 1n;
            if (!folders.has(path)) folders.set(path, inodes);
          }),
        realpath: (path) => answer(() => path),
        readdir: (path) =>
          answer(() => {
            const entries = [
              ...[...files.keys()].map((place) => ({ place, isFolder: false })),
              ...[...folders.keys()].map((place) => ({ place, isFolder: true })),
            ];
            return entries.flatMap(({ place, isFolder }) => {
              const name = place.slice(path.length + 1);
              const isIn = place.startsWith(`${path}/`) && !name.includes('/');
              return isIn ? [{ name, isFile: () => !isFolder, isDirectory: () => isFolder }] : [];
            });
          }),
      };
    },
  };
}

type Answer = <T>(action: () => T) => Promise<T>;
