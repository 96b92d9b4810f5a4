import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
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

test('what becomes of a task is told as it happens, so that a script can wait for a line', async () => {
  const ports = ['--port', '0', '--storage-port', '0'];
  const child = spawn(process.execPath, [CLI, ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false });
  let said = '';
  const until = async (pattern: RegExp) => {
    for (let found = pattern.exec(said); ; found = pattern.exec(said)) {
      if (found) return found[1] ?? '';
      const { value, done } = await output.next();
      if (done) throw new Error(`the emulator ended, and said ${said}`);
      said += value;
    }
  };
  const apiUrl = await until(/^ {2}api-url {2}(.*)\n/m);
  const headers = {
    authorization: `Bearer ${await until(/^ {2}api-key {2}(.*)\n/m)}`,
    'content-type': 'application/json',
  };
  await until(/^Ctrl-C stops it/m);
  const body = JSON.stringify({ parameters: { steps: 30_000 } });
  await fetch(`${apiUrl}/r/workflows/slug/nerfstudio-splat/run`, { method: 'POST', headers, body });
  const id = await until(/^\d\d:\d\d:\d\d {2}task (\S+) running\n/m);
  await fetch(`${apiUrl}/r/tasks/${id}/cancel`, { method: 'POST', headers });
  await until(/^\S+ {2}task \S+ cancelled\n/m);
  expect(said.match(/task \S+ \w+$/gm)).toEqual(
    ['pending', 'queued', 'running', 'cancelled'].map((status) => `task ${id} ${status}`),
  );
});

test('--github serves releases, too, and says what a job of a release event needs to find them', async () => {
  const ports = ['--port', '0', '--storage-port', '0', '--github-port', '0'];
  const child = spawn(process.execPath, [CLI, '--github', ...ports], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes('Ctrl-C stops it')) break;
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
