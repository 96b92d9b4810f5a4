import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST_VALUE } from '../src/base/inert.ts';
import { DEEPEST, MOST_VALUES } from '../src/base/json.ts';
import { LARGEST_ANSWER } from '../src/cyberun/body.ts';
import { LARGEST_EVENT } from '../src/cyberun/events.ts';
import { STORAGE_CONNECTIONS } from '../src/transfer/storage.ts';
import { MOST_COMBINATIONS } from '../src/workflow/combinations.ts';

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

test('docs/errors.md tells the bounds that the code has', () => {
  const rows = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n');
  const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
  const json = `${MOST_VALUES.toLocaleString('en-US')} values, ${DEEPEST} levels`;
  expect(rows).toEqual(
    expect.arrayContaining(
      [
        `| An answer of the service | ${mib(LARGEST_ANSWER)}; ${json};`,
        `| An event | ${mib(LARGEST_EVENT)} with its lines; ${json} |`,
        `| JSON of \`parameters\`, \`parameters-file\`, \`matrix\` | ${json} |`,
        `at a time, ${STORAGE_CONNECTIONS} connections |`,
        `| Combinations of a matrix | ${MOST_COMBINATIONS};`,
        `| A foreign value in log, error or summary | ${LONGEST_VALUE} characters`,
      ].map((text) => expect.stringContaining(text)),
    ),
  );
});
