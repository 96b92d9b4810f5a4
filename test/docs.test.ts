import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST_VALUE } from '../src/base/inert.ts';
import { DEEPEST, MOST_VALUES } from '../src/base/json.ts';
import { LARGEST_ANSWER } from '../src/cyberun/body.ts';
import { LARGEST_EVENT } from '../src/cyberun/events.ts';
import { STORAGE_CONNECTIONS } from '../src/transfer/storage.ts';
import { LARGEST_SHARE, MOST_COMBINATIONS } from '../src/workflow/combinations.ts';

const ROOT = join(import.meta.dirname, '..');

test('docs/architecture.md has a line for every file of src/, and for no other', () => {
  const picture = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const table = picture.slice(picture.indexOf('## One line a file'), picture.indexOf('## Decisions'));
  const told = [...table.matchAll(/^\| (\*\*(?<room>[a-z]+)\/\*\*|(?<files>`.*?`)) \|/gm)];
  const named: string[] = [];
  let room = '';
  for (const { groups } of told) {
    room = groups?.room ?? room;
    named.push(...[...(groups?.files ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => join(room, name)));
  }
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    basename(path).endsWith('.ts'),
  );
  expect(named.sort()).toEqual(files.sort());
});

test('docs/tolerance.md tells the bounds that the code has', () => {
  const rows = readFileSync(join(ROOT, 'docs/tolerance.md'), 'utf8').split('\n');
  const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
  const kib = (bytes: number) => `${bytes / 1024} KiB`;
  const json = `${MOST_VALUES.toLocaleString('en-US')} values, ${DEEPEST} levels`;
  expect(rows).toEqual(
    expect.arrayContaining(
      [
        `| An answer of the service | ${mib(LARGEST_ANSWER)}; ${json};`,
        `| An event | ${kib(LARGEST_EVENT)} with its lines; ${json} |`,
        `| JSON of \`parameters\`, \`parameters-file\`, \`matrix\` | ${json} |`,
        `at a time, ${STORAGE_CONNECTIONS} connections |`,
        `| Combinations of a matrix | ${LARGEST_SHARE} a step or share; ${MOST_COMBINATIONS.toLocaleString('en-US')} in all,`,
        `| A foreign value in log, error or summary | ${LONGEST_VALUE} characters`,
      ].map((text) => expect.stringContaining(text)),
    ),
  );
});

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** Whatever a text names in code that would be a file or a folder of this repository. */
const filesIn = (text: string) =>
  [
    ...text.matchAll(
      /`((?:src|test|scripts|docs|emulator|simulator|demo|bench|dist|\.ci|\.github)\/[^`\s]*|package[\w-]*\.json)`/g,
    ),
  ].map(([, path = '']) => path);
const isThere = (path: string) => existsSync(join(ROOT, path));

const DECISIONS = readdirSync(join(ROOT, 'docs/decisions')).map((name) => `docs/decisions/${name}`);

test.each(['docs/threat-model.md', 'SECURITY.md', 'CONTRIBUTING.md', ...DECISIONS])(
  '%s names no file that is not there',
  (path) => {
    const named = filesIn(read(path));
    expect(named).not.toEqual([]);
    expect(named.filter((file) => !isThere(file))).toEqual([]);
  },
);

test.each(DECISIONS)('%s tells its context and cost, and architecture.md leads to it', (path) => {
  const parts = [...read(path).matchAll(/^\*\*(\w+(?: \w+)*)\.\*\*/gm)].map(([, part]) => part);
  expect(parts).toEqual(['Context', 'Decision', 'What it costs']);
  expect(read('docs/architecture.md')).toContain(`](${path.replace('docs/', '')})`);
});

test('each defence of docs/threat-model.md has a place, and a test that shows it', () => {
  const model = read('docs/threat-model.md');
  const defences = model.slice(model.indexOf('## What is stopped'), model.indexOf('## What is not defended'));
  const rows = defences.split('\n').filter((line) => /^\| (?!Threat |---)/.test(line));
  expect(rows.length).toBeGreaterThan(30);
  const lacking = rows.filter((row) => {
    const [, , , where = '', shown = ''] = row.split('|');
    const tests = filesIn(shown).filter((path) => /^test\/.*\.test\.ts$|^\.ci\//.test(path));
    return filesIn(where).length === 0 || tests.length === 0;
  });
  expect(lacking).toEqual([]);
});

const DOCUMENTS = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CODE_OF_CONDUCT.md',
  'CHANGELOG.md',
  '.github/SUPPORT.md',
  'examples/README.md',
  ...DECISIONS,
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));

/** As GitHub names headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** A document without its blocks of code: what looks like a link there is none. */
const proseOf = (path: string) => read(path).replace(/^ *```.*?^ *```$/gms, '');

/** Of Markdown, and of HTML in it: the whole, the file and the anchor. */
const linksOf = (path: string) => [
  ...proseOf(path).matchAll(/\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]+))?\)/g),
  ...proseOf(path).matchAll(/\b(?:src|srcset|href)="(?![a-z]+:)([^"\s#]+)"/g),
];

test.each(DOCUMENTS)('%s links to what is there', (path) => {
  const links = linksOf(path);
  const broken = links.flatMap(([link, file = '', anchor]) => {
    const target = file === '' ? path : join(dirname(path), file);
    const isFound = isThere(target) && (anchor === undefined || anchorsOf(read(target)).includes(anchor));
    return isFound ? [] : [link];
  });
  expect(broken).toEqual([]);
});

test('each file in docs/pictures is shown or linked somewhere', () => {
  const linked = DOCUMENTS.flatMap((path) => linksOf(path).map(([, file = '']) => join(dirname(path), file)));
  const files = readdirSync(join(ROOT, 'docs/pictures')).map((name) => `docs/pictures/${name}`);
  expect(files.filter((file) => !linked.includes(file))).toEqual([]);
});
