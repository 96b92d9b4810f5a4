import { constants } from 'node:fs';
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises';

/**
 * What transfers do with the disk, in the shapes of `node:fs/promises`, so that a test can own it. Inputs and workflow files
 * are looked at on the real one.
 */
export interface Disk {
  open(path: string, flags: typeof READ_NO_LINK | 'wx+'): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file one more name; fails with `EEXIST` where something has that name. */
  link(path: string, name: string): Promise<void>;
  /** Removes a file, if it is there; with `recursive`, a folder and all in it. */
  rm(
    path: string,
    options: { readonly force: true; readonly recursive?: boolean; readonly maxRetries?: number },
  ): Promise<void>;
  /** Of the file system that holds the path: blocks in all, blocks free to us, bytes in each. */
  statfs(path: string): Promise<{ readonly blocks: number; readonly bavail: number; readonly bsize: number }>;
  /** Links are not followed. */
  lstat(path: string, options: { readonly bigint: true }): Promise<DiskEntry>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  writeFile(path: string, text: string, options: { readonly flag: 'wx' }): Promise<void>;
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
  realpath(path: string): Promise<string>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<readonly FolderEntry[]>;
}

/** What a folder holds under a name; links are neither file nor folder. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** What lies at a path. A number of 53 bits does not hold every inode's. */
export interface DiskEntry extends FileIdentity {
  isFile(): boolean;
  isDirectory(): boolean;
  readonly size: bigint;
}

/** An open file. Reads and writes name their place, and may do less than they were asked for. */
export interface DiskFile {
  /** By which another thread of this process can read it; none of one that the system does not know. */
  readonly fd?: number;
  /** Fills the buffer from `offset` on; 0 bytes are the file's end. */
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
  writev(chunks: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>;
  truncate(bytes: number): Promise<void>;
  /** Which file it is, whatever name it has now. */
  stat(options: { readonly bigint: true }): Promise<FileIdentity>;
  close(): Promise<void>;
}

/** By which a file can be told from any other, and from itself as it was. Windows has numbers that a double cannot hold. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  /** When it was written to last. */
  readonly mtimeNs: bigint;
}

/** Opens a file to be read, but no link, and without a wait for whoever writes a pipe. Windows knows neither. */
export const READ_NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The machine's own disk. */
export const systemDisk: Disk = {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm: (path, options) => (options.recursive ? rm(path, options) : removeFile(path)),
  statfs,
  writeFile,
};

/** A third of what `rm` takes, which looks first what is there. */
async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
  }
}
