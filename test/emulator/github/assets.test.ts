import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { uploadUrl, withRelease } from './client.ts';

const TEXT = { 'content-type': 'text/plain' };

test('an upload becomes an asset, under the name that GitHub gives it and with its label', async () => {
  const { github, release, ask, upload } = await withRelease();
  await using _ = github;
  const { status, json } = await upload('my title.txt', 'hello', { label: 'My title' });
  expect(status).toBe(201);
  expect(json).toMatchObject({
    name: 'my.title.txt',
    label: 'My title',
    state: 'uploaded',
    size: 5,
    digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    content_type: 'text/plain',
    browser_download_url: `${github.serverUrl}/octo/demo/releases/download/v1/my.title.txt`,
  });
  expect((await ask('GET', '/releases/tags/v1')).json.assets).toEqual([json]);
  expect(Buffer.from(release.assets[0]?.bytes ?? []).toString()).toBe('hello');
});

test('a plus survives escaped only', async () => {
  const { github, release, upload } = await withRelease();
  await using _ = github;
  expect((await upload('a+b.txt')).json.name).toBe('a+b.txt');
  const url = uploadUrl(github, release, 'x').replace('name=x', 'name=c+d.txt');
  const headers = { authorization: `Bearer ${github.token}`, ...TEXT };
  await fetch(url, { method: 'POST', headers, body: 'x' });
  expect(release.assets.map(({ name }) => name)).toEqual(['a+b.txt', 'c.d.txt']);
});

describe('what is refused', () => {
  test('a name that is taken, also after renaming', async () => {
    const { github, release, upload } = await withRelease();
    await using _ = github;
    await upload('a.b.txt');
    const { status, json } = await upload('a b.txt');
    expect([status, json.message]).toEqual([422, 'Validation Failed']);
    expect(json.errors).toEqual([{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }]);
    expect(release.assets).toHaveLength(1);
  });

  test.each([
    [0, 'size must be greater than or equal to 1'],
    [11, 'size must be less than or equal to 10'],
  ])('%i bytes', async (size, message) => {
    const { github, release, upload } = await withRelease({ limits: { largest: 10 } });
    await using _ = github;
    const { status, json } = await upload('a.txt', 'x'.repeat(size));
    expect([status, json.errors[0]?.message]).toEqual([422, message]);
    expect(release.assets).toEqual([]);
  });

  test('empty ones no longer, where that is allowed', async () => {
    const { github, upload } = await withRelease({ limits: { smallest: 0 } });
    await using _ = github;
    expect((await upload('a.txt', '')).json).toMatchObject({ size: 0, state: 'uploaded' });
  });

  test('one asset more than a release can have', async () => {
    const { github, upload } = await withRelease({ release: { assets: [{ name: 'a' }] }, limits: { most: 1 } });
    await using _ = github;
    const { status, json } = await upload('b.txt');
    expect([status, json.errors[0]]).toEqual([
      422,
      expect.objectContaining({ code: 'custom', field: 'file_count', message: 'file_count limited to 1 assets' }),
    ]);
  });

  test('an upload without a length, a type or a name', async () => {
    const { github, uploadRaw } = await withRelease();
    await using _ = github;
    const messageOf = async (headers: Record<string, string>, name?: string) => {
      const { status, body } = await uploadRaw(headers, 'x', name);
      return [status, JSON.parse(body.toString()).message];
    };
    expect(await messageOf({ ...TEXT, 'transfer-encoding': 'chunked' })).toEqual([400, 'Bad Content-Length: ']);
    expect(await messageOf({ 'content-length': '1' })).toEqual([400, 'Bad Content-Type: ']);
    expect(await messageOf({ ...TEXT, 'content-length': '1' }, '')).toEqual([400, 'Invalid name for request']);
  });

  test('an upload to a release that is not there', async () => {
    const { github, release, upload } = await withRelease();
    await using _ = github;
    github.removeRelease(release);
    expect((await upload('a.txt')).status).toBe(404);
  });

  test('any change of an immutable release, once it is published', async () => {
    const { github, release, ask, upload } = await withRelease({ release: { draft: true, immutable: true } });
    await using _ = github;
    expect((await upload('a.txt')).status).toBe(201);
    release.draft = false;
    expect((await ask('GET', '/releases/tags/v1')).json.immutable).toBe(true);
    const late = await upload('b.txt');
    expect([late.status, late.json.message]).toEqual([422, 'Cannot upload assets to an immutable release.']);
    const path = `/releases/assets/${release.assets[0]?.id}`;
    expect((await ask('PATCH', path, { body: { label: 'x' } })).status).toBe(422);
    const kept = await ask('DELETE', path);
    expect([kept.status, kept.json.errors[0]?.message]).toEqual([422, 'Cannot delete asset from an immutable release']);
    expect(release.assets).toMatchObject([{ name: 'a.txt', label: '' }]);
  });
});

