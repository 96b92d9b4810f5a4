/**
 * For CI: whether the files that a step tells of (`STATUS`, `FILES` and `SUMS`, its outputs) are there, as many as wanted
 * (the one argument), with their digests. Ends with 1, and what is not so.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { STATUS = '', FILES = '', SUMS = '' } = process.env;
const files: { path: string; bytes: number; sha256: string }[] = JSON.parse(FILES);
const sums = readFileSync(SUMS, 'utf8');

assert.equal(STATUS, 'completed');
assert.equal(files.length, Number(process.argv[2]));
for (const { path, bytes, sha256 } of files) {
  const content = readFileSync(path);
  assert.equal(content.length, bytes);
  assert.equal(createHash('sha256').update(content).digest('hex'), sha256);
  assert.ok(sums.includes(sha256), `${path} is not in SHA256SUMS`);
  console.log(`${path}: ${bytes} bytes, as told`);
}
