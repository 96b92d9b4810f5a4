import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { beginWeather, failureOf, readWeather, weatherOptions } from '../../emulator/weather.ts';
import { annotationsOf, runAction } from '../action/harness.ts';

const FINE = { busy: '0', fail: '0', outage: '0s', slow: false, files: '', bytes: '' };

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
    const { emulator } = await startIn({ fail: '0.33' });
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

  test('on which every task leaves files enough, or large enough, to try that', async () => {
    const { emulator } = await startIn({ files: '3', bytes: '1.5MB' });
    await using run = runAction({ emulator, with: { workflow: 'nerfstudio-splat', parameters: 'steps: 1' } });
    const { exitCode, outputs, log } = await run.done;
    expect(exitCode, log.join('\n')).toBe(0);
    const files: { name: string; bytes: number }[] = JSON.parse(outputs.files ?? '[]');
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual(
      ['output_00001_.bin', 'output_00002_.bin', 'output_00003_.bin'].map((name) => [name, 1_500_000]),
    );
    await emulator.close();
  });

  test('is as long as is said', () => {
    expect(['30s', '2m'].map((outage) => readWeather({ ...FINE, outage }).outage)).toEqual([30_000, 120_000]);
  });

  test('of files and their size, one is enough', () => {
    expect(readWeather({ ...FINE, files: '2' }).leaves).toEqual({ files: 2, bytes: 1000 });
    expect(readWeather({ ...FINE, bytes: '2GB' }).leaves).toEqual({ files: 1, bytes: 2e9 });
  });

  test('on which a task fails that another try helps against', async () => {
    const { emulator } = await startIn({ fail: '0.5' });
    const parameters = '{prompt: a, steps: 2}';
    await using run = runAction({ emulator, with: { workflow: 'text-to-image', parameters, retries: '1' } });
    const { exitCode, log } = await run.done;
    expect(log.join('\n')).toMatch(/the agent was lost .*Try 2 of 2/);
    expect(exitCode).toBe(0);
    await emulator.close();
  });

  test.each([
    [0, []],
    [0.2, [0, 5]],
    [0.5, [0, 2, 4, 6, 8]],
    [1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ])('on which of ten tasks a share of %d fails, by turns for two causes', (share, failing) => {
    const errors = Array.from({ length: 10 }, (_, before) => failureOf(before, share));
    expect(errors.flatMap((error, at) => (error === undefined ? [] : [at]))).toEqual(failing);
    const causes = failing.map((_, nth) =>
      nth % 2 === 0 ? 'the agent was lost' : expect.stringContaining('out of memory'),
    );
    expect(errors.filter((error) => error !== undefined)).toEqual(causes);
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
    // What meets it first, a stream or a request, and how, is chance.
    expect(log.join('\n')).toMatch(/: .*\b(?:Trying again|Reconnecting)/);
    await emulator.close();
  });

  test.each([
    [{ busy: 'all' }, '--busy takes a whole number from 0 to 3, and not "all"'],
    [{ fail: '20%' }, '--fail takes a share'],
    [{ busy: '4' }, '--busy takes a whole number from 0 to 3'],
    [{ outage: '30' }, '--outage takes a time, such as 30s or 2m'],
    [{ files: '0' }, '--files takes a whole number from 1 to 100000, and not "0"'],
    [{ bytes: '5' }, '--bytes takes a size, such as 64kB or 2GB'],
  ])('is none with %j', (given, said) => {
    expect(() => readWeather({ ...FINE, ...given })).toThrow(said);
  });
});
