import { sleep } from '../base/clock.ts';
import { type Disk, type DiskFile, type FileIdentity, READ_NO_LINK } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { createBackoff, SLOWEST_BACKOFF } from '../base/retry.ts';
import type { UploadSlot } from '../base/upload-slot.ts';
import { storageUrl } from './address.ts';
import { TransferError, type TransferErrorType } from './errors.ts';
import { createPatience, pause } from './patience.ts';
import { readError, refusal, requestStorage } from './request.ts';
import type { Meter, TransferContext } from './storage.ts';
import { uploadHeaders } from './upload-headers.ts';

/** A file of the workspace that is to be uploaded. */
export interface LocalFile {
  /** Absolute, links resolved. */
  readonly path: string;
  /** Below the workspace, links resolved: what is told. */
  readonly place: string;
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of the file that was looked at: no other is sent whole. */
  readonly identity: FileIdentity;
}

/** Bytes read at one time. */
const PIECE = 1024 * 1024;
const STALL_LIMIT = 60_000;
/** However long each took: a large file's first try may alone outlast the patience. */
const LEAST_TRIES = 3;
/**
 * What a try that hesitates sends first, in bytes; and how long it waits then, in milliseconds. Storages on fasthttp, such as
 * versitygw, look at no request before they have so much of its body (`readBodyWithStreaming`), and then answer within a
 * second.
 */
const FIRST_BYTES = 8 * 1024;
const HESITATION = 3_000;

/**
 * Uploads a file by presigned PUT and returns its key. Every try gets a slot of its own, so that neither an expired URL nor
 * half of an earlier try (412 with `If-None-Match: *`) can stand in its way.
 *
 * A storage that refuses a file answers while it is still being sent, and closes; the connection that is reset by what
 * comes on nevertheless takes the answer with it. So once a connection broke, every try sends a few bytes and waits a moment
 * before it sends the rest: then a refusal is heard as one, and what is refused twice in a row is tried three times in all,
 * while a link that breaks is tried for as long as the patience lasts. A refusal that was heard without that is heard so
 * again, also through a proxy that reads no answer before it has the whole (tinyproxy).
 *
 * A service may repeat a key all the same. Where the whole file was sent to it before, and no answer came, a file of that
 * key is this one: it counts.
 *
 * @throws {TransferError} when it cannot be uploaded; or what `slot` throws, or the signal's reason
 */
export async function uploadFile(
  file: LocalFile,
  slot: (signal: AbortSignal) => Promise<UploadSlot>,
  context: TransferContext,
  meter: Meter,
): Promise<string> {
  const { clock, signal } = context;
  const backoff = createBackoff(clock, 500, SLOWEST_BACKOFF);
  const patience = createPatience(clock);
  let last: TransferErrorType | undefined;
  let hesitates = false;
  /** Keys that the whole file was sent to, and no answer came. */
  const unanswered = new Set<string>();
  meter.size(file.bytes);
  for (let tries = 1; ; tries += 1) {
    const { fileKey, url, headers } = await slot(signal);
    let sent = 0;
    let over = false;
    const count = (bytes: number) => {
      // A read that was under way when the try failed is no part of it any more.
      if (over) return;
      sent += bytes;
      meter.bytes(bytes);
    };
    try {
      await put(file, { url, headers }, hesitates, context, count, () => unanswered.add(fileKey));
      return fileKey;
    } catch (error) {
      over = true;
      signal.throwIfAborted();
      meter.bytes(-sent);
      if (!(error instanceof TransferError)) throw error;
      if (error.type === 'changed' && unanswered.has(fileKey)) {
        context.notice(inert`${file.place} was sent, and the answer to that was lost. ${error.message} It counts.`);
        meter.bytes(file.bytes);
        return fileKey;
      }
      const refusedAgain = (error.type === 'refused' || error.type === 'changed') && error.type === last;
      const hopeless = patience.isOver(error) || refusedAgain;
      if (error.type === 'final' || (hopeless && tries >= LEAST_TRIES)) {
        throw new TransferError('final', error.message, { cause: error });
      }
      last = error.type;
      hesitates ||= error.type === 'passing';
      await pause(backoff.next(error.retryAfter), error, context);
    }
  }
}

