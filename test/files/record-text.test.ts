import { describe, expect, test } from 'vitest';
import { sign } from '../../src/base/sign.ts';
import { formatRecord, listed, parseRecord, withFile } from '../../src/files/record-text.ts';

const KEY = 'sk-test-0123456789';
const DIGEST = 'ab'.repeat(32);
const FILE = { digest: { sha256: DIGEST }, name: 'a.png' };
const LEFT_OUT = [{ name: 'b.png', output: '2' }];
const statement = {
  definition: '{}',
  builder: '{}',
  metadata: '{}',
  others: [],
  leftOut: JSON.stringify(LEFT_OUT),
};

/** What some version of this action may have signed with this key. */
function signed(value: object): string {
  const said = JSON.stringify(value);
  return `${said.slice(0, -1)},"signature":"${sign('cyberun-run record v1', said, KEY)}"}\n`;
}

describe('of what this key signed, a file of ours is only', () => {
  test.each<[string, unknown]>([
    ['has no name', { digest: { sha256: DIGEST } }],
    ['has a name that is no text', { ...FILE, name: 7 }],
    ['has no digest', { name: 'b.png' }],
    ['has a digest that is no text', { ...FILE, digest: { sha256: 7 } }],
    ['has one of another kind', { ...FILE, digest: { sha1: DIGEST } }],
    ['leads out of the folder', { ...FILE, name: '../b.png' }],
    ['leads anywhere', { ...FILE, name: '/b.png' }],
    ['is a text', 'b.png'],
    ['is nothing', null],
  ])('one that has a place and a digest, and none that %s', (_, entry) => {
    const said = parseRecord(signed({ earlier: [entry, FILE], runDetails: { byproducts: [FILE, entry] } }), KEY);
    const file = { place: 'a.png', sha256: DIGEST, text: JSON.stringify(FILE) };
    expect([said?.earlier, said?.own]).toEqual([[file], [file]]);
  });

  test.each([
    { complete: true },
    { earlier: {}, runDetails: { byproducts: 'a.png' } },
    { runDetails: [] },
    { runDetails: null },
  ])('one that a list has, and there is none in %j', (value) => {
    expect(parseRecord(signed(value), KEY)).toMatchObject({ earlier: [], own: [] });
    expect(parseRecord(signed(value), `${KEY}0`)).toBeUndefined();
  });
});

test('a record with something behind it, or before, is none', () => {
  const text = signed({ earlier: [FILE] }).trimEnd();
  expect(parseRecord(`${text}\n\n`, KEY)).toBeDefined();
  for (const other of [`${text}{}`, `${text}\n{}`, `${text},`, ` ${text}`, `[${text}]`]) {
    expect(parseRecord(other, KEY)).toBeUndefined();
  }
});

test('one more file leaves all else as it was said', () => {
  const lists = { earlier: [listed('index.html', DIGEST), listed('old.png', DIGEST)], own: [], isComplete: true };
  const text = formatRecord(statement, lists, KEY);
  const page = listed('index.html', 'cd'.repeat(32));
  const alone = JSON.parse(withFile(text, page, true, KEY) ?? '');
  const beside = JSON.parse(withFile(text, page, false, KEY) ?? '');
  const { signature: _, ...before } = JSON.parse(text);
  const runDetails = { ...before.runDetails, byproducts: [JSON.parse(page.text)] };
  const [, old] = before.earlier;
  expect(alone).toEqual({ ...before, earlier: [old], runDetails, signature: expect.any(String) });
  expect(beside).toEqual({ ...before, runDetails, signature: expect.any(String) });
  expect(before.leftOut).toEqual(LEFT_OUT);
  expect(parseRecord(withFile(text, page, true, KEY) ?? '', KEY)).toBeDefined();
});

test('one more file has no place where there is no list of them', () => {
  for (const value of [{ earlier: [] }, { runDetails: [] }, { runDetails: 'x' }]) {
    expect(withFile(signed(value), listed('index.html', DIGEST), true, KEY)).toBeUndefined();
  }
});
