import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import type { GeneratedBytes } from '../../emulator/objects.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import { type Download, downloadFile } from '../../src/transfer/download.ts';
import { type Meter, type Source, STORAGE_CONNECTIONS, type TransferContext } from '../../src/transfer/storage.ts';
import { createFastClock } from '../base/fast-clock.ts';
import { createClient, fieldsOf } from '../emulator/client.ts';

/** An object in the emulator's storage and a folder to bring it to. */
export async function createObjectAt(bytes: Uint8Array | number | GeneratedBytes, factor = 100) {
  const outputs = [{ output: 'file', name: 'file.bin', bytes, contentType: 'image/png' }];
  const emulator = await startEmulator({ workflows: [{ workflow_slug: 'object', behaviour: { steps: 1, outputs } }] });
  const { download, get } = createClient(emulator);
  let url = await download('object');
  const [task] = emulator.tasks;
  const folder = await mkdtemp(join(tmpdir(), 'transfer-test-'));
  const wire = createWire({ connectionsPerOrigin: STORAGE_CONNECTIONS });
  const clock = createFastClock(factor);
  const job = new AbortController();
  const meter = { sizes: [] as number[], bytes: 0 };
  const notices: string[] = [];
  let renewals = 0;

  const content = () => Buffer.from(emulator.objects.get(task?.outputs[0]?.key ?? '')?.bytes ?? []);

  let renewing: Promise<void> | undefined;
  async function renewUrl(): Promise<void> {
    renewals += 1;
    const { download_urls } = await fieldsOf(await get(`/r/tasks/${task?.id}/result`));
    url = download_urls.file ?? '';
    renewing = undefined;
  }
  const source: { -readonly [Key in keyof Source]: Source[Key] } = {
    url: () => url,
    async renew(stale) {
      if (stale !== url) return;
      renewing ??= renewUrl();
      await renewing;
    },
  };

  return {
    emulator,
    wire,
    clock,
    job,
    folder,
    meter,
    /** What the log was told. */
    notices,
    source,
    url: () => url,
    renewals: () => renewals,
    fault: (fault: Fault, more: { times?: number; skip?: number } = {}) =>
      emulator.fault({ kind: 'storage-get', fault, ...more }),
    fetch: (changes: Partial<TransferContext> = {}) =>
      downloadTo(
        source,
        join(folder, 'file.bin'),
        {
          wire,
          isHome: () => true,
          disk: systemDisk,
          notice: (message) => void notices.push(message),
          clock,
          signal: job.signal,
          ...changes,
        },
        {
          size: (total) => void meter.sizes.push(total),
          bytes: (count) => {
            meter.bytes += count;
          },
        },
      ),
    /** What lies in the storage now. */
    content,
    /** Whether the file is what lies in the storage. */
    isRight: async () => (await readFile(join(folder, 'file.bin'))).equals(content()),
    /** Everything in the folder. */
    names: () => readdir(folder),
    async [Symbol.asyncDispose]() {
      job.abort(new Error('the test is over'));
      await wire[Symbol.asyncDispose]();
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Downloads a file, and gives it that name. */
export async function downloadTo(
  source: Source,
  target: string,
  context: TransferContext,
  meter: Meter,
): Promise<Download> {
  const { temporary, ...download } = await downloadFile(source, dirname(target), context, meter);
  await rename(temporary, target);
  return download;
}

/** The requests to the storage. */
export function getsOf({ requests }: Emulator) {
  return requests.filter(({ kind }) => kind === 'storage-get');
}

/** The ranges asked for, as `[from, to)`. */
export function rangesOf(emulator: Emulator): [number, number][] {
  return getsOf(emulator).map(({ headers }) => {
    const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    return [Number(from), to === '' ? Number.POSITIVE_INFINITY : Number(to) + 1];
  });
}
