import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, namesOf, quick, runAction } from './harness.ts';

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
    bad: { '20': '"20" has no unit', huge: '"huge" is not a size' },
  },
  {
    input: 'parameters-file',
    shows: '`parameters-file: render.yml`',
    bad: {
      'none.yml': 'is none.yml, and there is no such file',
      '.': 'which is a folder',
      '/etc/hostname': 'leads out of the workspace',
      'out/hostname': 'leads out of the workspace',
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
    bad: { '45': '"45" has no unit', '0s': '"0s" is no time at all', '1.5h': 'is not a duration' },
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
      files: { 'list.yml': '- 1\n' },
      links: { out: '/etc' },
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
    expect(namesOf(action.workspace)).toEqual(['list.yml']);
  },
);

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