describe('changes', () => {
  const assets = [{ name: 'a.txt' }, { name: 'b.txt' }];

  test('an asset gets another name and label, unless the name is taken', async () => {
    const { github, release, ask } = await withRelease({ release: { assets } });
    await using _ = github;
    const path = `/releases/assets/${release.assets[0]?.id}`;
    const taken = await ask('PATCH', path, { body: { name: 'b.txt' } });
    expect([taken.status, taken.json.errors[0]?.code]).toEqual([422, 'already_exists']);
    const { status, json } = await ask('PATCH', path, { body: { name: 'c d.txt', label: 'C' } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: 'c.d.txt', label: 'C', id: release.assets[0]?.id });
    expect(json.browser_download_url).toMatch(/c\.d\.txt$/);
    expect((await ask('PATCH', path, { body: { name: 'c.d.txt' } })).status).toBe(200);
  });

  test('or its label alone, where names stay', async () => {
    const { github, release, ask } = await withRelease({ release: { assets }, canRename: false });
    await using _ = github;
    const path = `/releases/assets/${release.assets[0]?.id}`;
    expect((await ask('PATCH', path, { body: { name: 'c.txt' } })).status).toBe(422);
    expect((await ask('PATCH', path, { body: { label: 'C' } })).json).toMatchObject({ name: 'a.txt', label: 'C' });
  });

  test('a deleted asset is gone, and its name is free', async () => {
    const { github, release, ask, upload } = await withRelease({ release: { assets } });
    await using _ = github;
    const path = `/releases/assets/${release.assets[0]?.id}`;
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await ask('DELETE', path)).status).toBe(404);
    expect((await upload('a.txt')).status).toBe(201);
  });
});

describe('starters', () => {
  /** An upload of `a.txt` of which only `0123` has been sent, of ten bytes. */
  async function begun(showStarters = true) {
    const found = await withRelease({ showStarters });
    const { github, release } = found;
    const { hostname, port, pathname, search } = new URL(uploadUrl(github, release, 'a.txt'));
    const socket = connect(Number(port), hostname);
    const head = [
      `POST ${pathname}${search} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${github.token}`,
      'User-Agent: test',
      'Content-Type: text/plain',
      'Content-Length: 10',
      'Connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n0123`);
    await github.waitFor(() => release.assets.length === 1);
    return { ...found, socket };
  }

  async function broken(showStarters: boolean) {
    const found = await begun(showStarters);
    found.socket.destroy();
    await found.github.waitFor(({ requests }) => requests[0]?.closedAt !== undefined);
    return found;
  }

  test('an upload under way has the name, as one', async () => {
    const { github, release, upload, socket } = await begun();
    await using _ = github;
    expect((await upload('a.txt')).json.errors[0]?.code).toBe('already_exists');
    expect(release.assets).toMatchObject([{ state: 'starter' }]);
    socket.write('456789');
    expect(Buffer.concat(await socket.toArray()).toString()).toMatch(/^HTTP\/1.1 201 /);
    expect(release.assets).toMatchObject([{ state: 'uploaded', size: 10 }]);
  });

  test('an upload whose release is removed meanwhile ends with 404', async () => {
    const { github, release, socket } = await begun();
    await using _ = github;
    github.removeRelease(release);
    socket.write('456789');
    expect(Buffer.concat(await socket.toArray()).toString()).toMatch(/^HTTP\/1.1 404 /);
  });

  test('an upload that breaks off leaves one, which keeps the name until it is deleted', async () => {
    const { github, release, ask, upload } = await broken(true);
    await using _ = github;
    const { list } = await ask('GET', `/releases/${release.id}/assets`);
    expect(list).toMatchObject([{ name: 'a.txt', state: 'starter', size: 0, digest: null }]);
    expect((await upload('a.txt')).json.errors[0]?.code).toBe('already_exists');
    const path = `/releases/assets/${list[0]?.id}`;
    expect((await ask('GET', path, { headers: { accept: 'application/octet-stream' } })).status).toBe(404);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect((await upload('a.txt')).status).toBe(201);
  });

  test('lists may lack it, and the name is taken all the same', async () => {
    const { github, release, ask, upload } = await broken(false);
    await using _ = github;
    expect((await ask('GET', `/releases/${release.id}/assets`)).list).toEqual([]);
    expect((await ask('GET', '/releases/tags/v1')).json.assets).toEqual([]);
    expect((await upload('a.txt')).status).toBe(422);
  });
});
