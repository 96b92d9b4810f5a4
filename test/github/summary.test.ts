import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { inert } from '../../src/base/inert.ts';
import { NOTHING_MISSING } from '../../src/files/promised.ts';
import type { TaskReport } from '../../src/files/report.ts';
import { formatPlan } from '../../src/github/plan-summary.ts';
import { formatMatrixSummary, formatSummary, writeSummary } from '../../src/github/summary.ts';
import type { Outcome } from '../../src/matrix/outcome.ts';

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

function createReport(overrides: Partial<TaskReport> = {}): TaskReport {
  return {
    taskId: 'task-1',
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

const HEAD = { workflow: 'text-to-image', version: '3', host: 'core.cyberun.cloud' };

/** The two summaries with one foreign text in every place that foreign text has. */
function everywhere(text: string): [string, string] {
  const head = { workflow: text, version: text, host: text };
  const report = createReport({
    taskId: text,
    agentId: text,
    gpuType: text,
    problem: new RunError('task', inert`${text}`),
    parameters: { [text]: text, list: [text] },
    files: [createFile({ name: text, output: text, sha256: text, path: `/w/${text}/x` })],
  });
  return [formatSummary(head, report), formatMatrixSummary(head, Array(2).fill({ label: text, report }))];
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
    expect(text).toBe(`### ❌ \`text-to-image\` (version \`3\`)

\`One is missing\`

|  |  |
| --- | --- |
| Task | \`task-1\` |
| Status | completed without all files |
| Service | \`core.cyberun.cloud\` |
| Queued | 0:41 |
| Ran | 0:31 |
| GPU time | 0:31 |
| Agent | \`gpu-node-01\` |
| GPU | \`RTX 4090\` |
| Files | 1, 1.23 kB |

| File | Output | Size | SHA-256 |
| --- | --- | --- | --- |
| \`cat.png\` | \`9.images.0\` | 1.23 kB | \`${'ab'.repeat(32)}\` |

<details><summary>Parameters</summary>

${ticks}text
prompt: a cat
steps: 20
${ticks}

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
      { ...HEAD, version: undefined },
      createReport({ ...nothing, files: [], parameters: {}, status: 'failed' }),
    );
    expect(text).toBe(
      '### ❌ `text-to-image`\n\n|  |  |\n| --- | --- |\n| Status | failed |\n| Service | `core.cyberun.cloud` |\n',
    );
  });
});

test('the summary of a matrix has a row a task and a row a file', () => {
  const failed = createReport({
    status: 'failed',
    problem: new RunError('task', inert`OOM`),
    files: [],
    taskId: undefined,
  });
  const file = createFile({ path: '/w/out/a-cat-7/cat.png' });
  const text = formatMatrixSummary(HEAD, [
    { label: 'a cat, 7', report: createReport({ files: [file] }) },
    { label: 'a dog, 7', report: failed },
  ]);
  expect(text).toContain('### ❌ `text-to-image` (version `3`)\n\n1 of 2 tasks succeeded. GPU time 1:02.\n');
  expect(text).toContain('| ✅ completed | `a cat, 7` | `task-1` | 0:41 | 0:31 | `gpu-node-01` |\n');
  expect(text).toContain('| ❌ failed | `a dog, 7` |  | 0:41 | 0:31 | `gpu-node-01` |\n');
  expect(text).toContain('\n\n- `a dog, 7`: `OOM`\n\n');
  expect(text).toContain('| `a-cat-7/cat.png` |');
});

const aborted = new RunError('aborted', inert`The job was cancelled`);
const lost = new RunError('files', inert`1 of 1 file did not arrive.`);

describe('a summary of a step that fails is not green', () => {
  test.each<[string, Partial<TaskReport>, string, string]>([
    ['files did not arrive', { problem: lost }, '❌', 'completed without all files'],
    ['it was cancelled while they came', { problem: aborted }, '🚫', 'completed without all files'],
    ['a task goes on that was to be followed', { status: 'submitted', problem: aborted }, '🚫', 'submitted'],
    ['nothing was submitted', { status: 'cancelled', taskId: undefined, problem: aborted }, '🚫', 'not submitted'],
    ['a task was cancelled', { status: 'cancelled', problem: aborted }, '🚫', 'cancelled'],
    ['a task failed', { status: 'failed', problem: lost }, '❌', 'failed'],
  ])('as %s', (_, changes, mark, ending) => {
    const report = createReport(changes);
    const one = formatSummary(HEAD, report);
    expect(one).toMatch(new RegExp(`^### ${mark} `));
    expect(one).toContain(`| Status | ${ending} |`);
    const runs = [
      { label: 'a', report: createReport() },
      { label: 'b', report },
    ];
    const many = formatMatrixSummary(HEAD, runs, report.problem);
    expect(many).toMatch(new RegExp(`^### ${mark} `));
    expect(many).toContain(`| ${mark} ${ending} | \`b\` |`);
    expect(many).toContain('| ✅ completed | `a` |');
  });

  test('as the lists of a matrix could not be written, and it says so', () => {
    const text = formatMatrixSummary(HEAD, [{ label: 'a', report: createReport() }], lost);
    expect(text).toMatch(/^### ❌ .*\n\n`1 of 1 file did not arrive\.`\n/);
  });
});

test('what was submitted has not succeeded yet', () => {
  const left = { label: 'a', report: createReport({ status: 'submitted' }) };
  const failed = { label: 'b', report: createReport({ status: 'failed', problem: lost }) };
  expect(formatMatrixSummary(HEAD, [left, failed])).toContain('\n\n1 of 2 tasks submitted, and not waited for.');
  expect(formatMatrixSummary(HEAD, [left])).toContain('\n\n1 task submitted, and not waited for.');
});

test('what is reused has the times of then in parentheses', () => {
  const report = createReport({ reused: { finishedOn: '2026-01-02T03:04:05Z' } });
  const many = formatMatrixSummary(HEAD, [{ label: 'a', report }]);
  expect(many).toContain('| ✅ reused, of `2026-01-02` | `a` | `task-1` | (0:41) | (0:31) |');
  expect(many).toContain('1 of 1 task succeeded, 1 of them reused. GPU time 0:00, 0:31 spared by reuse.');
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
      '2 of 3 tasks would run, 1 would be reused (0:31 of GPU time spared). Nothing was submitted.',
    );
    expect(text).toContain('| `0` |  | ♻️ reused, of `2026-01-02` (0:31) |\n');
    expect(text).toContain('| `1` |  | ▶️ runs `a.png is missing` |\n');
    expect(text).toContain('| `2` |  | ▶️ runs |\n');
  });

  test('of one task is in the same words', () => {
    const of = { kind: 'one', workflow: undefined, fingerprint: undefined } as const;
    const reused = formatPlan(HEAD, { ...of, order: { ...order, earlier: here } }, undefined);
    expect(reused).toContain(
      '\n\nIt would be reused, and nothing run (0:31 of GPU time spared). Nothing was submitted.',
    );
    expect(reused).toContain('| Plan | ♻️ reused, of `2026-01-02` (0:31) |\n');
    const runs = formatPlan(HEAD, { ...of, order: { ...order, earlier: gone } }, undefined);
    expect(runs).toContain('\n\nIt would run. Nothing was submitted.');
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
    const parameters = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`${index}${text}`, text]));
    const files = Array(5000).fill(createFile({ name: text, output: text, path: `/${text}/${text}` }));
    const problem = new RunError('task', inert`${text}${text}${text}`);
    const report = createReport({ parameters, files, problem, agentId: text, gpuType: text, taskId: text });
    const head = { workflow: text, version: text, host: text };
    const summaries = [
      formatSummary(head, report),
      formatMatrixSummary(head, Array(1000).fill({ label: text, report: { ...report, files: files.slice(0, 5) } })),
    ];
    for (const summary of summaries) {
      expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
      expect(summary).toMatch(/\nand \d+ more\n/);
    }
  });
});

test('what is left out of a table is counted', () => {
  const text = formatSummary(HEAD, createReport({ files: Array(612).fill(createFile()) }));
  expect(text).toContain('| Files | 612, ');
  expect(text.match(/cat\.png/g)).toHaveLength(500);
  expect(text).toContain('\n\nand 112 more\n');
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
    expect(await readFile(file, 'utf8')).toContain('1 of 1 task succeeded');
    await rm(folder, { recursive: true });
    await expect(writeSummary(HEAD, one)).rejects.toThrow(
      /^The runner's file GITHUB_STEP_SUMMARY could not be written: ENOENT/,
    );
  });
});
