import { sleep } from '../base/clock.ts';
import type { Disk, DiskFile } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { createBackoff } from '../base/retry.ts';
import type { UploadSlot } from '../base/upload-slot.ts';
import { TransferError } from './errors.ts';
import { createPatience } from './patience.ts';
import { broken, type Meter, readError, refusal, type TransferContext } from './storage.ts';

/** A file of the workspace that is to be uploaded. */
export interface LocalFile {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Bytes read at one time. */
const PIECE = 256 * 1024;
const STALL_LIMIT = 60_000;
const MOST_REFUSALS = 3;
/** However long each took: a large file's first try may alone outlast the patience. */
const LEAST_TRIES = 3;

/**
 * Uploads a file by presigned PUT and returns its key. Every try gets a slot of its own, so that neither an expired URL nor
 * half of an earlier try (412 with `If-None-Match: *`) can stand in its way.
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
  const backoff = createBackoff(500, 15_000);
  const patience = createPatience(clock);
  meter.size(file.bytes);
  for (let tries = 1, refusals = 0; ; tries += 1) {
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
      await put(file, url, headers, context, count);
      return fileKey;
    } catch (error) {
      over = true;
      signal.throwIfAborted();
      meter.bytes(-sent);
      if (!(error instanceof TransferError)) throw error;
      if (error.type === 'refused' || error.type === 'changed') refusals += 1;
      const tired = patience.isOver() && tries >= LEAST_TRIES;
      if (error.type === 'final' || refusals > MOST_REFUSALS || tired) {
        throw new TransferError('final', error.message, { cause: error });
      }
      await sleep(clock, backoff.next(error.retryAfter), signal);
    }
  }
}

async function put(
  file: LocalFile,
  url: string,
  headers: Readonly<Record<string, string>>,
  { wire, disk, clock, signal }: TransferContext,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const signed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  try {
    const answer = await wire(url, {
      method: 'PUT',
      // Without a length it would go chunked, which S3 answers with 501; the declared one is signed.
      headers: { 'content-length': String(file.bytes), ...Object.fromEntries(signed) },
      ...(file.bytes > 0 && { body: readFile(disk, file, onBytes) }),
      connection: 'shared',
      headersTimeout: STALL_LIMIT,
      bodyTimeout: STALL_LIMIT,
      signal,
    });
    const text = await readError(answer, clock);
    if (answer.status === 412) throw new TransferError('changed', inert`The storage has a file of that key already.`);
    if (answer.status < 200 || answer.status > 299) throw refusal(answer, text, clock);
  } catch (error) {
    signal.throwIfAborted();
    throw broken(url, error);
  }
}

/**
 * The file's bytes, as many as were declared, counted. Nothing is read before it is asked for: what a stream with a
 * listener lets go while the connection is still being made is lost.
 */
async function* readFile(disk: Disk, local: LocalFile, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const file = await disk.open(local.path, 'r').catch(unreadable);
  try {
    for (let at = 0; at < local.bytes; ) {
      const chunk = await readPiece(file, at, Math.min(PIECE, local.bytes - at)).catch(unreadable);
      if (chunk.length === 0) throw new TransferError('final', inert`It became shorter while it was read.`);
      at += chunk.length;
      onBytes(chunk.length);
      yield chunk;
    }
  } finally {
    await file.close();
  }
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
