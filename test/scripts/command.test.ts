import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readWhole } from '../../scripts/command.ts';

const ROOT = join(import.meta.dirname, '../..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const run = (file: string, ...args: string[]) => promisify(execFile)(process.execPath, [join(ROOT, file), ...args]);

/** Commands of ours, each as it is called and by its file. */
const COMMANDS = [
  ...Object.entries(scripts).flatMap(([name, script]) => {
    const [, file] = /^node (\S+\.ts)$/.exec(script) ?? [];
    return file === undefined ? [] : [[name === 'release:notes' ? `npm run -s ${name}` : `npm run ${name}`, file]];
  }),
  ...['bench/aborts.ts', 'bench/resume.ts', 'scripts/readme.ts'].map((file) => [`node ${file}`, file]),
] as [string, string][];

describe.each(COMMANDS)('%s', (name, file) => {
  test('says how to use it, and does nothing else', async () => {
    const { stdout, stderr } = await run(file, '--help');
    expect(stdout).toMatch(new RegExp(`^${name}( -- .*| \\[.*)?\\n\\n`));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
    expect(stderr).toBe('');
  });

  test('refuses what it does not know, by its name', async () => {
    await expect(run(file, '--no-such-option')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`^Unknown option '--no-such-option'.*\\nUsage: ${name}\\b.* \\(--help tells more\\)\\n$`),
      ),
    });
  });
});

test('a number that is none is refused, as is one that is out of bounds', () => {
  expect(readWhole('--port', '0', 0, 65_535)).toBe(0);
  for (const given of ['', 'a', '-1', '1.5', '1e3', '65536', ' 1'])
    expect(() => readWhole('--port', given, 0, 65_535)).toThrow(
      `--port takes a whole number from 0 to 65535, and not "${given}"`,
    );
});

test.each([
  ['simulator/cli.ts', ['--seeds', 'many']],
  ['simulator/cli.ts', ['--workers', '0']],
  ['bench/bench.ts', ['--rounds', 'many']],
  ['bench/bench.ts', ['--only', 'none such']],
  ['bench/bench.ts', ['--only', 'upload', '--write']],
  ['bench/aborts.ts', ['soon']],
  ['emulator/cli.ts', ['--port', '70000']],
  ['scripts/mutation.ts', ['src/none.ts']],
  ['scripts/release-notes.ts', []],
])('%s with %j is refused before anything is done', async (file, args) => {
  await expect(run(file, ...args)).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^\S.*\nUsage: .*\n$/),
  });
});

/** How a node ends, and what it says on stderr, whose reader goes once it has said something. */
async function unread(...args: string[]): Promise<{ said: string; end: unknown[] }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const end = once(child, 'exit');
  const said = text(child.stderr);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  return { end: await end, said: await said };
}

test('a command that nobody reads any more ends, and says nothing of it', async () => {
  const module = JSON.stringify(new URL('../../scripts/command.ts', import.meta.url));
  const script = `import { beginCommand } from ${module};
    beginCommand('', () => undefined);
    setInterval(() => console.log('more'), 1);`;
  expect(await unread('--input-type=module', '-e', script)).toEqual({ said: '', end: [141, null] });
});

test('a step that nobody reads any more is cancelled', async () => {
  const inputs = ['--workflow', 'nerfstudio-splat', '--parameters', 'steps: 30000'];
  expect(await unread(join(ROOT, 'demo/run.ts'), ...inputs)).toEqual({ said: '', end: [1, null] });
});
