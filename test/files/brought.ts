import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import type { HomeContext, HomeOptions } from '../../src/files/context.ts';
import { listOutputs, type TaskOutput } from '../../src/files/outputs.ts';
import { type Named, placed } from '../../src/files/selection.ts';
import type { Ended } from '../../src/task/ending.ts';
import { nothingKnown } from '../../src/task/run.ts';
import { createClient } from '../emulator/client.ts';
import { clientOf, keptLog } from '../workflow/service.ts';

/** An output of so many bytes, by the name of its file. */
export const outputOf = (name: string, bytes: Uint8Array | number = 100): EmulatedOutput => ({
  output: name,
  name,
  bytes,
});

/** The end of a task that completed, as its record confirms it. */
export const COMPLETED: Ended = {
  type: 'ended',
  taskId: 'task-1',
  status: 'completed',
  word: 'completed',
  error: undefined,
  output: undefined,
  isConfirmed: true,
  task: undefined,
};

/** A task that completed, with what it offers, and a workspace to bring that to. */
export interface Completed extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly workspace: string;
  readonly folder: string;
  readonly taskId: string;
  /** What it offers now, each with a fresh URL. */
  readonly offered: () => Promise<readonly (TaskOutput & Named)[]>;
  readonly ended: Ended;
  readonly options: HomeOptions;
  readonly context: HomeContext;
  readonly lines: readonly string[];
  readonly job: AbortController;
  /** Everything below the folder, by its name there. */
  readonly names: () => Promise<string[]>;
  readonly text: (name: string) => Promise<string>;
}

export async function completeTask(outputs: readonly EmulatedOutput[]): Promise<Completed> {
  const emulator = await startEmulator({ workflows: [{ workflow_slug: 'task', behaviour: { steps: 1, outputs } }] });
  const { run, reached } = createClient(emulator);
  const taskId = await run('task');
  await reached(taskId, 'completed');
  const workspace = await realpath(await mkdtemp(join(tmpdir(), 'brought-')));
  const folder = join(workspace, 'out');
  const service = clientOf(emulator);
  const job = new AbortController();
  const wire = createWire();
  const log = keptLog();
  const order = {
    target: { taskId, wasRead: true },
    workflow: undefined,
    fingerprint: undefined,
    digests: new Map<string, string>(),
  };
  return {
    emulator,
    workspace,
    folder,
    taskId,
    offered: async () => placed(listOutputs(await service.result(taskId, job.signal), taskId)),
    ended: { ...COMPLETED, taskId },
    options: {
      ...order,
      download: true,
      extract: false,
      workspace,
      folder,
      folderName: 'out',
      pattern: [],
      ifNoFilesFound: 'error',
    },
    context: {
      service,
      wire,
      isHome: () => true,
      disk: systemDisk,
      clock: systemClock,
      signal: job.signal,
      apiUrl: emulator.apiUrl,
      apiKey: emulator.apiKey,
      log,
      detail: 'full',
      learn: () => undefined,
    },
    lines: log.lines,
    job,
    names: async () => (await readdir(folder, { recursive: true })).sort(),
    text: (name) => readFile(join(folder, name), 'utf8'),
    async [Symbol.asyncDispose]() {
      job.abort(new Error('the test is over'));
      await wire[Symbol.asyncDispose]();
      await emulator.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** What is known of such a task. */
export function followedOf({ options, ended }: Completed) {
  return { ...nothingKnown(options), status: 'completed' as const, ended };
}
