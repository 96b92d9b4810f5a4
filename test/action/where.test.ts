import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, quick, runAction } from './harness.ts';

const workflows = [quick()];

test('which service it is, and what says so, is told before anything is asked', async () => {
  await using emulator = await startEmulator({ workflows });
  const { host } = new URL(emulator.apiUrl);
  const said = new Map<string, number>();
  const onLine = (line: string) => void said.set(line, emulator.requests.length);
  await using byInput = runAction({ emulator, with: { workflow: 'quick' }, onLine });
  expect((await byInput.done).log[0]).toBe(`Cyberun at ${host} (input api-url)`);
  expect(said.get(`Cyberun at ${host} (input api-url)`)).toBe(0);
  await using byEnvironment = runAction({
    emulator,
    with: { workflow: 'quick', 'api-url': '' },
    env: { CYBERUN_API_URL: emulator.apiUrl },
  });
  expect((await byEnvironment.done).log[0]).toBe(`Cyberun at ${host} (environment variable CYBERUN_API_URL)`);
});

test('the service of everybody is named, too, before it is asked', async () => {
  await using emulator = await startEmulator();
  // Nobody listens there, so nothing leaves this machine.
  const env = { https_proxy: 'http://127.0.0.1:9' };
  await using action = runAction({ emulator, with: { workflow: 'quick', 'api-url': '' }, env });
  expect(await action.waitForLine('Cyberun at')).toBe('Cyberun at core.cyberun.cloud (default of api-url)');
  action.kill('SIGKILL');
  await action.done;
});

test.each([
  ['0', 1],
  ['1', 0],
  ['', 0],
])('certificates that are not checked, by NODE_TLS_REJECT_UNAUTHORIZED=%s, get %i warnings', async (value, count) => {
  await using emulator = await startEmulator({ workflows });
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: value };
  await using action = runAction({ emulator, with: { workflow: 'quick' }, env });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  expect(annotationsOf(result, 'warning')).toEqual(
    Array(count).fill(expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off/)),
  );
});
