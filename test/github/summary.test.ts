import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { NOTHING_MISSING } from '../../src/files/promised.ts';
import type { TaskReport } from '../../src/files/report.ts';
import { createBars } from '../../src/github/bar.ts';
import { formatMatrixSummary } from '../../src/github/matrix-summary.ts';
import { formatPlan } from '../../src/github/plan-summary.ts';
import { formatRefusal } from '../../src/github/refusal.ts';
import { formatSummary, writeSummary } from '../../src/github/summary.ts';
import type { Outcome } from '../../src/matrix/outcome.ts';
import { type Rest, Unfinished } from '../../src/task/unfinished.ts';

type File = TaskReport['files'][number];

function createFile(overrides: Partial<File> = {}): File {
  const name = overrides.name ?? 'cat.png';
  return {
    output: '9.images.0',
    name,
    place: name,
    path: `/w/out/${name}`,
    bytes: 1234,
    sha256: 'ab'.repeat(32),
    mediaType: 'image/png',
    encoding: undefined,
    ...overrides,
  };
}

const TASK_ID = '251a9f3c-0b7d-4e21-9a54-0d4b8e3f7a16';
/** Of 41 s and 31 s, where none is longer. */
const BAR = `${'░'.repeat(9)}${'█'.repeat(7)}`;

function createReport(overrides: Partial<TaskReport> = {}): TaskReport {
  return {
    taskId: TASK_ID,
    status: 'completed',
    parameters: { prompt: 'a cat', steps: 20 },
    problem: undefined,
    agentId: 'gpu-node-01',
    gpuType: 'RTX 4090',
    queueTime: 41_000,
    runTime: 31_000,
    tries: [],
    output: {},
    fingerprint: undefined,
    reused: undefined,
    files: [createFile()],
    checksumsPath: '/w/out/SHA256SUMS',
    recordPath: '/w/out/cyberun-run.json',
    ...overrides,
  };
}

const HEAD = { workflow: 'Shop hero', reference: 'shop-hero@3', host: 'core.cyberun.cloud' };

/** The summaries with one foreign text in every place that foreign text has. */
function everywhere(text: string): string[] {
  const head = { workflow: text, reference: `${text}@3`, host: text };
  const report = createReport({
    taskId: text,
    agentId: text,
    gpuType: text,
    problem: new RunError('task', inert`${text}`),
    parameters: { [text]: text, list: [text] },
    files: [
      createFile({ name: text, output: text, sha256: text, path: `/w/${text}/x` }),
      createFile({ name: text, place: `${text}/x`, path: `/w/${text}/x`, archive: `/w/${text}` }),
    ],
    tries: [{ taskId: text, status: 'failed', error: inert`${text}`, agentId: text, runTime: 1 }],
  });
  const other = createReport({ parameters: { [text]: 1, list: [text] }, reused: { finishedOn: text } });
  const attaching = {
    assets: [{ name: text, url: text, bytes: 1, sha256: text }],
    kept: 0,
    replaced: [],
    mended: [],
    problem: undefined,
  };
  const runs = [
    { label: text, report },
    { label: text, report: other },
  ];
  const both = new AggregateError(Array(2).fill(report.problem));
  return [
    formatSummary(head, report, attaching),
    formatMatrixSummary(head, runs, undefined, attaching),
    formatRefusal(text, true, new RunError('input', inert`${text}`, both)),
  ];
}

