import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

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
