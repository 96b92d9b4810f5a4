import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../emulator/faults.ts';
import { primaryLimit, secondaryLimit } from '../../../emulator/github/limits.ts';
import { staysPending } from '../client.ts';
import { withRelease } from './client.ts';

async function uploading(fault: Fault) {
  const found = await withRelease();
  found.github.fault({ kind: 'upload', fault });
  return found;
}

describe('the answer is lost', () => {
  test('after the effect: a reset', async () => {
    const { github, release, upload } = await uploading({ type: 'reset-after' });
    await using _ = github;
    await expect(upload('a.txt')).rejects.toThrow();
    expect(release.assets).toMatchObject([{ name: 'a.txt', state: 'uploaded' }]);
  });

  test('after the effect: a 502', async () => {
    const { github, release, upload } = await uploading({
      type: 'body',
      status: 502,
      body: 'Bad Gateway',
      contentType: 'text/html',
    });
    await using _ = github;
    expect((await upload('a.txt')).status).toBe(502);
    expect(release.assets).toMatchObject([{ state: 'uploaded' }]);
  });

  test('before it: nothing is left', async () => {
    const { github, release, upload } = await uploading({ type: 'refuse' });
    await using _ = github;
    await expect(upload('a.txt')).rejects.toThrow();
    expect(release.assets).toEqual([]);
  });
});

describe('halfway: a starter is left', () => {
  test('by a reset within the body', async () => {
    const { github, release, upload } = await uploading({ type: 'refuse', afterBytes: 1000 });
    await using _ = github;
    await expect(upload('a.txt', Buffer.alloc(1_000_000))).rejects.toThrow();
    expect(release.assets).toMatchObject([{ name: 'a.txt', state: 'starter', size: 0 }]);
  });

  test('by a 502', async () => {
    const { github, release, upload } = await uploading({ type: 'status', status: 502, midway: true });
    await using _ = github;
    const { status, json } = await upload('a.txt');
    expect([status, json.message]).toEqual([502, 'Bad Gateway']);
    expect(release.assets).toMatchObject([{ state: 'starter' }]);
  });

  test('but not of what is refused anyway', async () => {
    const { github, release, upload } = await uploading({ type: 'status', status: 502, midway: true });
    await using _ = github;
    await upload('a.txt', '');
    expect(release.assets).toEqual([]);
  });
});

test.each([true, false])('an upload is held until it is released, with the effect first: %s', async (effect) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { github, release, upload } = await uploading({ type: 'hold', until: promise, effect });
  await using _ = github;
  const answered = upload('a.txt');
  if (effect) await github.waitFor(() => release.assets[0]?.state === 'uploaded');
  else await github.waitFor(({ requests }) => requests.length === 1);
  expect(await staysPending(answered, 50)).toBe(true);
  expect(release.assets).toHaveLength(effect ? 1 : 0);
  resolve();
  expect((await answered).status).toBe(201);
});

test('a body that is no longer read comes to a halt', async () => {
  const { github, release, upload } = await uploading({ type: 'stop-reading', afterBytes: 10 });
  await using _ = github;
  const answered = upload('a.txt', Buffer.alloc(20_000_000)).catch(() => 'closed');
  await github.waitFor(({ requests }) => requests.length === 1);
  expect(await staysPending(answered, 100)).toBe(true);
  expect(release.assets).toEqual([]);
  await github.close();
  expect(await answered).toBe('closed');
});

test('a digest may be wrong, and JSON cut short', async () => {
  const { github, ask, upload } = await uploading({
    type: 'reshape',
    change: (json) => ({ ...json, digest: 'sha256:00' }),
  });
  await using _ = github;
  expect((await upload('a.txt')).json.digest).toBe('sha256:00');
  github.fault({ kind: 'release-by-tag', fault: { type: 'edit', edit: (body) => body.slice(0, 20) } });
  await expect(ask('GET', '/releases/tags/v1')).rejects.toThrow(SyntaxError);
});

test.each([403, 429] as const)('a secondary rate limit (%i) says when to come again, so many times', async (status) => {
  const { github, release, upload } = await withRelease();
  await using _ = github;
  github.fault({ kind: 'upload', times: 2, fault: secondaryLimit(7, status) });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const limited = await upload('a.txt');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([status, '7']);
    expect(limited.json.message).toContain('secondary rate limit');
  }
  expect(release.assets).toEqual([]);
  expect((await upload('a.txt')).status).toBe(201);
});

test('the primary rate limit says when the hour is over', async () => {
  const { github, ask } = await withRelease();
  await using _ = github;
  github.fault({ kind: 'any', fault: primaryLimit(1_800_000_000) });
  const { status, headers, json } = await ask('GET', '/releases');
  expect([status, json.message]).toEqual([403, expect.stringContaining('API rate limit exceeded')]);
  expect([headers.get('x-ratelimit-remaining'), headers.get('x-ratelimit-reset')]).toEqual(['0', '1800000000']);
  expect(headers.get('retry-after')).toBeNull();
});
