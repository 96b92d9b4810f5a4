import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';

const CLI = join(import.meta.dirname, '../../emulator/cli.ts');
const run = promisify(execFile);

test('npm run emulator -- --help says which options there are', async () => {
  const { stdout, stderr } = await run(process.execPath, [CLI, '--help']);
  expect(stdout).toContain('--storage-port N');
  expect(stderr).toBe('');
});

test('a taken port is an error that names the options', async () => {
  await using emulator = await startEmulator();
  const { port } = new URL(emulator.apiUrl);
  await expect(run(process.execPath, [CLI, '--port', port, '--storage-port', '0'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/EADDRINUSE.*--port and --storage-port/),
  });
});
