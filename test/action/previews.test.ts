import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { EmulatedOutput } from '../../emulator/workflows.ts';
import { picture } from '../gallery/given.ts';
import { quick, runAction } from './harness.ts';

const GIVEN = { workflow: 'quick', 'log-previews': 'true' };
const start = (...outputs: EmulatedOutput[]) => startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const file = (name: string, bytes: Uint8Array): EmulatedOutput => ({ output: `${name}.id`, name, bytes });

/** The lines of the group, with `^` for ESC and `[`. */
function groupIn(raw: string): string[] | undefined {
  const lines = raw.replaceAll('\u001b[', '^').split(/\r?\n/);
  const begin = lines.findIndex((line) => line.startsWith('::group::previews'));
  return begin === -1 ? undefined : lines.slice(begin, lines.indexOf('::endgroup::', begin));
}

describe('log-previews', () => {
  test('shows the pictures that came in one folded group, small, and says why one is not shown', async () => {
    await using emulator = await start(
      file('hero.png', picture(4, 255)),
      file('notes.txt', Buffer.from('no picture')),
      file('broken.png', picture().subarray(0, 60)),
      file('new.webp', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')),
      file('huge.png', picture(120, 255)),
    );
    await using action = runAction({ emulator, with: GIVEN });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    const white = '^38;2;255;255;255;48;2;255;255;255m';
    expect(groupIn(result.raw)).toEqual([
      '::group::previews',
      '| cyberun-outputs/hero.png',
      ...Array.from({ length: 2 }, () => `${white}${'▀'.repeat(4)}^0m`),
      expect.stringMatching(/^\| cyberun-outputs\/broken\.png: no preview: ./),
      '| cyberun-outputs/new.webp: no preview but of PNG and JPEG',
      '| cyberun-outputs/huge.png',
      ...Array.from({ length: 30 }, () => `${white}${'▀'.repeat(60)}^0m`),
    ]);
  });

  test('of a matrix are those of all tasks, and the first ten', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `${index}.png`);
    await using emulator = await start(...names.map((name) => file(name, picture(1, 255))));
    await using action = runAction({ emulator, with: { ...GIVEN, matrix: 'seed: [1, 2]' } });
    const { raw } = await action.done;
    const group = groupIn(raw) ?? expect.fail(raw);
    expect(group[0]).toBe('::group::previews of the first 10 pictures');
    expect(group.filter((line) => line.startsWith('| '))).toEqual([
      ...names.map((name) => `| cyberun-outputs/1/${name}`),
      ...names.slice(0, 4).map((name) => `| cyberun-outputs/2/${name}`),
    ]);
  });

  test.each<[string, Record<string, string>, Record<string, string>, Uint8Array]>([
    ['by default', { 'log-previews': '' }, {}, picture()],
    ['without colours', {}, { NO_COLOR: '1' }, picture()],
    ['without pictures', {}, {}, Buffer.from('text')],
  ])('shows none %s', async (why, given, env, bytes) => {
    await using emulator = await start(file('a.png', bytes));
    await using action = runAction({ emulator, env, with: { ...GIVEN, ...given } });
    const { exitCode, raw, log } = await action.done;
    expect(exitCode).toBe(0);
    expect(groupIn(raw)).toBeUndefined();
    expect(raw).not.toContain('48;2;');
    expect(log.includes('previews: none, as NO_COLOR is set')).toBe(why === 'without colours');
  });

  test('after an abort there are none', async () => {
    await using emulator = await start(file('a.png', picture()));
    emulator.fault({ kind: 'storage-get', fault: { type: 'stall' } });
    await using action = runAction({ emulator, with: GIVEN });
    await action.waitForLine('Downloading 1 file');
    action.cancel();
    const { raw, outputs } = await action.done;
    expect(outputs).toMatchObject({ files: '[]' });
    expect(groupIn(raw)).toBeUndefined();
  });
});
