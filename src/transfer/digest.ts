import { createHash, type Hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { DiskFile } from '../base/disk.ts';
import { inert } from '../base/inert.ts';
import { TransferError } from './errors.ts';

/** The SHA-256 of a file that is still being written: of what the disk has of it. */
export interface Digest {
  /** Adds what comes up to that place, in bytes, which is written by then; whoever asks waits before the file is closed. */
  add(to: number): Promise<void>;
  /** Lower-case hex of all that was added. Throws {@link TransferError} where the disk gives back less than that. */
  end(): Promise<string>;
}

/** Begins the digest of a file. */
export type Digester = (file: Pick<DiskFile, 'read' | 'fd'>) => Digest;

const PIECE = 1024 * 1024;

/** A digest computed here, between all else that this thread does. */
export const digestHere: Digester = (file) => {
  const hash = createHash('sha256');
  let buffer: Buffer | undefined;
  let at = 0;
  return {
    async add(to) {
      while (at < to) {
        buffer ??= Buffer.allocUnsafe(Math.min(PIECE, to - at));
        const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
        if (bytesRead === 0) throw new TransferError('final', inert`The disk gave back less than was written.`);
        hash.update(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    },
    end: async () => hash.digest('hex'),
  };
};

/** For less than that, in bytes, another thread is not worth its start. */
const WORTH_ANOTHER = 64 * 1024 * 1024;

/**
 * Digests computed by threads beside this one, which receives and writes meanwhile (docs/performance-tried.md). The first is
 * started with the first digest; another where there is much, and several files are at work. Where there is no thread, or it
 * fails, they are computed here.
 *
 * @param most The most threads.
 * @param worth So many bytes were given to each before there is another.
 */
export function createDigester(most = availableParallelism(), worth = WORTH_ANOTHER): Digester {
  const threads: { readonly started: Promise<Thread>; files: number }[] = [];
  let count = 0;
  let bytes = 0;

  function leastBusy() {
    const [least] = threads.toSorted((one, other) => one.files - other.files);
    const isWorthAnother = threads.length < most && bytes >= threads.length * worth;
    if (least !== undefined && (least.files === 0 || !isWorthAnother)) return least;
    const another = { started: startThread(), files: 0 };
    threads.push(another);
    return another;
  }

  return (file) => {
    const { fd } = file;
    if (fd === undefined) return digestHere(file);
    const thread = leastBusy();
    thread.files += 1;
    const ask = async (job: Job) => (await thread.started)(job);
    count += 1;
    const id = count;
    let [from, isLost] = [0, false];
    return {
      async add(to) {
        const job = { id, fd, from, to };
        // Nothing more would end it.
        if (to <= from) return;
        bytes += to - from;
        from = to;
        if (!isLost) await ask(job).catch(() => (isLost = true));
      },
      async end() {
        const sha256 = isLost ? undefined : await ask({ id, fd, from, to: from }).catch(() => undefined);
        thread.files -= 1;
        if (sha256 !== undefined) return sha256;
        const anew = digestHere(file);
        await anew.add(from);
        return anew.end();
      },
    };
  };
}

/** What to add to the digest of a file; to add nothing ends it. */
interface Job {
  readonly id: number;
  readonly fd: number;
  readonly from: number;
  readonly to: number;
}

/** Answers in the order of asking: with the digest, once there is nothing more to add. */
type Thread = (job: Job) => Promise<string>;

async function startThread(): Promise<Thread> {
  const { Worker } = await import('node:worker_threads');
  // From its text: a file of its own would have to be found from wherever this one is bundled.
  return talkTo(new Worker(`(${work})()`, { eval: true, resourceLimits: { maxYoungGenerationSizeMb: 1 } }));
}

/** The process stays alive for what is asked, and for nothing else of the thread. */
function talkTo(worker: Worker): Thread {
  const waiting: PromiseWithResolvers<string>[] = [];
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', ({ sha256, error }: { readonly sha256: string; readonly error?: string }) => {
    const asked = waiting.shift();
    if (waiting.length === 0) worker.unref();
    if (error === undefined) asked?.resolve(sha256);
    else asked?.reject(new Error(error));
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the thread ended')));
  worker.unref();
  return (job) => {
    if (failure !== undefined) return Promise.reject(failure);
    const asked = Promise.withResolvers<string>();
    waiting.push(asked);
    worker.ref();
    worker.postMessage(job);
    return asked.promise;
  };
}

/** What the thread does. It is sent as text, so it knows nothing of this module. */
function work(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const crypto = process.getBuiltinModule('node:crypto');
  const { readSync } = process.getBuiltinModule('node:fs');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const hashes = new Map<number, Hash>();
  function digest({ id, fd, from, to }: Job): string {
    const hash = hashes.get(id) ?? crypto.createHash('sha256');
    hashes.set(id, hash);
    for (let at = from; at < to; ) {
      const bytes = readSync(fd, buffer, 0, Math.min(buffer.length, to - at), at);
      if (bytes === 0) throw new Error('less than was written');
      hash.update(buffer.subarray(0, bytes));
      at += bytes;
    }
    if (from < to) return '';
    hashes.delete(id);
    return hash.digest('hex');
  }
  parentPort?.on('message', (job: Job) => {
    try {
      parentPort.postMessage({ sha256: digest(job) });
    } catch (error) {
      parentPort.postMessage({ error: String(error) });
    }
  });
}
