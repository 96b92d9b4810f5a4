import { expect, test } from 'vitest';
import { createCertificate } from '../certificate.ts';
import { raw } from '../client.ts';
import { withRelease } from './client.ts';

test('releases come newest first, in pages that are linked, and drafts only for who may write', async () => {
  const { github, ask } = await withRelease({ releases: [{ tag: 'v0' }, { tag: 'v2', draft: true }] });
  await using _ = github;
  const tags = async (as: string) => (await ask('GET', '/releases', { as })).list.map(({ tag_name }) => tag_name);
  expect(await tags(github.token)).toEqual(['v1', 'v2', 'v0']);
  expect(await tags(github.readToken)).toEqual(['v1', 'v0']);
  const first = await ask('GET', '/releases?per_page=2');
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(next).toContain('/repositories/');
  const second = await ask('GET', next);
  expect(second.list.map(({ tag_name }) => tag_name)).toEqual(['v0']);
  expect(second.headers.get('link')).toMatch(/page=1[^,]*>; rel="prev".*rel="first"/);
});

test('a release is found by its tag, its id and as the latest; a draft by id alone, and by who may write', async () => {
  const { github, release, ask } = await withRelease({ releases: [{ tag: 'x/y', prerelease: true }] });
  await using _ = github;
  github.addRelease({ tag: 'v2-beta', prerelease: true });
  const draft = github.addRelease({ tag: 'v2', draft: true });
  const status = async (path: string, as = github.token) => (await ask('GET', path, { as })).status;
  expect((await ask('GET', '/releases/tags/v1')).json.id).toBe(release.id);
  expect(await status('/releases/tags/x/y')).toBe(200);
  expect(await status('/releases/tags/x%2Fy')).toBe(200);
  expect((await ask('GET', '/releases/latest')).json.tag_name).toBe('v1');
  expect(await status(`/releases/${draft.id}`)).toBe(200);
  expect(await status(`/releases/${draft.id}`, github.readToken)).toBe(404);
  expect(await status(`/releases/${draft.id}/assets`, github.readToken)).toBe(404);
  expect(await status('/releases/tags/v2')).toBe(404);
  expect(await status('/releases/1')).toBe(404);
});

test('assets come 30 a page, 100 at most, and a release that is removed is not found', async () => {
  const assets = Array.from({ length: 130 }, (_, index) => ({ name: `${index}.txt` }));
  const { github, release, ask } = await withRelease({ release: { assets } });
  await using _ = github;
  const count = async (query: string) => (await ask('GET', `/releases/${release.id}/assets${query}`)).list.length;
  expect([await count(''), await count('?per_page=999'), await count('?per_page=100&page=2')]).toEqual([30, 100, 30]);
  github.removeRelease(release);
  expect((await ask('GET', `/releases/${release.id}/assets`)).status).toBe(404);
});

test('an asset is JSON, or a signed URL that expires and refuses a token', async () => {
  const assets = [{ name: 'a.txt', bytes: Buffer.from('hello') }];
  const { github, release, ask } = await withRelease({ release: { assets }, urlSeconds: 60 });
  await using _ = github;
  const path = `/releases/assets/${release.assets[0]?.id}`;
  expect((await ask('GET', path)).json).toMatchObject({
    name: 'a.txt',
    label: '',
    state: 'uploaded',
    size: 5,
    digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    content_type: 'application/octet-stream',
  });
  const { status, headers } = await ask('GET', path, { headers: { accept: 'application/octet-stream' } });
  const location = headers.get('location') ?? '';
  expect([status, new URL(location).origin]).toEqual([302, github.storageUrl]);
  expect((await raw(location)).body.toString()).toBe('hello');
  const refused = await raw(location, { headers: { authorization: `Bearer ${github.token}` } });
  expect(refused.status).toBe(400);
  github.skipTime(61_000);
  expect((await raw(location)).status).toBe(403);
});

test('a download from the pages needs no token, of a published release of a public repository', async () => {
  const assets = [{ name: 'a.txt', bytes: Buffer.from('hello') }];
  const { github, release } = await withRelease({ release: { assets } });
  await using _ = github;
  const url = release.assets[0]?.browser_download_url ?? '';
  expect(await (await fetch(url)).text()).toBe('hello');
  release.draft = true;
  expect((await fetch(url)).status).toBe(404);
});

test('notes are made for who may write, and nothing is kept of them', async () => {
  const { github, ask } = await withRelease();
  await using _ = github;
  const notes = (as: string, body: object = { tag_name: 'v1' }) =>
    ask('POST', '/releases/generate-notes', { as, body });
  const before = (await ask('GET', '/releases')).list;
  expect((await notes(github.token)).json).toMatchObject({ name: 'v1' });
  const refused = await notes(github.readToken);
  expect([refused.status, refused.json.message]).toEqual([403, 'Resource not accessible by integration']);
  expect(refused.headers.get('x-accepted-github-permissions')).toBe('contents=write');
  expect((await notes(github.token, {})).status).toBe(422);
  expect((await ask('GET', '/releases')).list).toEqual(before);
});

