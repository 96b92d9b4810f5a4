import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { runAction } from './harness.ts';

const MIB = 1024 * 1024;
const files = [
  { output: 'large', name: 'large.bin', bytes: 20 * MIB },
  { output: 'small', name: 'small.bin', bytes: 10 },
];
const start = (outputs: typeof files) =>
  startEmulator({ workflows: [{ workflow_slug: 'quick', behaviour: { steps: 1, outputs } }] });

const NO_THREAD = `data:text/javascript,${encodeURIComponent(`
  import threads from 'node:worker_threads';
  import { syncBuiltinESMExports } from 'node:module';
  threads.Worker = class { constructor() { throw new Error('ERR_WORKER_INIT_FAILED'); } };
  syncBuiltinESMExports();`)}`;

/** Whoever reads an open file in the main thread fails. */
const NO_READS = `data:text/javascript,${encodeURIComponent(`
  import { open } from 'node:fs/promises';
  const file = await open(process.execPath);
  Object.getPrototypeOf(file).read = () => Promise.reject(new Error('EIO'));
  await file.close();`)}`;

describe('the digest of a large file', () => {
  test('comes of that thread, which reads the file: nobody else does', async () => {
    await using emulator = await start(files);
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: ['--import', NO_READS] });
    expect(await action.done).toMatchObject({ exitCode: 0 });
    const sums = readFileSync(join(action.workspace, 'cyberun-outputs/SHA256SUMS'), 'utf8');
    const large = readFileSync(join(action.workspace, 'cyberun-outputs/large.bin'));
    expect(sums).toContain(`${createHash('sha256').update(large).digest('hex')} *large.bin`);
  });

  test.for([
    { of: 'large files', outputs: files, threads: 2 },
    { of: 'small files', outputs: files.slice(1), threads: 1 },
  ])('has a thread of its own, and a step of $of has $threads in all', async ({ outputs, threads }) => {
    await using emulator = await start(outputs);
    await using folder = await mkdtempDisposable(join(tmpdir(), 'profiles-'));
    // Node writes one for each thread.
    const nodeOptions = ['--cpu-prof', `--cpu-prof-dir=${folder.path}`];
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions, skipPost: true });
    expect(await action.done).toMatchObject({ exitCode: 0 });
    expect(await readdir(folder.path)).toHaveLength(threads);
  });

  test('is computed all the same where no thread can be had', async () => {
    await using emulator = await start(files);
    await using action = runAction({ emulator, with: { workflow: 'quick' }, nodeOptions: ['--import', NO_THREAD] });
    expect(await action.done).toMatchObject({ exitCode: 0 });
    expect(action.log.join('\n')).toContain('2 files in');
  });
});
