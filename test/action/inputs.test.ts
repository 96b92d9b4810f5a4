import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, namesOf, quick, runAction } from './harness.ts';

/** What lies in the workspace. */
const FILES = {
  'list.yml': '- 1\n',
  '.env': 'TOKEN=1\n',
  'utf-32.yml': Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
  'half.yml': Buffer.from([0xff, 0xfe, 0x61, 0, 0x3a]),
  'utf-16.yml': Buffer.from('seed: 1', 'utf16le').swap16(),
  'other.yml': 'seed: 1\0',
  'long.yml': `prompt: ${'a '.repeat(512 * 1024)}`,
  'deep.yml': `prompt: ${'['.repeat(1500)}${']'.repeat(1500)}`,
};
const LINKS = { out: '/etc', 'link.yml': '.env' };

/** A list of so many values, `1, 2, 3` for 3 without one. */
const listOf = (count: number, value?: string) =>
  Array.from({ length: count }, (_, index) => value ?? `${index + 1}`).join(', ');
const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: [1]`).join(', ');

/** Bad values of one input. */
interface Group {
  readonly input: string;
  /** A line, or a part of it, that is right. */
  readonly shows: string;
  /** What the error says, by bad value. */
  readonly bad: Readonly<Record<string, string>>;
  /** The other inputs. Default: a workflow. */
  readonly beside?: Readonly<Record<string, string>>;
}

const TASK = { 'task-id': '019abc12-9012-7890-abcd-ef1234567896' };
const TASK_LINE = '`task-id: ${{ steps.submit.outputs.task-id }}`';
const flags = ['wait-for-completion', 'cancel-on-abort', 'download', 'summary', 'fail-fast'];

const groups: readonly Group[] = [
  {
    input: 'api-key',
    shows: '`api-key: ${{ secrets.CYBERUN_API_KEY }}`',
    bad: {
      '': 'is empty',
      'ak-0123456789abcdef': 'is an agent key (ak-...)',
      'eyJhbGciOiJIUzI1NiJ9.e30.c2ln': 'is a user token (eyJ...)',
      ghp_0123456789abcdef: 'does not begin with sk-',
      'sk-0123456789\nsk-abcdef0123': 'has white space inside',
    },
  },
  {
    input: 'api-url',
    shows: '`api-url: https://cyberun.example.com/api/v1`',
    bad: {
      'core.cyberun.cloud': 'is no URL: core.cyberun.cloud',
      'http://core.cyberun.cloud/api/v1': 'would send the key in the clear',
      'ftp://core.cyberun.cloud/api/v1': 'only https is allowed',
      'http://127.0.0.1.example.com/api/v1': 'would send the key in the clear',
      'https://me:password@core.cyberun.cloud/api/v1': 'holds more than an address',
      'https://core.cyberun.cloud/api/v1?key=1': 'holds more than an address',
    },
  },
  { input: 'workflow', shows: '`workflow: text-to-image`', beside: {}, bad: { '': 'neither is given' } },
  {
    input: 'workflow',
    shows: '`workflow: text-to-image@2`',
    bad: {
      'Text to image': 'is Text to image, which is neither a UUID nor a slug',
      '../../tasks': 'is ../../tasks,',
      'quick@': 'is quick@,',
    },
  },
  { input: 'task-id', shows: TASK_LINE, bad: { abc: 'both are given' } },
  { input: 'task-id', shows: TASK_LINE, beside: {}, bad: { '../workflows': 'is ../workflows,', '..': 'is ..,' } },
  {
    input: 'wait-for-completion',
    shows: 'Leave wait-for-completion out',
    beside: TASK,
    bad: { false: 'there is nothing to do' },
  },
  {
    input: 'parameters',
    shows: '`prompt: a cat in space`',
    bad: { '- prompt: a': 'is a list', 'a cat': 'and is only "a cat"', '7': 'and is only 7' },
  },
  {
    input: 'parameters',
    shows: '`key: ${{ toJSON(github.event.release.name) }}`',
    bad: {
      'prompt: v1: the "best"\nseed: 1': 'cannot be read as YAML or JSON',
      '[1': 'cannot be read as YAML or JSON',
      'a: &a [*a]': 'cannot be read as YAML or JSON',
    },
  },
  {
    input: 'parameters',
    shows: '`key: ${{ toJSON(github.event.release.name) }}`',
    bad: {
      'path: "C:\\q"': 'In double quotes a backslash begins an escape',
      'seed: 1\n---\nsteps: 2': 'A line of `---` begins another document',
      'seed: 1\n steps: 2': 'Keys of one mapping begin in the same column, and a text that holds `: ` needs quotes',
      'sizes: [1,\nseed: 2': 'Keys of one mapping begin in the same column, and a `[` or `{` needs its end',
      'seed: 1\nprompt a cat': 'Write `key: value`, with a space after the colon.',
      '{"seed": 1} x': 'A comma stands between two entries, and each `[` and `{` needs its end',
      '{"seed" 1}': 'Each `[` and `{` needs its end, and a comma stands between two entries',
      '? [a]\n: b': '(a key is a list or a mapping.)',
      'prompt: @home': 'A text that begins with such a sign needs quotes around it: `prompt: "@home"`.',
    },
  },
  {
    input: 'parameters',
    shows: 'Leave it out, or put quotes around the text.',
    bad: { 'prompt: !big [a]': 'that begins with !big, which to YAML is a tag and no part of the text' },
  },
  {
    input: 'parameters-file (long.yml)',
    shows: 'Large data belongs into a file',
    bad: { 'long.yml': 'is more than this action takes: YAML of more than 1048576 characters.' },
  },
  {
    input: 'parameters-file (deep.yml)',
    shows: 'Large data belongs into a file',
    bad: { 'deep.yml': 'is more than this action takes: lists or mappings too deep inside one another.' },
  },
  {
    input: 'pattern',
    shows: 'Write e.g. `',
    bad: {
      '"*.png"': 'which has quotes around it, which are part of it here. Write e.g. `*.png`.',
      '- a.png': 'which begins with a dash, as a list of YAML does. Write e.g. `a.png`.',
      'a.png # the picture': 'which has a comment, and there are none here. Write e.g. `a.png`.',
      'a.png, b.png': 'which has several globs, and one stands in a line. Write e.g. `a.png`.',
      'a\\b.png': 'which has a backslash, and folders are parted by /. Write e.g. `a/b.png`.',
      '*.(png|jpg)': 'which has parentheses, which group nothing here',
      'a\tb': 'which has a control character. Write e.g. `*.png`.',
      'cyberun-outputs/a.png': 'and places are below path (cyberun-outputs) already. Write e.g. `a.png`.',
      ['x'.repeat(1001)]: 'which has 1001 characters, and 1000 at most are compared. Write e.g. `*.png`.',
      ['{a,b}'.repeat(13)]: 'which stands for too much: all lines together',
    },
  },
  {
    input: 'matrix',
    shows: ', as in strategy.matrix.',
    bad: {
      'seed: 7': '"seed" must be a list; one value is a list too: [value]. Write e.g. `seed: [1, 2, 3]`',
      'seed: []': 'the list of "seed" is empty.',
      'include: 7': '"include" must be a list of mappings.',
      'include: [7]': 'entry 1 of "include" must be a mapping with at least one key.',
      '{ seed: [1], exclude: [{ sed: 1 }] }':
        '"exclude" names "sed", which is not a key of the matrix; did you mean "seed"? Write',
      '{ seed: [1], exclude: [{ seed: 1 }] }': 'it makes no combination: "exclude" removes them all.',
      [`{ a: [${listOf(400)}], b: [${listOf(400)}] }`]: 'it makes 160000 combinations, more than the 100000 that are',
      [`{ ${keys(101)} }`]: 'it has 101 keys, more than the 100 that are possible.',
      [`{ a: [${listOf(250)}], b: [${listOf(250)}], ${keys(20)} }`]:
        'it has 22 keys for 62500 combinations, more than can be built in a moment; what is always the same belongs in',
      [`{ a: [${listOf(300)}], b: [${listOf(300)}], exclude: [${listOf(230, '{ a: 1 }')}] }`]:
        '"exclude" has 230 entries for 90000 combinations, more than can be compared in a moment.',
      '{}': 'it makes no combination: it has neither a list nor an "include".',
    },
  },
  {
    input: 'github-token',
    shows: "Leave github-token out to use the job's own.",
    beside: { workflow: 'quick', 'attach-to-release': 'v1' },
    bad: { '': 'and that is empty', 'a b': 'and that is none, as it has a character that no token has' },
  },
  {
    input: 'parameters',
    shows: 'Write each key once',
    bad: {
      'seed: 1\nseed: 2': 'has the key seed twice, for the second time in line 2, column 1 (`seed: 2`)',
      '{"seed": 1, "seed": 2}': 'has the key seed twice, for the second time in line 1, column 13',
    },
  },
  {
    input: 'parameters',
    shows: '`prompt: "a lighthouse #1 at dusk"`',
    bad: { 'prompt: a lighthouse #1 at dusk': 'would drop `#1 at dusk` as a comment' },
  },
  {
    input: 'max-download-size',
    shows: '`max-download-size: 20GB`',
    bad: {
      '20': '"20" has no unit',
      huge: '"huge" is not a size',
      '9999999999TB': '"9999999999TB" is more than any disk has',
    },
  },
  {
    input: 'parameters-file',
    shows: '`parameters-file: render.yml`',
    bad: {
      'none.yml': 'is none.yml, and there is no such file',
      '.': 'which is a folder',
      '/etc/hostname': 'leads out of the workspace',
      'out/hostname': 'leads out of the workspace',
      'link.yml': 'is link.yml, a link that leads to .env, which may hold secrets',
      'list.yml/x': 'is list.yml/x, which cannot be read: ENOTDIR',
    },
  },
  {
    input: 'parameters-file',
    shows: 'Write the file in UTF-8.',
    bad: {
      'utf-32.yml': 'which is in UTF-32, as its first bytes say',
      'half.yml': 'which is in UTF-16LE, as its first bytes say, and broken at offset 4, in line 1',
      'utf-16.yml': 'It may be UTF-16BE without a byte order mark',
      'other.yml': 'which is no text: it has a NUL at offset 7, in line 1. It may be a file of another kind',
    },
  },
  { input: 'parameters-file (list.yml)', shows: '`prompt: a cat in space`', bad: { 'list.yml': 'is a list' } },
  { input: 'matrix', shows: '`key: value`', bad: { '[1, 2]': 'is a list' } },
  { input: 'matrix', shows: '`workflow: text-to-image`', beside: TASK, bad: { 'seed: [1]': 'makes new tasks' } },
  {
    input: 'shard',
    shows: '`shard: ${{ matrix.shard }}/5`',
    beside: { workflow: 'quick', matrix: 'seed: [1, 2]' },
    bad: {
      '6/5': 'is 6/5, which is not one of the shares 1/5 to 5/5. Shares are counted from 1.',
      '0/5': 'is 0/5, which is not one of the shares 1/5 to 5/5',
      '1/0': 'is 1/0, which makes no shares',
      '2': 'is 2, which is no share: that is its number and how many there are',
      '/5': 'is /5, which is no share',
      'a/b': 'is a/b, which is no share',
      '1/2/3': 'is 1/2/3, which is no share',
    },
  },
  {
    input: 'shard',
    shows: "`matrix: 'seed: [1, 2, 3]'`",
    bad: { '2/5': 'is 2/5, a share of the input matrix, which is not given' },
  },
  { input: 'shard', shows: 'leave shard out', beside: TASK, bad: { '2/5': 'task-id attaches to a task that exists' } },
  {
    input: 'max-parallel',
    shows: '`max-parallel: 10`',
    bad: { '0': 'is 0, and must be a whole number', '1.5': 'is 1.5,', '-1': 'is -1,', many: 'is many,' },
  },
  {
    input: 'timeout',
    shows: '`timeout: 45m`',
    bad: {
      '45': '"45" has no unit',
      '36d': '"36d" is longer than 35 days',
      '0s': '"0s" is no time at all',
      '1.5h': 'is not a duration',
    },
  },
  { input: 'queue-timeout', shows: '`queue-timeout: 45m`', bad: { soon: '"soon" is not a duration' } },
  ...flags.map(
    (input): Group => ({
      input,
      shows: `\`${input}: false\``,
      bad: { yes: 'is yes, and must be true or false' },
    }),
  ),
  {
    input: 'if-no-files-found',
    shows: '`if-no-files-found: warn`',
    bad: { fail: 'is fail, and must be one of warn, error, ignore', WARN: 'is WARN,' },
  },
  {
    input: 'path',
    shows: '`path: cyberun-outputs`',
    bad: {
      '../elsewhere': 'is ../elsewhere, which leads out of the workspace',
      '/etc': 'is /etc, which leads out of the workspace',
      'out/art': 'is out/art, which leads out of the workspace',
      'a/../../b': 'leads out of the workspace',
      'list.yml': 'is list.yml, which is a file',
    },
  },
];

