import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { FaultRule } from '../../emulator/faults.ts';
import { type Github, startGithub } from '../../emulator/github/github.ts';
import type { GithubRequest } from '../../emulator/github/requests.ts';
import { annotationsOf, countOf, namesOf, quick, runAction, SMALL } from './harness.ts';
import { namesAt, onPush, onRelease } from './release.ts';

type Rule = FaultRule<GithubRequest>;

/** Three minutes, for which is asked again, in a second. */
const FAST = { faster: 200 };
const ALWAYS = Number.POSITIVE_INFINITY;
const json = { 'content-type': 'application/json' };
const isPicture = ({ query }: GithubRequest) => query.name === SMALL.name;

describe('nothing is submitted where a release cannot be attached to:', () => {
  const unknown = 'Input attach-to-release: nobody knows whether files could be attached. ';
  const status = 'See githubstatus.com, and run the job again.';
  test.each<[string, Rule, RegExp, number?]>([
    [
      'GitHub is not there',
      { kind: 'release', fault: { type: 'refuse' } },
      new RegExp(`^${unknown}127\\.0\\.0\\.1:\\d+ could not be reached: .*\\. ${status}$`),
    ],
    [
      'GitHub does not come to an end',
      { kind: 'release', fault: { type: 'trickle', bytesPerSecond: 10 } },
      new RegExp(`^${unknown}.* could not be reached: no whole answer within 60 s\\. ${status}$`),
    ],
    [
      'GitHub has no end at all',
      { kind: 'release', fault: { type: 'flood', text: ' '.repeat(100_000), times: 1000 } },
      new RegExp(`^${unknown}.* could not be reached: the answer has more than \\d+ MiB\\. ${status}$`),
      // So much takes a moment.
      50,
    ],
    [
      'something else answers',
      { kind: 'release', fault: { type: 'body', body: '{"login":"needed"}', contentType: 'application/json' } },
      new RegExp(`^${unknown}GitHub answered with something that is no release\\. A proxy or a login page may stand`),
    ],
    [
      'the release is gone',
      { kind: 'release', fault: { type: 'status', status: 404, headers: json, body: '{"message":"Not Found"}' } },
      /^Input attach-to-release is true, and the release of this event \(\d+\) is not there any more, or is a draft that the token may not see\. Give the job `permissions: contents: write`\.$/,
    ],
    [
      'uploads are to go to no safe place',
      {
        kind: 'release',
        fault: { type: 'reshape', change: (release) => ({ ...release, upload_url: 'ftp://uploads.example/{?name}' }) },
      },
      /^Input attach-to-release: GitHub says that uploads go to ftp:\/\/uploads\.example\/.*, which is no address to send a token to\. A proxy may stand before it: see GITHUB_API_URL\.$/,
    ],
  ])('%s', async (_, rule, said, faster = FAST.faster) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    github.fault({ ...rule, times: ALWAYS });
    await using run = runAction({ emulator, ...onRelease(github, release), faster });
    expect(annotationsOf(await run.done, 'error')).toEqual([expect.stringMatching(said)]);
    expect(countOf(emulator, 'submit')).toBe(0);
    expect(release.assets).toEqual([]);
  });

  test('there is no release at all', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    await using run = runAction({ emulator, ...onPush(github, 'refs/heads/main', { 'attach-to-release': 'v9' }) });
    expect(annotationsOf(await run.done, 'error')).toEqual([
      expect.stringMatching(
        /^Input attach-to-release is v9, and there is no release of the tag v9\. The token sees none at all\. Create/,
      ),
    ]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test.each<[string, Rule['fault'], RegExp]>([
    [
      'somewhere that anybody could change',
      { type: 'redirect', status: 302, location: 'ftp://storage.example/x' },
      /cyberun-run\.json is stored where anybody on the way could change it: have whoever runs that GitHub store it behind https\.$/,
    ],
    [
      'somewhere that never comes to an end',
      { type: 'trickle', bytesPerSecond: 20 },
      /could not be reached: no end of it within 10 minutes\./,
    ],
  ])('the record that lies there is %s', async (_, fault, said) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1', assets: [{ name: 'cyberun-run.json', bytes: Buffer.alloc(500) }] });
    github.fault({ kind: 'asset', times: ALWAYS, fault });
    github.fault({ kind: 'storage-get', times: ALWAYS, fault });
    await using run = runAction({ emulator, ...onRelease(github, release), ...FAST });
    const [error = '', ...others] = annotationsOf(await run.done, 'error');
    expect(others).toEqual([]);
    expect(error.startsWith(unknown)).toBe(true);
    expect(error).toMatch(said);
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test('the storage does not give the record that lies there', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1', assets: [{ name: 'cyberun-run.json', bytes: Buffer.alloc(500) }] });
    github.fault({ kind: 'storage-get', times: ALWAYS, fault: { type: 'status', status: 500 } });
    await using run = runAction({ emulator, ...onRelease(github, release), ...FAST });
    expect(annotationsOf(await run.done, 'error')).toEqual([
      expect.stringMatching(/ 127\.0\.0\.1:\d+, where cyberun-run\.json is stored, answered 500\./),
    ]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });
});

describe('files stay in the workspace where they are not attached:', () => {
  const THEN =
    /The files are in the workspace\. To attach them, run this job again with task-id: \S+: nothing that is attached is sent again\.$/;
  const TWO = [SMALL, { ...SMALL, output: '10.images.0', name: 'second.png' }];
  const changes = (bytes: number) => (github: Github, place: string) =>
    github.fault({
      kind: 'upload',
      // The record goes first.
      when() {
        writeFileSync(place, Buffer.alloc(bytes, 'changed'));
        return false;
      },
      fault: { type: 'refuse' },
    });
  const does = (rule: Rule) => (github: Github) => github.fault(rule);

  test.each<[string, (github: Github, place: string) => void, RegExp]>([
    [
      'one was written to',
      changes(1000),
      /^Nothing was attached to the release v1\. The file in the workspace was changed since it arrived \(its bytes are not those of its digest\), and was not attached\. Let nothing write there while this step runs\./,
    ],
    [
      'one was cut off',
      changes(10),
      /^Nothing was attached to the release v1\. The file in the workspace was changed since it arrived \(it became shorter\), and/,
    ],
    [
      'GitHub calls one otherwise',
      does({
        kind: 'upload',
        when: isPicture,
        times: ALWAYS,
        fault: { type: 'reshape', change: (asset) => ({ ...asset, name: 'other.png' }) },
      }),
      /GitHub calls output_00001_\.png other\.png, so that nobody would find it\. It was removed\./,
    ],
    [
      'GitHub has other bytes of one',
      does({
        kind: 'upload',
        when: isPicture,
        times: ALWAYS,
        fault: { type: 'reshape', change: (asset) => ({ ...asset, digest: `sha256:${'0'.repeat(64)}` }) },
      }),
      /What GitHub has of output_00001_\.png are other bytes than were sent\. It was removed\./,
    ],
  ])('%s', async (_, prepare, said) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using run = runAction({ emulator, ...onRelease(github, release), ...FAST });
    prepare(github, join(run.workspace, 'cyberun-outputs', SMALL.name));
    const result = await run.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    const [error = '', ...others] = annotationsOf(result, 'error');
    expect(others).toEqual([]);
    expect(error).toMatch(said);
    expect(error).toMatch(THEN);
    expect(namesOf(run.workspace)).toHaveLength(3);
    expect(namesAt(release)).not.toContain(SMALL.name);
  });

  test('one of two is refused', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: TWO } })] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const isThere = () => release.assets.some(({ name, state }) => name === SMALL.name && state === 'uploaded');
    const refused = { type: 'status', status: 422, headers: json, body: '{"message":"Validation Failed"}' } as const;
    const hold = github.waitFor(isThere);
    github.fault({
      kind: 'upload',
      when: ({ query }) => query.name === 'second.png' && !isThere(),
      fault: { type: 'hold', until: hold },
    });
    github.fault({ kind: 'upload', when: ({ query }) => query.name === 'SHA256SUMS', times: ALWAYS, fault: refused });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const [error = ''] = annotationsOf(await run.done, 'error');
    expect(error).toMatch(
      /^Only \d of 4 assets are attached to the release v1\. GitHub answered POST SHA256SUMS with 422: Validation Failed\./,
    );
    expect(error).toMatch(THEN);
  });

  test('there are more than a release has room for', async () => {
    const outputs = [1, 2, 3, 4, 5].map((n) => ({ ...SMALL, output: `${n}`, name: `${n}.png` }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    await using github = await startGithub();
    const assets = Array.from({ length: 996 }, (_, index) => ({ name: `${index}.txt` }));
    const release = github.addRelease({ tag: 'v1', assets });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const [error = ''] = annotationsOf(await run.done, 'error');
    expect(error).toMatch(
      /^Nothing was attached to the release v1\. A release has room for 1000 assets; it has 99\d, and \d more would be attached\. Attach an archive of them instead, or fewer by `pattern`\./,
    );
    expect(error).toMatch(THEN);
  });
});
