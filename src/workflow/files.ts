import pLimit from 'p-limit';
import prettyBytes from 'pretty-bytes';
import { messageFor, RunError } from '../base/errors.ts';
import { firstOnly } from '../base/first-only.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { createByteProgress } from '../files/bytes.ts';
import { type LocalFile, uploadFile } from '../transfer/upload.ts';
import type { PrepareContext } from './context.ts';

const UPLOADS_AT_ONCE = 4;
/** More files than that are counted in the log, and named in a group. */
const MOST_NAMES = 5;

/**
 * Uploads files, several at a time, and returns their keys by path. The same path is uploaded once, however often it is
 * asked for. The log names each. Throws what ended the first that failed; nothing has been submitted then.
 */
export async function uploadFiles(
  files: readonly LocalFile[],
  context: PrepareContext,
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Map(files.map((file) => [file.path, file])).values()];
  if (wanted.length === 0) return new Map();
  const { service, clock, log, signal } = context;
  announceUploads(wanted, log);
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

function announceUploads(files: readonly LocalFile[], log: Log): void {
  const named = files.map(nameOf);
  if (files.length <= MOST_NAMES) {
    log.info(joinInert([inert`Uploading`, joinInert(named)], ' '));
    return;
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  log.info(inert`Uploading ${files.length} files (${prettyBytes(total)})`);
  log.group(inert`files to upload`, named);
}

function nameOf({ place, bytes }: LocalFile): Inert {
  return inert`${place} (${prettyBytes(bytes)})`;
}

function notUploaded(file: LocalFile, error: unknown): RunError {
  const what = joinInert([inert`Nothing was submitted, as`, nameOf(file), inert`could not be uploaded.`], ' ');
  return new RunError('submit', joinInert([what, messageFor(error)], ' '), error);
}