/** The page without what its code spans and fences hold, by CommonMark's rules (sections 4.5 and 6.1): what could be markup. */
function markup(page: string): string {
  const blocks = page.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, 'FENCE');
  return blocks.replace(/(?<!`)(`+)(?!`)(?:(?!\n\n)[\s\S])*?[^`]\1(?!`)/g, 'CODE');
}

/** How many cells each row of a table has. */
function cellsOf(page: string): number[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  return rows.map((row) => row.split('|').length);
}

describe('formatSummary', () => {
  test('shows what there is to know', () => {
    const text = formatSummary(HEAD, createReport({ problem: new RunError('files', inert`One is missing`) }));
    const ticks = '```';
    expect(text).toBe(`### ❌ \`Shop hero\` (\`shop-hero@3\`): completed without all files

\`One is missing\`

Queued 0:41 · ran 0:31 · 31 GPU seconds · 1 file, 1.23 kB · on \`gpu-node-01\` (\`RTX 4090\`) · task \`251a9f3c\`

| File | Size |
| --- | --- |
| \`cat.png\` | 1.23 kB |

<details><summary>Parameters</summary>

${ticks}text
prompt: a cat
steps: 20
${ticks}

</details>

<details><summary>Digests of 1 file</summary>

| File | Output | Size | SHA-256 |
| --- | --- | --- | --- |
| \`cat.png\` | \`9.images.0\` | 1.23 kB | \`${'ab'.repeat(32)}\` |

</details>

<details><summary>Task and service</summary>

- Task: \`${TASK_ID}\`
- Service: \`core.cyberun.cloud\`

</details>
`);
  });

  test('leaves out what nobody knows', () => {
    const nothing = {
      taskId: undefined,
      agentId: undefined,
      gpuType: undefined,
      queueTime: undefined,
      runTime: undefined,
    };
    const text = formatSummary(
      { ...HEAD, workflow: 'shop-hero', reference: 'shop-hero' },
      createReport({ ...nothing, files: [], parameters: {}, status: 'failed' }),
    );
    expect(text).toBe(
      '### ❌ `shop-hero`: failed\n\n<details><summary>Task and service</summary>\n\n- Service: `core.cyberun.cloud`\n\n</details>\n',
    );
  });

  test('shortens an id that is a UUID alone: half of anything else may be half of a secret', () => {
    expect(formatSummary(HEAD, createReport({ taskId: 'task_of_tomorrow' }))).toContain(' · task `task_of_tomorrow`\n');
    expect(formatSummary(HEAD, createReport())).toContain(' · task `251a9f3c`\n');
  });

  test('folds many files, and many assets', () => {
    const assets = Array(11).fill({ name: 'cat.png', url: 'https://h.example/cat.png', bytes: 1, sha256: '' });
    const attaching = { assets, kept: 0, replaced: [], mended: [], problem: undefined };
    const text = formatSummary(HEAD, createReport({ files: Array(11).fill(createFile()) }), attaching);
    expect(text).toContain('<details><summary>11 files</summary>\n\n| File | Size |\n');
    expect(text).toContain('<details><summary>11 release assets</summary>\n\n| Release asset | Size |\n');
  });
});

