import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { basename, extname, relative } from 'node:path';
import { lookup } from 'mrmime';
import { type FileIdentity, READ_NO_LINK } from '../base/disk.ts';
import { type Inert, inert } from '../base/inert.ts';
import { isLfsPointer, LARGEST_POINTER, POINTER_FOUND } from '../base/lfs-pointer.ts';
import type { WorkflowParameter } from '../cyberun/schema.ts';
import { findShellWord, isPrivate, resolveInside } from '../files/folder.ts';
import { digestOf } from '../files/settle.ts';
import { TransferError } from '../transfer/errors.ts';
import type { LocalFile } from '../transfer/upload.ts';

/** What a value of a `file` parameter turned out to be. */
export type FoundFile =
  | { readonly kind: 'local'; readonly file: LocalFile }
  /** A key that the service knows from an earlier upload. */
  | { readonly kind: 'key' }
  | { readonly kind: 'problem'; readonly problem: Inert };

/**
 * Looks at what the user gave for a `file` parameter: the path of a file in the workspace, which is to be uploaded, or
 * `inputs/...` where there is no such file, which is a key that the service gave out.
 *
 * The service says which parameters are files, and the checkout has links. So that nothing leaves that was not meant to, a
 * value has to look like a path, and no part of that, nor of where it leads, may be hidden or a file of credentials.
 */
export async function findFile(
  parameter: WorkflowParameter,
  value: string,
  workspace: string,
  signal: AbortSignal,
): Promise<FoundFile> {
  const { key, accept = [] } = parameter;
  const problem = (text: Inert): FoundFile => ({
    kind: 'problem',
    problem: inert`${key}: given ${JSON.stringify(value)}, ${text}`,
  });
  const shell = findShellWord(value);
  if (shell !== undefined) {
    return problem(
      inert`and nothing replaces ${shell.word} here, as no shell reads it; accepted: the path of a file below the workspace, such as ${shell.rest || 'assets/sketch.png'}`,
    );
  }
  if (!PATH_LIKE.test(value)) {
    return problem(
      inert`which looks like no path; accepted: one with a folder or an extension, such as ./sketch or sketch.png, or {file_key: ...}`,
    );
  }
  const inside = await resolveInside(workspace, value);
  if (inside === undefined)
    return problem(inert`which leads out of the workspace; accepted: the path of a file inside it`);
  const { real, seen } = inside;
  const place = relative(await realpath(workspace), real);
  const hidden = [relative(workspace, seen), place].flatMap((path) => path.split(/[/\\]/)).find(isPrivate);
  if (hidden !== undefined) {
    return problem(
      inert`and ${hidden} may hold secrets; accepted: a file that is not hidden, in no folder that is, and not another action's credentials`,
    );
  }
  const found = await lookAt(real, signal);
  if (found === undefined) {
    return value.startsWith('inputs/')
      ? { kind: 'key' }
      : problem(
          inert`and there is no such file in the workspace; is the repository checked out, or the file made, before this step? (a file_key is written {file_key: ...})`,
        );
  }
  if ('fault' in found) return problem(found.fault);
  const mediaType = lookup(real) ?? 'application/octet-stream';
  if (!isAccepted(mediaType, real, accept)) {
    return problem(inert`which is ${mediaType} by its name; accepted: ${accept.join(', ')}`);
  }
  return { kind: 'local', file: { ...found, path: real, place, name: basename(real), mediaType } };
}

/** It has a folder or an extension. */
const PATH_LIKE = /[/\\]|\.[a-z\d]{1,10}$/i;

/** What is learnt of a file by opening it, or why that is not one to upload, as a clause; `undefined` where there is none. */
type Looked = Pick<LocalFile, 'bytes' | 'sha256' | 'identity'> | { readonly fault: Inert } | undefined;

/**
 * Looks into a file of which the path was found to have no links: one that was put there meanwhile would lead elsewhere.
 * Throws the signal's reason.
 *
 * @param real Absolute.
 */
export async function lookAt(real: string, signal: AbortSignal): Promise<Looked> {
  const found = await stat(real).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) return { fault: inert`which is no file` };
  let file: FileHandle;
  try {
    file = await open(real, READ_NO_LINK);
  } catch {
    return { fault: (await isLink(real)) ? REPLACED : inert`which this job may not read` };
  }
  try {
    const { dev, ino, size, mtimeNs } = await file.stat({ bigint: true });
    const bytes = Number(size);
    const identity = { dev, ino, mtimeNs };
    if (bytes === 0) return { fault: inert`which is empty; did the step that made it fail?` };
    if (bytes < LARGEST_POINTER && isLfsPointer(await file.readFile('utf8'))) return { fault: inert`${POINTER_FOUND}` };
    const sha256 = await digestOf(file, bytes, signal);
    return (await isStill(identity, real)) ? { bytes, sha256, identity } : { fault: REPLACED };
  } catch (error) {
    // It became shorter.
    if (error instanceof TransferError) return { fault: REPLACED };
    throw error;
  } finally {
    await file.close();
  }
}

const REPLACED = inert`which was written to, or replaced by a link or another file, while it was looked at`;

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** Whether that is the file of this path, as it was, and no link leads to it. */
async function isStill({ dev, ino, mtimeNs }: FileIdentity, real: string): Promise<boolean> {
  try {
    const there = await lstat(real, { bigint: true });
    const isSame = there.dev === dev && there.ino === ino && there.mtimeNs === mtimeNs;
    return isSame && (await realpath(real)) === real;
  } catch {
    return false;
  }
}

/** `accept` as in HTML's file inputs: `image/png`, `image/*`, `.png`. */
function isAccepted(mediaType: string, path: string, accept: readonly string[]): boolean {
  return (
    accept.length === 0 ||
    accept.some((pattern) => {
      // Not registered, and yet often written.
      const wanted = pattern.trim().toLowerCase().replace('image/jpg', 'image/jpeg');
      if (wanted === '*/*' || wanted === mediaType) return true;
      if (wanted.startsWith('.')) return extname(path).toLowerCase() === wanted;
      return wanted.endsWith('/*') && mediaType.startsWith(wanted.slice(0, -1));
    })
  );
}