test('tokens: unknown ones, none at all, and those without a right', async () => {
  const tokens = { nothing: { contents: 'none' } } as const;
  const { github, release, ask, upload } = await withRelease({ tokens, release: { assets: [{ name: 'a.txt' }] } });
  await using _ = github;
  const path = `/releases/assets/${release.assets[0]?.id}`;
  const statuses = async (as: string) => [
    (await ask('GET', '', { as })).status,
    (await ask('PATCH', path, { as, body: { label: 'x' } })).status,
    (await ask('DELETE', path, { as })).status,
    (await upload('b.txt', 'b', { as })).status,
  ];
  expect(await statuses('ghs_unknown')).toEqual([401, 401, 401, 401]);
  expect(await statuses('')).toEqual([200, 401, 401, 401]);
  expect(await statuses('nothing')).toEqual([200, 403, 403, 403]);
  expect(await statuses(github.readToken)).toEqual([200, 403, 403, 403]);
  expect(await statuses(github.token)).toEqual([200, 200, 204, 201]);
  github.tokens.delete(github.token);
  const { status, json } = await ask('GET', '');
  expect([status, json.message]).toEqual([401, 'Bad credentials']);
});

test('a private repository is not there for who has no right to it, and neither are its downloads', async () => {
  const tokens = { nothing: { contents: 'none' } } as const;
  const { github, release, ask } = await withRelease({ isPrivate: true, tokens, release: { assets: [{ name: 'a' }] } });
  await using _ = github;
  const status = async (as: string) => (await ask('GET', '/releases', { as })).status;
  expect([await status('nothing'), await status(''), await status(github.readToken)]).toEqual([404, 404, 200]);
  expect((await ask('GET', release.assets[0]?.browser_download_url ?? '')).status).toBe(404);
});

test('whoever does not say who he is is refused', async () => {
  const { github } = await withRelease();
  await using _ = github;
  const { status, body } = await raw(`${github.apiUrl}/repos/octo/demo`);
  expect([status, body.toString()]).toEqual([403, expect.stringContaining('User-Agent')]);
});

test('requests are kept with their kind and body, and without the token', async () => {
  const { github, ask, upload } = await withRelease();
  await using _ = github;
  await ask('GET', '/releases?page=2');
  await upload('a.txt', 'hello');
  expect(github.requests).toMatchObject([
    { kind: 'releases', origin: 'api', path: '/repos/octo/demo/releases', query: { page: '2' }, status: 200 },
    {
      ...{ kind: 'upload', origin: 'uploads', query: { name: 'a.txt' }, status: 201, caller: 'write' },
      ...{ size: 5, sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
      headers: { authorization: 'Bearer ***', 'content-type': 'text/plain', 'content-length': '5' },
    },
  ]);
  expect(JSON.stringify(github.requests)).not.toContain(github.token);
});

test('at an Enterprise Server the paths are others, and the API takes no uploads', async () => {
  const { github, release, ask, upload } = await withRelease({ ghes: true, digests: false });
  await using _ = github;
  expect(github.apiUrl).toBe(`${github.serverUrl}/api/v3`);
  const { upload_url } = (await ask('GET', '/releases/tags/v1')).json;
  expect(upload_url).toBe(
    `${github.uploadsUrl}/api/uploads/repos/octo/demo/releases/${release.id}/assets{?name,label}`,
  );
  expect((await upload('a.txt')).json).toMatchObject({ name: 'a.txt', digest: null });
  expect((await ask('POST', `/releases/${release.id}/assets?name=b.txt`, { body: 'b' })).status).toBe(404);
  expect(github.requests.at(-1)).toMatchObject({
    kind: 'other',
    path: `/repos/octo/demo/releases/${release.id}/assets`,
  });
});

test('a job finds the release in its event, and its variables', async () => {
  const { github, release, ask } = await withRelease();
  await using _ = github;
  const { action, release: told } = github.eventPayload(release);
  expect(action).toBe('published');
  expect(told).toEqual((await ask('GET', '/releases/tags/v1')).json);
  expect(github.jobVariables(release)).toMatchObject({ GITHUB_API_URL: github.apiUrl, GITHUB_REF: 'refs/tags/v1' });
});

const tls = createCertificate();

test.skipIf(!tls)('all origins speak HTTPS when there is a certificate', async () => {
  if (!tls) return;
  const { github } = await withRelease({ tls });
  await using _ = github;
  for (const url of [github.apiUrl, github.uploadsUrl, github.storageUrl]) expect(url).toMatch(/^https:/);
});