describe('the summary of a matrix', () => {
  const failed = createReport({
    status: 'failed',
    problem: new RunError('task', inert`OOM`),
    files: [],
    taskId: undefined,
    parameters: { prompt: 'a dog', steps: 20 },
  });
  const fine = createReport({ files: [createFile({ path: '/w/out/a-cat-7/cat.png' })] });

  test('has what failed first, and what all tasks share once', () => {
    const ticks = '```';
    const text = formatMatrixSummary(HEAD, [
      { label: 'a cat, 7', report: fine },
      { label: 'a dog, 7', report: failed },
    ]);
    expect(text).toBe(`### ❌ \`Shop hero\` (\`shop-hero@3\`): 1 of 2 failed

- \`OOM\`<br>1 task: \`a dog, 7\`

Queued up to 0:41 · ran up to 0:31 · 62 GPU seconds · 1 file, 1.23 kB

| Status | Combination | Parameters | ░ queued, █ ran | Agent |
| --- | --- | --- | --- | --- |
| ❌ failed | \`a dog, 7\` | \`prompt: a dog\` | \`${BAR}\`<br>0:41 + 0:31 | \`gpu-node-01\`<br>\`RTX 4090\` |

<details><summary>1 of 2 tasks succeeded</summary>

| Status | Combination | Parameters | ░ queued, █ ran | Agent | Task |
| --- | --- | --- | --- | --- | --- |
| ✅ completed | \`a cat, 7\` | \`prompt: a cat\` | \`${BAR}\`<br>0:41 + 0:31 | \`gpu-node-01\`<br>\`RTX 4090\` | \`251a9f3c\` |

</details>

<details><summary>Parameters that all tasks share</summary>

${ticks}text
steps: 20
${ticks}

</details>

<details><summary>Digests of 1 file</summary>

| File | Output | Size | SHA-256 |
| --- | --- | --- | --- |
| \`a-cat-7/cat.png\` | \`9.images.0\` | 1.23 kB | \`${'ab'.repeat(32)}\` |

</details>

<details><summary>Task ids</summary>

| Task | Combination |
| --- | --- |
| \`${TASK_ID}\` | \`a cat, 7\` |

</details>
`);
  });

  test('is open where nothing failed, as long as it is read at a glance', () => {
    const runs = (count: number) => Array(count).fill({ label: 'a cat', report: fine });
    const many = formatMatrixSummary(HEAD, runs(30));
    expect(many).toMatch(/^### ✅ `Shop hero` \(`shop-hero@3`\): 30 tasks, 30 files\n/);
    expect(many).toContain('<details open><summary>30 tasks</summary>');
    expect(many).toContain(BAR);
    const more = formatMatrixSummary(HEAD, runs(31));
    expect(more).toContain('<details><summary>31 tasks</summary>');
    expect(more).not.toContain('█');
  });

  test('draws time on one scale for all, and none for what is reused', () => {
    const times = [
      [0, 160_000],
      [40_000, 40_000],
      [1, 80_000],
    ] as const;
    const reports = times.map(([queueTime, runTime]) => createReport({ queueTime, runTime }));
    const reused = createReport({ queueTime: 900_000, reused: { finishedOn: undefined } });
    const bar = createBars([...reports, reused]);
    expect(reports.map(bar)).toEqual(['█'.repeat(16), '░░░░████', '░████████'].map((text) => `\`${text}\``));
    expect(bar(reused)).toBe('');
    const unknown = createReport({ queueTime: undefined, runTime: undefined });
    expect(createBars([unknown])(unknown)).toBe('');
  });

  test('says a reason once, with the combinations', () => {
    const runs = Array.from({ length: 14 }, (_, index) => {
      const taskId = `task-${index}`;
      const isOther = index === 13;
      const message = isOther ? inert`It was not submitted any more.` : inert`Task ${taskId} failed: OOM`;
      const problem = new RunError(isOther ? 'sibling' : 'task', message);
      const status = isOther ? 'cancelled' : 'failed';
      return { label: `${index}`, report: createReport({ taskId, status, problem }) };
    }).reverse();
    const text = formatMatrixSummary(HEAD, runs);
    expect(text).toMatch(/^### ❌ .*: 13 of 14 failed, 1 cancelled\n/);
    expect(text).toContain(
      '\n\n- `Task … failed: OOM`<br>13 tasks: `12`, `11`, `10`, `9`, `8`, `7`, `6`, `5`, `4`, `3` and 3 more\n- `It was not submitted any more.`<br>1 task: `13`\n\n',
    );
  });
});

const aborted = new RunError('aborted', inert`The job was cancelled`);
const lost = new RunError('files', inert`1 of 1 file did not arrive.`);
const late = new RunError('timed-out', inert`The task was not over.`, undefined, { brief: inert`not over within 45m` });
const unattached = new RunError('release', inert`1 of 1 file is not attached.`);

describe('a summary of a step that fails is not green, and its headline says what happened', () => {
  test.each<[string, Partial<TaskReport>, string, string, string]>([
    ['files did not arrive', { problem: lost }, '❌', 'completed without all files', '1 of 2 failed'],
    [
      'it was cancelled while they came',
      { problem: aborted },
      '🚫',
      'cancelled while its files came',
      '1 of 2 cancelled',
    ],
    [
      'a task goes on that was to be followed',
      { status: 'submitted', problem: aborted },
      '🚫',
      'no longer followed, the task goes on',
      '1 of 2 cancelled',
    ],
    [
      'nothing was submitted',
      { status: 'cancelled', taskId: undefined, problem: aborted },
      '🚫',
      'cancelled before it was submitted',
      '1 of 2 cancelled',
    ],
    ['a task was cancelled', { status: 'cancelled', problem: aborted }, '🚫', 'cancelled', '1 of 2 cancelled'],
    ['a task failed', { status: 'failed', problem: lost }, '❌', 'failed', '1 of 2 failed'],
    ['a task took too long', { status: 'timed-out', problem: late }, '⏰', 'not over within 45m', '1 of 2 timed out'],
  ])('as %s', (_, changes, mark, ofOne, ofTwo) => {
    const report = createReport(changes);
    expect(formatSummary(HEAD, report).split('\n')[0]).toBe(`### ${mark} \`Shop hero\` (\`shop-hero@3\`): ${ofOne}`);
    const runs = [
      { label: 'a', report: createReport() },
      { label: 'b', report },
    ];
    const many = formatMatrixSummary(HEAD, runs, report.problem);
    expect(many.split('\n')[0]).toBe(`### ${mark} \`Shop hero\` (\`shop-hero@3\`): ${ofTwo}`);
    expect(many).toMatch(new RegExp(`\\| ${mark} [a-z ]+ \\| \`b\``));
    expect(many).toContain('| ✅ completed | `a` |');
  });

  test.each([
    ['the lists of a matrix could not be written', lost, '❌', 'and then the step failed'],
    ['files are not attached', unattached, '❌', 'not all attached to the release'],
    ['the job was cancelled', aborted, '🚫', 'and then the job was cancelled'],
  ])('as %s, though every task is fine', (_, problem, mark, words) => {
    const text = formatMatrixSummary(HEAD, [{ label: 'a', report: createReport() }], problem);
    expect(text).toContain(
      `### ${mark} \`Shop hero\` (\`shop-hero@3\`): 1 task completed, ${words}\n\n\`${problem.message}\`\n`,
    );
  });

  test('of which some completed and did not come, with what is left to be done', () => {
    const left = (taskId: string, rest: Rest) => ({ taskId, problem: new Unfinished(aborted, rest, taskId) });
    const a = createReport(left('task-a', 'fetch'));
    const b = createReport({ ...left('task-b', 'cancel'), status: 'cancelled' });
    const [headline, , ...lines] = formatMatrixSummary(HEAD, [
      { label: 'a', report: a },
      { label: 'b', report: b },
    ]).split('\n');
    expect(headline).toMatch(/: 2 of 2 cancelled$/);
    expect(lines.slice(0, 5)).toEqual([
      '- `The job was cancelled`<br>2 tasks: `a`, `b`',
      '',
      expect.stringMatching(/^``1 of 2 tasks completed, and not all of their files came: .* \(task-a\)\.``$/),
      '',
      expect.stringMatching(/^`Nobody confirmed that 1 of 2 tasks are cancelled: .* \(task-b\)\.`$/),
    ]);
    expect(formatSummary(HEAD, a)).toMatch(
      /: cancelled while its files came\n\n``The job was cancelled\. The task itself completed: a step with `task-id: task-a` in place .*``\n/,
    );
  });

  test('as a sibling failed, though it completed before it could be cancelled', () => {
    const sibling = new RunError('sibling', inert`Cancelled, because [b] failed and fail-fast is on.`);
    const late = createReport({ problem: new Unfinished(sibling, 'fetch', 'task-a'), status: 'completed' });
    const failed = createReport({ status: 'failed', problem: new RunError('task', inert`no memory`) });
    const many = formatMatrixSummary(HEAD, [
      { label: 'a', report: late },
      { label: 'b', report: failed },
    ]);
    expect(many).toMatch(/^### ❌ .*: 1 of 2 failed, 1 cancelled\n/);
    expect(many).toContain('| 🚫 completed without all files | `a` |');
  });

  test('as files are not attached', () => {
    const attaching = { assets: [], kept: 0, replaced: [], mended: [], problem: unattached };
    const words = 'not all attached to the release\n\n`1 of 1 file is not attached.`\n';
    expect(formatSummary(HEAD, createReport(), attaching)).toContain(`completed, 1 file, ${words}`);
    const many = formatMatrixSummary(HEAD, [{ label: 'a', report: createReport() }], undefined, attaching);
    expect(many).toContain(`### ❌ \`Shop hero\` (\`shop-hero@3\`): 1 task completed, ${words}`);
  });
});

test('what was submitted has not succeeded yet', () => {
  const left = { label: 'a', report: createReport({ status: 'submitted' }) };
  const failed = { label: 'b', report: createReport({ status: 'failed', problem: lost }) };
  expect(formatMatrixSummary(HEAD, [left, failed])).toContain(': 1 of 2 failed, 1 submitted\n');
  expect(formatMatrixSummary(HEAD, [left])).toMatch(/^### 🚀 .*: 1 task submitted, and not waited for\n/);
  expect(formatSummary(HEAD, left.report)).toMatch(/^### 🚀 .*: submitted, and not waited for\n/);
});

test('what is reused has the times of then in parentheses', () => {
  const report = createReport({ reused: { finishedOn: '2026-01-02T03:04:05Z' } });
  const many = formatMatrixSummary(HEAD, [{ label: 'a', report }]);
  expect(many).toContain('| ✅ reused, of `2026-01-02` | `a` | (0:41) + (0:31) |');
  expect(many).toContain('\n\n0 GPU seconds, 31 spared by reuse · 1 file, 1.23 kB · 1 reused\n\n');
  const one = formatSummary(HEAD, report);
  expect(one).toMatch(/: reused, 1 file\n\nQueued \(0:41\) · ran \(0:31\) · 0 GPU seconds, 31 spared by reuse · /);
  expect(one).toContain(' · reused, of `2026-01-02` · ');
});

describe('why nothing was run', () => {
  const problems = [inert`Input \`a\` is wrong.`, inert`b`].map((message) => new RunError('input', message));

  test('is all there is in its summary', () => {
    expect(formatRefusal('quick', false, problems[0])).toBe(
      '### ❌ `quick`: not run\n\n``Input `a` is wrong.``\n\nNothing was submitted.\n',
    );
    const both = new RunError('input', inert`There are 2 problems.`, new AggregateError(problems));
    expect(formatRefusal('', true, both)).toBe(
      '### ❌ Plan of `Cyberun`: no plan, 2 problems\n\n- ``Input `a` is wrong.``\n- `b`\n\nNothing was submitted.\n',
    );
  });

  test('says once that nothing was submitted', () => {
    const said = new RunError('input', inert`The values do not fit. Nothing was submitted.`);
    const both = new RunError('input', inert`There are 2 problems.`, new AggregateError([...problems, said]));
    for (const text of [formatRefusal('quick', false, said), formatRefusal('quick', true, both)]) {
      expect(text.match(/submitted/g)).toHaveLength(1);
    }
  });

  test('may be that the job was cancelled', () => {
    expect(formatRefusal('quick', false, aborted)).toMatch(
      /^### 🚫 `quick`: cancelled before anything was submitted\n/,
    );
  });
});

describe('the summary of a plan', () => {
  const order = {
    target: { workflow: 'quick', submission: { parameters: { prompt: 'a' } } },
    workflow: undefined,
    fingerprint: undefined,
    digests: new Map<string, string>(),
    wait: true,
    timeout: undefined,
    queueTimeout: undefined,
    cancelOnAbort: true,
    retries: 0,
    download: true,
    workspace: '/w',
    folder: '/w/out',
    folderName: 'out',
    extract: false,
    pattern: [],
    ifNoFilesFound: 'warn',
  } as const;
  const here = {
    report: createReport({ reused: { finishedOn: '2026-01-02T03:04:05Z' } }),
    offer: { outputs: [], unpacked: [], leftOut: [], missing: NOTHING_MISSING, output: undefined },
  };
  const gone = { why: inert`a.png is missing`, changed: [] };

  test('says what would run, and what time what is reused spares', () => {
    const [orders, of] = [[here, gone, undefined], { shard: undefined, maxParallel: 1, failFast: true, folder: '/w' }];
    const labelled = orders.map((earlier, index) => ({ label: `${index}`, order: { ...order, earlier } }));
    const plan = {
      kind: 'many',
      ...of,
      total: 3,
      orders: labelled,
      workflow: undefined,
      fingerprint: undefined,
    } as const;
    const text = formatPlan(HEAD, plan, undefined);
    expect(text).toContain(
      '### 📝 Plan of `Shop hero` (`shop-hero@3`): 2 of 3 tasks would run, 1 would be reused\n\nNothing was submitted or uploaded; 0:31 of GPU time spared.\n',
    );
    expect(text).toContain('\n| Plan | Combination |\n| --- | --- |\n| ♻️ reused, of `2026-01-02` (0:31) | `0` |\n');
    expect(text).toContain('| ▶️ runs: `a.png is missing` | `1` |\n');
    expect(text).toContain('| ▶️ runs | `2` |\n');
  });

  test('of one task is in the same words', () => {
    const of = { kind: 'one', workflow: undefined, fingerprint: undefined } as const;
    const reused = formatPlan(HEAD, { ...of, order: { ...order, earlier: here } }, undefined);
    expect(reused).toContain(
      ': it would be reused, and nothing run\n\nNothing was submitted or uploaded; 0:31 of GPU time spared.\n',
    );
    expect(reused).toContain('\n- Plan: ♻️ reused, of `2026-01-02` (0:31)\n');
    const runs = formatPlan(HEAD, { ...of, order: { ...order, earlier: gone } }, undefined);
    expect(runs).toContain(
      ': it would run\n\nNothing was submitted or uploaded.\n\n- Plan: ▶️ runs: `a.png is missing`\n',
    );
  });
});

describe('nothing foreign in a summary', () => {
  const piece = fc.constantFrom(
    ...[
      '|',
      '\\',
      '\\|',
      '`',
      '```',
      '*',
      '**',
      '_',
      '~~',
      '<',
      '>',
      '<!--',
      '<img src=x>',
      '</code>',
      '</details>',
      '&lt;',
    ],
    ...[
      '[a](https://h)',
      '![a](x)',
      '# ',
      '- ',
      '1. ',
      '\n',
      '\r\n\r\n',
      '\u2028',
      'www.h.example',
      'https://h',
      '@octocat',
      '#1',
    ],
    ...['$x$', ':smile:', '---', '\t', ' ', 'a', '&#124;', '==', '\u202e'],
  );

  test('is Markdown or HTML: hostile text makes the same page as plain text', () => {
    const plain = everywhere('plain').map(markup);
    const cells = everywhere('plain').map(cellsOf);
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        // Not empty once it is inert: an empty value has no row.
        const text = `a${pieces.join('')}a`;
        const pages = everywhere(text);
        // A table cannot have a `|` as it is.
        expect(pages.map((page) => markup(page).replaceAll(/text of \d+ characters/g, 'CODE'))).toEqual(plain);
        // Whatever stands around it, a `|` ends a cell.
        expect(pages.map(cellsOf)).toEqual(cells);
        for (const page of pages) expect(page).toContain(inert`${text}`);
      }),
      { numRuns: 500 },
    );
  });

  test('ends the fence of the parameters', () => {
    const page = formatSummary(HEAD, createReport({ parameters: { '````': '````', a: '<b>' } }));
    expect(page).toContain('\n`````text\n````: ````\na: <b>\n`````\n');
  });

  test('keeps GitHub from masking a secret: each is there as it is, or not at all', () => {
    const secret = fc.string({
      unit: fc.constantFrom(...'aB7_-+/=.:;,!?*#$%&@^~(){}[]<>|\\\'"`\t '.split('')),
      minLength: 4,
      maxLength: 24,
    });
    fc.assert(
      fc.property(secret, fc.constantFrom('', 'before ', '``` '), (part, before) => {
        // Marked, so that half of it is found however the rest is written.
        const value = `Q${part}Z`;
        for (const page of everywhere(`${before}${value}`)) {
          // The runner masks what JSON makes of it, too. A `##[` has to be broken, whatever it costs.
          const masked = page.replaceAll(value, '***').replaceAll(JSON.stringify(value).slice(1, -1), '***');
          expect(masked).not.toMatch(/Q[^#]*Z/);
        }
      }),
      { numRuns: 500, examples: [['_pipe|', '']] },
    );
  });

  test('is a secret', () => {
    const secrets = 'https://u:SECRET@h/k?X-Amz-Signature=SECRET sk-SECRETSECRET';
    for (const summary of everywhere(secrets)) expect(summary).not.toContain('SECRET');
    const { parameters } = {
      parameters: { a: { b: [secrets] }, c: `${'x'.repeat(440)} https://user:SECRET${'@h '.repeat(99)}` },
    };
    expect(formatSummary(HEAD, createReport({ parameters }))).not.toContain('SECRET');
  });

  test.each(['|', '日', '\u{1f600}', '##[', 'a'])('makes it larger than GitHub takes: %s', (character) => {
    const text = character.repeat(2000);
    const parameters = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`${index}${text}`, text]));
    const files = Array.from({ length: 600 }, (_, index) =>
      createFile({ name: text, output: text, path: `/${index}/${text}`, archive: `/${index}/${text}.zip` }),
    );
    const tries = Array(600).fill({
      taskId: text,
      status: 'failed',
      error: inert`${text}`,
      agentId: text,
      runTime: 1,
    });
    const failed = (index: number) => new RunError('task', inert`${index}${text}${text}${text}`);
    const report = createReport({ parameters, files, tries, agentId: text, gpuType: text, taskId: text });
    const head = { workflow: text, reference: text, host: text };
    const assets = Array(600).fill({ name: text, url: text, bytes: 1, sha256: text });
    const attaching = { assets, kept: 0, replaced: [], mended: [], problem: undefined };
    const runs = Array.from({ length: 600 }, (_, index) => ({
      label: text,
      report: {
        ...report,
        tries: tries.slice(0, 2),
        files: files.slice(index, index + 5),
        parameters: index % 4 < 2 ? { ...parameters, steps: index } : { steps: index },
        problem: index % 2 === 0 ? failed(index) : undefined,
      },
    }));
    const shared = runs.map((run) => ({ ...run, report: { ...run.report, parameters } }));
    const all = new AggregateError(runs.map((_, index) => failed(index)));
    const summaries = [
      formatSummary(head, { ...report, problem: failed(0) }, attaching),
      formatMatrixSummary(head, runs, undefined, attaching),
      formatMatrixSummary(head, shared, undefined, attaching),
      formatRefusal(text, true, new RunError('input', inert`all`, all)),
    ];
    for (const summary of summaries) {
      expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
      expect(summary).toMatch(/\nand \d+ more\n/);
    }
  });
});

test('what is left out of a table is counted', () => {
  const text = formatSummary(HEAD, createReport({ files: Array(612).fill(createFile()) }));
  expect(text).toContain(' · 612 files, ');
  expect(text.match(/cat\.png/g)).toHaveLength(2 * 500);
  expect(text.match(/\n\nand 112 more\n/g)).toHaveLength(2);
});

const NO_MORE = { checksumsPath: undefined, recordPath: undefined, problem: undefined };
const one: Outcome = { kind: 'one', report: createReport(), ...NO_MORE };
const many: Outcome = { kind: 'many', runs: [{ label: 'a cat', report: createReport() }], ...NO_MORE };

describe('writeSummary', () => {
  let folder = '';
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  // @actions/core remembers the path of the first file it wrote, so both halves are one test.
  test('appends to the file of the step, and where it cannot, it says so', async () => {
    folder = await mkdtemp(join(tmpdir(), 'summary-'));
    const file = join(folder, 'summary.md');
    await writeFile(file, 'before\n');
    vi.stubEnv('GITHUB_STEP_SUMMARY', file);
    await writeSummary(HEAD, one);
    const text = await readFile(file, 'utf8');
    expect(text.startsWith('before\n### ✅')).toBe(true);
    expect(text.trimEnd().endsWith('</details>')).toBe(true);
    await writeSummary(HEAD, many);
    expect(await readFile(file, 'utf8')).toContain(': 1 task, 1 file\n');
    await rm(folder, { recursive: true });
    await expect(writeSummary(HEAD, one)).rejects.toThrow(
      /^The runner's file GITHUB_STEP_SUMMARY could not be written: ENOENT/,
    );
  });
});
