import { constants } from 'node:fs';
import { access, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { lookup } from 'mrmime';
import pLimit from 'p-limit';
import prettyBytes from 'pretty-bytes';
import { messageFor, RunError } from '../base/errors.ts';
import { firstOnly } from '../base/first-only.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import { isLfsPointer, LARGEST_POINTER, POINTER_FOUND } from '../base/lfs-pointer.ts';
import type { WorkflowParameter } from '../cyberun/schema.ts';
import { createByteProgress } from '../files/bytes.ts';
import { findShellWord, resolveInside } from '../files/folder.ts';
import { type LocalFile, uploadFile } from '../transfer/upload.ts';
import type { PrepareContext } from './context.ts';

/** The service's limit for a presigned upload (docs.cyberun.cloud); beyond it only a user's token may upload. */
const LARGEST_FILE = 500 * 1024 * 1024;
const UPLOADS_AT_ONCE = 4;
/** More files than that are counted in the log, not named. */
const MOST_NAMES = 5;

/** What a value of a `file` parameter turned out to be. */
export type FoundFile =
  | { readonly kind: 'local'; readonly file: LocalFile }
  /** A key that the service knows from an earlier upload. */
  | { readonly kind: 'key' }
  | { readonly kind: 'problem'; readonly problem: Inert };

/**
 * Looks at what the user gave for a `file` parameter. A path that leads to a file of the workspace is one to upload. A
 * value that looks like no path here, since it has folders that are not there, is a `file_key`. (What one looks like is not
 * documented.)
 */
export async function findFile(parameter: WorkflowParameter, value: string, workspace: string): Promise<FoundFile> {
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
  const inside = await resolveInside(workspace, value);
  if (inside === undefined)
    return problem(inert`which leads out of the workspace; accepted: the path of a file inside it`);
  const { real } = inside;
  const found = await stat(real).catch(() => undefined);
  if (found === undefined) {
    return (await looksLikeKey(workspace, value))
      ? { kind: 'key' }
      : problem(
          inert`and there is no such file in the workspace; is the repository checked out, or the file made, before this step?`,
        );
  }
  if (!found.isFile()) return problem(inert`which is no file`);
  const file = { path: real, name: basename(real), bytes: found.size, mediaType: mediaTypeOf(real) };
  const fault = await findFault(file, accept);
  return fault === undefined ? { kind: 'local', file } : problem(fault);
}

/** Why a file is not one to upload, as a clause, if it is not. */
async function findFault({ path, bytes, mediaType }: LocalFile, accept: readonly string[]): Promise<Inert | undefined> {
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) return inert`which this job may not read`;
  if (bytes === 0) return inert`which is empty; did the step that made it fail?`;
  if (bytes > LARGEST_FILE) {
    return inert`which has ${prettyBytes(bytes, { binary: true })}; accepted: at most ${prettyBytes(LARGEST_FILE, { binary: true })}, as more takes a user's own token`;
  }
  if (bytes < LARGEST_POINTER && isLfsPointer(await readFile(path, 'utf8'))) return inert`${POINTER_FOUND}`;
  if (!isAccepted(mediaType, path, accept))
    return inert`which is ${mediaType} by its name; accepted: ${accept.join(', ')}`;
  return undefined;
}

function mediaTypeOf(path: string): string {
  return lookup(path) ?? 'application/octet-stream';
}

/**
 * Uploads files, several at a time, and returns their keys by path. The same path is uploaded once, however often it is
 * asked for. Throws what ended the first that failed; nothing has been submitted then.
 */
export async function uploadFiles(
  files: readonly LocalFile[],
  context: PrepareContext,
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Map(files.map((file) => [file.path, file])).values()];
  if (wanted.length === 0) return new Map();
  const { service, clock, log, signal } = context;
  const total = wanted.reduce((sum, file) => sum + file.bytes, 0);
  const names = wanted.map((file) => file.name);
  const what = names.length > MOST_NAMES ? `${names.length} files` : names.join(', ');
  log.info(inert`Uploading ${what} (${prettyBytes(total)})`);
  const meter = createByteProgress(wanted.length, clock, log);
  const scope = new AbortController();
  // Of many files that wait, one tells.
  const notice = firstOnly((message: Inert) => log.info(message));
  const inner = { ...context, notice, signal: AbortSignal.any([signal, scope.signal]) };
  const limit = pLimit(UPLOADS_AT_ONCE);
  const uploads = wanted.map((file) =>
    limit(async (): Promise<[string, string]> => {
      inner.signal.throwIfAborted();
      const slot = (during: AbortSignal) => service.presign(file, during);
      try {
        return [file.path, await uploadFile(file, slot, inner, meter)];
      } catch (error) {
        inner.signal.throwIfAborted();
        throw notUploaded(file, error);
      }
    }),
  );
  try {
    return new Map(await Promise.all(uploads));
  } finally {
    scope.abort(new Error('another upload failed'));
    await Promise.allSettled(uploads);
  }
}

function notUploaded({ name, bytes }: LocalFile, error: unknown): RunError {
  const said = messageFor(error);
  return new RunError(
    'submit',
    joinInert([inert`Nothing was submitted, as ${name} (${prettyBytes(bytes)}) could not be uploaded.`, said], ' '),
    error,
  );
}

async function looksLikeKey(workspace: string, value: string): Promise<boolean> {
  // A word too long to be typed, without an extension: an id.
  if (/^[\w-]{20,}$/.test(value)) return true;
  if (!value.includes('/') || /^[./~\\]/.test(value)) return false;
  const folder = resolve(await realpath(workspace), dirname(value));
  return stat(folder).then(
    () => false,
    () => true,
  );
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