const cases = groups.flatMap(({ bad, ...group }) =>
  Object.entries(bad).map(([value, says]) => ({
    ...group,
    value,
    says,
    line: `${group.input}: ${JSON.stringify(value)}`,
  })),
);

test.concurrent.each(cases)(
  '$line is refused with a line that is right; nothing is asked, nothing is written',
  async ({ input, value, beside = { workflow: 'quick' }, says, shows }) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const name = input.split(' ')[0] ?? '';
    await using action = runAction({
      emulator,
      files: FILES,
      links: LINKS,
      with: { ...beside, [name]: value },
    });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, state: {} });
    expect(result.annotations).toMatchObject([{ level: 'error' }]);
    const [message = ''] = annotationsOf(result, 'error');
    expect(` ${message}`).toContain(` ${input}`);
    expect(message).toContain(says);
    expect(message).toContain(shows);
    expect(result.summary).toMatch(/^### ❌ `[^`]+`: not run\n\n/);
    expect(result.summary).toContain(message);
    expect(result.outputs).toMatchObject({ status: 'failed', tasks: '[]', files: '[]', error: message });
    expect(result.post).toMatchObject({ exitCode: 0, raw: '' });
    expect(emulator.requests).toEqual([]);
    expect(namesOf(action.workspace)).toEqual(Object.keys(FILES).sort());
  },
);

