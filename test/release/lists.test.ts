import { expect, test } from 'vitest';
import { parseJson } from '../../src/base/json.ts';
import { formatRecord, listed, parseRecord } from '../../src/files/record-text.ts';
import { listsFor } from '../../src/release/lists.ts';
import { readOwned } from '../../src/release/owned.ts';
import type { Asset } from '../../src/release/shapes.ts';

const KEY = 'sk-test-0123456789';
const [ONE, TWO, THREE] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
const STATEMENT = {
  definition: '{"externalParameters":{"parameters":{"seed":12345678901234567890},"workflow":"quick"}}',
  builder: '{"id":"https://core.example/api/v1"}',
  metadata: '{"invocationId":"task-1"}',
  others: ['{"annotations":{"agentId":"gpu-1"},"name":"agent"}'],
};
const RECORD = formatRecord(
  STATEMENT,
  {
    earlier: [listed('old.png', THREE)],
    own: [listed('seed-1/a b.png', ONE, { mediaType: 'image/png' })],
    isComplete: true,
  },
  KEY,
);
const { signal } = new AbortController();

function asset(name: string, sha256: string | undefined, changes: Partial<Asset> = {}): Asset {
  return { id: name.length, name, isWhole: true, bytes: 10, sha256, url: '', ...changes };
}

async function textOf(content: { read: () => AsyncIterable<Uint8Array> }): Promise<string> {
  return Buffer.concat(await Array.fromAsync(content.read())).toString();
}

test('the lists of a release are by the names of assets, with every digit, and signed anew', async () => {
  const { record, checksums } = listsFor({
    record: RECORD,
    key: KEY,
    files: [{ name: 'seed-1-a.b.png', place: 'seed-1/a b.png', sha256: ONE }],
    earlier: [listed('other.png', TWO)],
    checksumsName: 'SHA256SUMS',
  });
  expect(await textOf(checksums)).toBe(`${TWO} *other.png\n${ONE} *seed-1-a.b.png\n`);
  const text = await textOf(record);
  expect(text).toContain('"seed":12345678901234567890');
  expect(text).toContain('{"annotations":{"agentId":"gpu-1"},"name":"agent"}');
  expect(parseJson(text)).toMatchObject({ runDetails: { metadata: { invocationId: 'task-1' } }, complete: true });
  const said = parseRecord(text, KEY);
  expect(said?.own.map(({ place, sha256 }) => [place, sha256])).toEqual([
    ['seed-1-a.b.png', ONE],
    ['SHA256SUMS', checksums.sha256],
  ]);
  expect(said?.own[0]?.text).toContain('"mediaType":"image/png"');
  expect(said?.earlier.map(({ place }) => place)).toEqual(['other.png']);
});

test('a record in the workspace that was changed is not signed anew', () => {
  const of = { key: KEY, files: [], earlier: [], checksumsName: 'SHA256SUMS' };
  expect(() => listsFor({ ...of, record: RECORD.replace('quick', 'quack') })).toThrow(
    'changed since this step wrote it',
  );
});

test('an asset is ours when a record there that this key signed lists it with the digest that it has', async () => {
  const texts = new Map([
    ['cyberun-run.json', RECORD],
    ['cyberun-run-1-of-2.json', RECORD.replace('quick', 'quack')],
    [
      'cyberun-run.json.1a2b3c4d.cyberun-part',
      formatRecord(STATEMENT, { earlier: [], own: [listed('new.png', TWO)], isComplete: true }, KEY),
    ],
  ]);
  const read = async ({ name }: Asset) => texts.get(name);
  const digest = async () => THREE;
  const records = [...texts.keys()].map((name, id) => asset(name, undefined, { id }));
  const owned = await readOwned(records, { read, digest }, KEY, signal);
  const isOurs = async (one: Asset) => owned.has({ ...one, id: 99 });
  expect(await isOurs(asset('old.png', THREE))).toBe(true);
  expect(await isOurs(asset('old.png', ONE))).toBe(false);
  expect(await isOurs(asset('other.png', THREE))).toBe(false);
  // GitHub does not say its digest, so it is fetched.
  expect(await isOurs(asset('old.png', undefined))).toBe(true);
  // What was on its way when a run ended.
  expect(await isOurs(asset('new.png', TWO))).toBe(true);
  expect(await isOurs(asset('new.png.1a2b3c4d.cyberun-part', TWO))).toBe(true);
  expect(await isOurs(asset('new.png', TWO, { isWhole: false }))).toBe(false);
  const [good, changed, part] = records as [Asset, Asset, Asset];
  expect(await Promise.all([good, changed, part].map(owned.has))).toEqual([true, false, true]);
  const others = await readOwned(records, { read, digest }, 'sk-another-key-of-the-team', signal);
  expect(await others.has(asset('old.png', THREE, { id: 99 }))).toBe(false);
});
