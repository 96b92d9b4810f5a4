import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
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
    stderr: expect.stringMatching(/EADDRINUSE.*--port and --storage-port, or --github-port/),
  });
});

test('--github serves releases, too, and says what a job of a release event needs to find them', async () => {
  const ports = ['--port', '0', '--storage-port', '0', '--github-port', '0'];
  const child = spawn(process.execPath, [CLI, '--github', ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes('Requests:')) break;
  }
  child.stdout.resume();
  const variable = (name: string) => new RegExp(`'${name}=(.*)'`).exec(said)?.[1] ?? '';
  const event = JSON.parse(readFileSync(variable('GITHUB_EVENT_PATH'), 'utf8'));
  expect(event).toMatchObject({ action: 'published', release: { tag_name: variable('GITHUB_REF_NAME') } });
  const url = `${variable('GITHUB_API_URL')}/repos/${variable('GITHUB_REPOSITORY')}/releases`;
  const headers = { authorization: `Bearer ${variable('INPUT_GITHUB-TOKEN')}` };
  expect(await (await fetch(url, { headers })).json()).toHaveLength(2);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(variable('GITHUB_EVENT_PATH'))).toBe(false);
});