test('what an annotation has no room for is in the log', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  const pattern = Array.from({ length: 60 }, (_, index) => `- ${index}-of-sixty-pictures.png`).join('\n');
  await using action = runAction({ emulator, with: { workflow: 'quick', retries: '-1', pattern } });
  const result = await action.done;
  const [error = ''] = annotationsOf(result, 'error');
  expect(error).toMatch(/^There are 61 problems\. \(1\) .*… All are in the log\.$/);
  expect(error.length).toBeLessThan(4096);
  expect(result.log.filter((line) => /^ *\| .*-of-sixty-pictures\.png, which begins with/.test(line))).toHaveLength(60);
  expect(emulator.requests).toEqual([]);
});

test.each(['true', 'false'])('everything that is wrong is said at once, with dry-run: %s', async (dryRun) => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({
    emulator,
    with: {
      workflow: 'quick_one',
      matrix: 'seed: [1, 2]',
      shard: '0/5',
      'max-parallel': '0',
      timeout: '5 parsecs',
      retries: '-1',
      path: '../out',
      'dry-run': dryRun,
    },
  });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(result.annotations).toMatchObject([{ level: 'error' }]);
  const [error = ''] = annotationsOf(result, 'error');
  const parts = error.split(/ \(\d\) /);
  expect(parts).toEqual([
    'There are 6 problems.',
    expect.stringMatching(/^Input workflow is quick_one.* Did you mean quick-one\?/),
    expect.stringMatching(/^Input path is \.\.\/out/),
    expect.stringMatching(/^Input shard is 0\/5/),
    expect.stringMatching(/^Input max-parallel is 0/),
    expect.stringMatching(/^Input timeout: "5 parsecs"/),
    expect.stringMatching(/^Input retries is -1/),
  ]);
  expect(result.outputs).toMatchObject({ status: 'failed', tasks: '[]', error });
  const items = parts.slice(1).map((part) => expect.stringContaining(part.slice(0, 20)));
  expect(result.summary.split('\n').filter((line) => line.startsWith('- '))).toEqual(items);
  const title = dryRun === 'true' ? '### ❌ Plan of `quick_one`: no plan' : '### ❌ `quick_one`: not run';
  expect(result.summary.split('\n')[0]).toBe(`${title}, 6 problems`);
  expect(emulator.requests).toEqual([]);
  expect(namesOf(action.workspace)).toEqual([]);
});

test.each([
  [
    'true',
    'workflow: nonesuch',
    { workflow: 'nonesuch' },
    /^### ❌ `nonesuch`: not run\n\n`+[^\n]*nonesuch[^\n]*\n\nNothing was/,
  ],
  ['true', 'api-url', { 'api-url': 'ftp://h' }, /^### ❌ `quick`: not run\n/],
  ['false', 'workflow: nonesuch', { workflow: 'nonesuch' }, /^$/],
  ['FALSE', 'retries', { retries: '-1' }, /^$/],
])('with summary: %s, the page says why nothing ran: %s', async (summary, _, given, says) => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using action = runAction({ emulator, with: { workflow: 'quick', summary, ...given } });
  const result = await action.done;
  expect(result.exitCode).toBe(1);
  expect(result.summary).toMatch(says);
});

test('a key that is refused is in no word of the log', async () => {
  await using emulator = await startEmulator();
  const key = 'ak-0123456789abcdef';
  await using action = runAction({ emulator, with: { workflow: 'quick', 'api-key': key }, secrets: [] });
  const { raw, masks, outputs } = await action.done;
  expect(raw).toContain('It was not sent.');
  expect(raw + JSON.stringify(outputs)).not.toContain(key);
  expect(masks).toContain(key);
});
