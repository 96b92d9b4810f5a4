import { describe, expect, test } from 'vitest';
import { startGithub } from '../../emulator/github/github.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createWire, type Wire } from '../../src/base/wire.ts';
import { createReleases } from '../../src/release/api.ts';
import { findRelease } from '../../src/release/find.ts';
import { createFastClock } from '../base/fast-clock.ts';

const { signal } = new AbortController();

function releasesOf(
  github: { apiUrl: string; token: string },
  wire: Wire,
  clock: Clock = systemClock,
  notice: (message: string) => void = () => {},
) {
  const repository = { owner: 'octo', repo: 'demo' };
  return createReleases({ ...github, repository, wire, clock, notice });
}

describe('the token', () => {
  test('goes to the API and to uploads, and not to where an asset is stored', async () => {
    await using github = await startGithub();
    await using wire = createWire();
    const release = github.addRelease({ tag: 'v1', assets: [{ name: 'a.txt', bytes: Buffer.from('hello') }] });
    const releases = releasesOf(github, wire);
    const found = await releases.byId(release.id, signal);
    const [asset] = found === undefined ? [] : await releases.assets(found, signal);
    expect(asset && (await releases.read(asset, 100, signal))).toBe('hello');
    expect(asset && (await releases.read(asset, 4, signal))).toBeUndefined();
    const stored = github.requests.filter(({ origin }) => origin === 'storage');
    expect(stored).toHaveLength(2);
    for (const { headers } of stored) expect(headers).not.toHaveProperty('authorization');
  });

  test('follows a repository that was renamed, and nobody to another host', async () => {
    await using github = await startGithub();
    await using elsewhere = await startGithub();
    await using wire = createWire();
    const release = github.addRelease({ tag: 'v1' });
    const stop = new AbortController();
    const releases = releasesOf(github, wire, systemClock, (message) => stop.abort(new Error(message)));
    const location = `/repositories/1296269/releases/${release.id}`;
    const moved = (to: string) =>
      github.fault({ kind: 'release', fault: { type: 'status', status: 301, headers: { location: to } } });
    moved(location);
    expect((await releases.byId(release.id, signal))?.tag).toBe('v1');
    moved(`${elsewhere.apiUrl}${location}`);
    // Only a first try that failed is told of.
    await expect(releases.byId(release.id, stop.signal)).rejects.toThrow(/something that is no release/);
    expect(elsewhere.requests).toEqual([]);
  });

  test('goes to no address for uploads that is less safe than the API', async () => {
    const release = { id: 1, tag: 'v1', isDraft: false, isImmutable: false, url: '', target: undefined };
    const asked = { wanted: 'v1', eventName: 'push', releaseId: undefined, ref: '' };
    const releases = {
      ...releasesOf({ apiUrl: 'https://api.github.com', token: 'ghs_x' }, () => Promise.reject(new Error('asked'))),
      byTag: async () => [
        { ...release, uploadUrl: 'http://uploads.github.com/repos/octo/demo/releases/1/assets{?name,label}' },
      ],
    };
    await expect(findRelease(asked, 'https://api.github.com', releases, signal)).rejects.toThrow(
      /uploads go to http:\/\/uploads\.github\.com\S*, which is no address to send a token to/,
    );
  });
});

test('who cannot be reached is called by its own name, the storage and uploads too', async () => {
  await using github = await startGithub();
  await using wire = createWire();
  const release = github.addRelease({ tag: 'v1', assets: [{ name: 'a.txt', bytes: Buffer.from('hello') }] });
  const releases = releasesOf(github, wire, createFastClock(5000));
  const found = await releases.byId(release.id, signal);
  const [asset] = found === undefined ? [] : await releases.assets(found, signal);
  if (found === undefined || asset === undefined) throw new Error('they were added');
  const read = async function* () {
    yield Buffer.from('b');
  };
  const content = { bytes: 1, sha256: '', mediaType: 'text/plain', read };
  const upload = { name: 'b.txt', label: '', content, check: async () => {} };
  const uploads = new URL(found.uploadUrl.replace(/\{.*/, '')).host;
  github.fault({ kind: 'upload', times: Number.POSITIVE_INFINITY, fault: { type: 'reset-after' } });
  await expect(releases.upload(found, upload, async () => undefined, signal)).rejects.toThrow(
    `${uploads} could not be reached: `,
  );
  github.fault({ kind: 'storage-get', times: Number.POSITIVE_INFINITY, fault: { type: 'reset-after' } });
  await expect(releases.read(asset, 100, signal)).rejects.toThrow(/^127\.0\.0\.1:\d+ could not be reached: /);
  await expect(releases.read(asset, 100, signal)).rejects.not.toThrow(new URL(github.apiUrl).host);
});

test('lists are read to their end', async () => {
  await using github = await startGithub();
  await using wire = createWire();
  const names = Array.from({ length: 201 }, (_, index) => `${index}.txt`);
  const release = github.addRelease({ tag: 'v1', assets: names.map((name) => ({ name })) });
  for (let count = 0; count < 101; count += 1) github.addRelease({ tag: `w${count}` });
  github.addRelease({ tag: 'twice', draft: true });
  github.addRelease({ tag: 'twice', draft: true });
  const releases = releasesOf(github, wire);
  const found = await releases.byId(release.id, signal);
  expect(found && (await releases.assets(found, signal)).map(({ name }) => name).sort()).toEqual(names.sort());
  expect(await releases.byTag('twice', signal)).toHaveLength(2);
  expect(await releases.byTag('never', signal)).toEqual([]);
  expect(await releases.byId(1, signal)).toBeUndefined();
});

test('an asset whose bytes come without end is not read for ever', async () => {
  await using github = await startGithub();
  await using wire = createWire();
  const release = github.addRelease({ tag: 'v1', assets: [{ name: 'a.txt', bytes: Buffer.alloc(10_000) }] });
  const slow = { type: 'trickle', bytesPerSecond: 20 } as const;
  github.fault({ kind: 'storage-get', times: Number.POSITIVE_INFINITY, fault: slow });
  const releases = releasesOf(github, wire, createFastClock(2000));
  const found = await releases.byId(release.id, signal);
  const [asset] = found === undefined ? [] : await releases.assets(found, signal);
  if (asset === undefined) throw new Error('one was added');
  await expect(releases.digest(asset, signal)).rejects.toThrow('no end of it within 10 minutes');
});
