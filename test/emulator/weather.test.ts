import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { beginWeather, readWeather, weatherOptions } from '../../emulator/weather.ts';
import { annotationsOf, runAction } from '../action/harness.ts';

const FINE = { busy: '0', fail: '0', outage: '0s', slow: false };

async function startIn(given: Partial<typeof FINE>) {
  const weather = readWeather({ ...FINE, ...given });
  return { weather, emulator: await startEmulator({ ...weatherOptions(weather), pace: { stepMs: 30 } }) };
}

describe('a bad day at the service', () => {
  test('on which agents are busy has tasks wait for them', async () => {
    const { emulator } = await startIn({ busy: '2' });
    await using run = runAction({
      emulator,
      with: { workflow: 'text-to-image', parameters: 'prompt: a', 'queue-timeout': '1s' },
    });
    const [error] = annotationsOf(await run.done, 'error');
    expect(error).toContain('no idle agent has gpu, comfyui (2 busy: gpu-node-01, gpu-node-02)');
    await emulator.close();
  });

  test('on which one of three tasks fails', async () => {
    const { emulator } = await startIn({ fail: '0.34' });
    const matrix = 'seed: [1, 2, 3]';
    await using run = runAction({
      emulator,
      with: { workflow: 'text-to-image', parameters: '{prompt: a, steps: 2}', matrix, 'fail-fast': 'false' },
    });
    const { outputs } = await run.done;
    const tasks: { status: string }[] = JSON.parse(outputs.tasks ?? '[]');
    expect(tasks.map(({ status }) => status).toSorted()).toEqual(['completed', 'completed', 'failed']);
    await emulator.close();
  });

  test('on which nobody can connect for a while', async () => {
    const { emulator, weather } = await startIn({ outage: '2s' });
    const over = new AbortController();
    const begun = beginWeather(weather, emulator, over.signal);
    const parameters = '{prompt: a, steps: 50}';
    await using run = runAction({ emulator, with: { workflow: 'text-to-image', parameters } });
    const { exitCode, log } = await run.done;
    over.abort();
    await begun;
    expect(exitCode, log.join('\n')).toBe(0);
    expect(log.join('\n')).toMatch(/127\.0\.0\.1:\d+(?:: .*Trying again| got no whole answer: .*Reconnecting)/);
    await emulator.close();
  });

  test.each([
    [{ busy: 'all' }, '--busy takes a number'],
    [{ fail: '20%' }, '--fail takes a share'],
    [{ outage: '30' }, '--outage takes seconds, such as 30s'],
  ])('is none with %j', (given, said) => {
    expect(() => readWeather({ ...FINE, ...given })).toThrow(said);
  });
});

test('npm run step says which options there are, and names one that is none', () => {
  const step = (...options: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../demo/run.ts'), ...options], { encoding: 'utf8' });
  const help = step('--help');
  expect(help.status).toBe(0);
  expect(help.stdout).toContain('--outage TIME');
  const wrong = step('--workflow', 'quick', '--seeed', '1');
  expect(wrong.status).toBe(1);
  expect(wrong.stdout).toContain("Unknown option '--seeed'");
});
