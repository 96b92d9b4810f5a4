import { createHash } from 'node:crypto';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { contentOfFile } from '../../src/release/content.ts';

const folder = await mkdtemp(join(tmpdir(), 'content-test-'));
afterAll(() => rm(folder, { recursive: true }));

const BYTES = Buffer.alloc(600_000, 'picture ');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

function contentAt(path: string, bytes = BYTES.length) {
  return contentOfFile(systemDisk, { path, bytes, sha256: SHA256, mediaType: 'image/png' });
}

/** What a connection would have got. */
async function readAll(content: ReturnType<typeof contentAt>): Promise<{ got: Buffer; error: unknown }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of content.read()) pieces.push(piece);
  } catch (error) {
    return { got: Buffer.concat(pieces), error };
  }
  return { got: Buffer.concat(pieces), error: undefined };
}

test('a file is read whole, and once more for another try', async () => {
  const path = join(folder, 'whole.png');
  await writeFile(path, BYTES);
  const content = contentAt(path);
  for (const _ of [1, 2]) expect(await readAll(content)).toEqual({ got: BYTES, error: undefined });
});

test.each([
  ['a byte was changed', (bytes: Buffer) => bytes.fill('x', 5, 6)],
  ['the last byte was changed', (bytes: Buffer) => bytes.fill('x', bytes.length - 1)],
  ['it became shorter', (bytes: Buffer) => bytes.subarray(0, -1)],
])('of one in which %s, the end is never sent', async (_, change) => {
  const path = join(folder, 'changed.png');
  await writeFile(path, change(Buffer.from(BYTES)));
  const { got, error } = await readAll(contentAt(path));
  expect(got.length).toBeLessThan(BYTES.length);
  expect(error).toMatchObject({ message: expect.stringContaining('was changed since it arrived') });
});

test('no link is followed', async () => {
  const path = join(folder, 'link.png');
  await writeFile(join(folder, 'secret'), BYTES);
  await symlink(join(folder, 'secret'), path);
  expect((await readAll(contentAt(path))).got.length).toBe(0);
});
