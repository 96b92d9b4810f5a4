import { execFile } from 'node:child_process';
import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';

const RUN = join(import.meta.dirname, '../../demo/run.ts');

/** `npm run step`, whose output is no terminal. */
async function step(...options: string[]): Promise<{ code: number; said: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, ...options]);
    return { code: 0, said: stdout };
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error && 'code' in error)) throw error;
    return { code: Number(error.code), said: `${error.stdout}${error.stderr}` };
  }
}

test('npm run step says which options there are', async () => {
  const { code, said } = await step('--help');
  expect(code).toBe(0);
  expect(said).toMatch(/^npm run step -- \[options\]\n/);
  for (const option of [
    '--outage TIME',
    '--workspace DIR',
    '--keep',
    '--limit TIME',
    '--files N',
    '--api-key',
    '--dry-run',
  ])
    expect(said).toContain(option);
});

test('npm run step says what is wrong, and how to learn how to use it', async () => {
  const { code, said } = await step('--task-id', 'a');
  expect(code).toBe(1);
  expect(said).toMatch(/^--task-id needs --api-url.*\nUsage: npm run step -- \[options\] \(--help tells more\)\n$/);
});

test('a step against a service that is named takes files from a folder that is named, and leaves them', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'step-'));
  writeFileSync(join(folder.path, 'parameters.yml'), 'prompt: a cat\nsteps: 1\n');
  await using emulator = await startEmulator();
  const where = ['--workspace', folder.path, '--api-url', emulator.apiUrl];
  const own = ['--parameters-file', 'parameters.yml', '--log-previews', 'true'];
  const { code, said } = await step(...where, '--workflow', 'text-to-image', ...own);
  expect(code, said).toBe(0);
  expect(said).toContain(`is run against ${emulator.apiUrl}, in ${folder.path}/, which is left as it is.`);
  expect(said).toContain('previews: none, as NO_COLOR is set');
  expect(said).toContain(`Look at ${folder.path}/cyberun-outputs/: `);
  expect(said).toContain('The job summary is in ');
  expect(readdirSync(folder.path).toSorted()).toEqual(['cyberun-outputs', 'parameters.yml']);

  const again = await step(...where, '--task-id', emulator.tasks[0]?.id ?? '');
  expect(again.code, again.said).toBe(0);
  expect(emulator.tasks).toHaveLength(1);
});

test('a step that left nothing is not said to have left something', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'step-'));
  await using emulator = await startEmulator();
  const where = ['--workspace', folder.path, '--api-url', emulator.apiUrl];
  const { code, said } = await step(...where, '--workflow', 'none-such', '--summary', 'false');
  expect(code).toBe(1);
  expect(said).not.toContain('Look at ');
  expect(said).toMatch(/\nThere is no job summary\.\n$/);
});

test('a step of many files names the first of them', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'step-'));
  const { code, said } = await step(
    ...['--workspace', folder.path, '--workflow', 'nerfstudio-splat', '--parameters', 'steps: 1', '--files', '15'],
  );
  expect(code, said).toBe(0);
  expect(said).toMatch(/\nLook at .*: SHA256SUMS, cyberun-run\.json, output_00001_\.bin, .* and 7 more\n/);
  expect(said).toMatch(/\n {2}files: \[\{.*\.\.\. and [\d,]+ characters more\n/);
});

test('a step ends at its limit, with what GitHub says then', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'step-'));
  await using emulator = await startEmulator({
    workflows: [{ workflow_slug: 'slow', behaviour: { holdAt: 'running' } }],
  });
  const where = ['--workspace', folder.path, '--api-url', emulator.apiUrl];
  const { code, said } = await step(...where, '--workflow', 'slow', '--limit', '3s');
  expect(code).toBe(1);
  expect(said).toContain('Error: The action has timed out after 3 seconds.');
});