async function put(
  file: LocalFile,
  { url, headers }: Pick<UploadSlot, 'url' | 'headers'>,
  hesitates: boolean,
  context: TransferContext,
  onBytes: (bytes: number) => void,
  onLost: () => void,
): Promise<void> {
  const { disk, clock, signal } = context;
  const over = new AbortController();
  const hesitation = () => sleep(clock, HESITATION, AbortSignal.any([signal, over.signal]));
  const countAnew = countsOf(onBytes);
  // A small file is read before there is a connection to send it by.
  let [isSent, isWhole] = [false, false];
  const body = () => {
    [isSent, isWhole] = [false, false];
    const content = readFile(disk, file, countAnew());
    const bytes = hesitates ? hesitant(content, hesitation) : content;
    return noticingEnd(bytes, file.bytes, () => {
      isWhole = true;
    });
  };
  try {
    const { host } = storageUrl(url, context.isHome);
    const request = {
      method: 'PUT' as const,
      headers: uploadHeaders(headers, host, file.bytes),
      ...(file.bytes > 0 && { body }),
      onSending() {
        isSent = true;
      },
      stallLimit: STALL_LIMIT,
    };
    const answer = await requestStorage(url, request, context).catch((error: unknown) => {
      if (isSent && isWhole) onLost();
      throw error;
    });
    const text = await readError(answer, clock);
    if (answer.status === 412) throw new TransferError('changed', inert`The storage has a file of that key already.`);
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, text, clock);
  } finally {
    over.abort(new Error('the try is over'));
  }
}

/** Counts what is sent. Each call takes back what was counted for the one before: a redirect has it sent again. */
function countsOf(onBytes: (bytes: number) => void): () => (bytes: number) => void {
  let counted = 0;
  let current = 0;
  return () => {
    onBytes(-counted);
    counted = 0;
    current += 1;
    const mine = current;
    return (bytes) => {
      if (mine !== current) return;
      counted += bytes;
      onBytes(bytes);
    };
  };
}

/** The chunks as they are; says when the last of so many bytes is taken to be sent. Nobody may ask for what comes behind it. */
async function* noticingEnd(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    left -= chunk.byteLength;
    if (left === 0) onEnd();
    yield chunk;
  }
}

/** The bytes as they are, but with a pause after the first few. */
async function* hesitant(bytes: AsyncIterable<Uint8Array>, pausing: () => Promise<void>): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of bytes) {
    if (first && chunk.byteLength > FIRST_BYTES) {
      yield chunk.subarray(0, FIRST_BYTES);
      await pausing();
      yield chunk.subarray(FIRST_BYTES);
    } else yield chunk;
    first = false;
  }
}

/**
 * The file's bytes, as many as were declared, counted. Nothing is read before it is asked for: what a stream with a
 * listener lets go while the connection is still being made is lost.
 */
async function* readFile(disk: Disk, local: LocalFile, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = await disk.open(local.path, READ_NO_LINK).catch(unreadable);
  try {
    await refuseOther(file, local);
    for (let at = 0; at < local.bytes; ) {
      const chunk = await readPiece(file, at, Math.min(PIECE, local.bytes - at)).catch(unreadable);
      if (chunk.length === 0) throw new TransferError('final', inert`It became shorter while it was read.`);
      at += chunk.length;
      // Without its end, it is no file to the storage.
      if (at === local.bytes) await refuseOther(file, local);
      onBytes(chunk.length);
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** What is sent is what was looked at, and has that digest. */
async function refuseOther(file: DiskFile, { identity }: LocalFile): Promise<void> {
  const { dev, ino, mtimeNs } = await file.stat({ bigint: true }).catch(unreadable);
  if (dev === identity.dev && ino === identity.ino && mtimeNs === identity.mtimeNs) return;
  throw new TransferError(
    'final',
    inert`It was replaced or written to since it was looked at, and was not sent. Let nothing write there while this step runs.`,
  );
}

/** A buffer of its own for every piece: the connection may still hold the last one. */
async function readPiece(file: DiskFile, at: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function unreadable(cause: unknown): never {
  const said = cause instanceof Error ? cause.message : String(cause);
  throw new TransferError('final', inert`It cannot be read: ${said}.`, { cause });
}
