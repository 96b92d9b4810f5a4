import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { startGithub } from '../../emulator/github/github.ts';
import type { EmulatedWorkflow } from '../../emulator/workflows.ts';
import { annotationsOf, countOf, filesOf, namesOf, quick, runAction, SMALL } from './harness.ts';
import { assetAt, callsTo, namesAt, onPush, onRelease, uploadsOf, wrongSums } from './release.ts';

const ART = 'cyberun-outputs';
const LISTS = ['SHA256SUMS', 'cyberun-run.json'];
const TWO = {
  behaviour: {
    outputs: [SMALL, { ...SMALL, output: '10.images.0', name: 'größe und 高さ.png', bytes: 2000 }],
  },
};

/** An upload of what is to have its name later. */
const PART = /^upload \S+\.[0-9a-f]{8}\.cyberun-part 201$/;

/** Another picture for each seed. */
const SEEDED: EmulatedWorkflow = {
  ...quick(),
  behaviour: ({ seed }) => ({ steps: 1, outputs: [{ ...SMALL, bytes: 1000 + Number(seed) }] }),
};

describe('attach-to-release', () => {
  test('adds the files to the release of the event, the record first and the list of digests last', async () => {
    await using emulator = await startEmulator({ workflows: [quick(TWO)] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1.2.0', assets: [{ name: 'app.tar.gz' }] });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const result = await run.done;
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    const odd = namesAt(release).find((name) => name.startsWith('gro')) ?? '';
    expect(odd).toMatch(/^grosse\.und\.-[0-9a-f]{6}\.png$|^gro.*-[0-9a-f]{6}\.png$/);
    expect(namesAt(release)).toEqual([...LISTS, 'app.tar.gz', odd, SMALL.name].sort());
    expect(assetAt(release, odd).label).toBe('größe und 高さ.png');
    expect(assetAt(release, SMALL.name)).toMatchObject({ label: '', content_type: 'image/png' });
    const calls = callsTo(github);
    expect(calls.slice(0, 5)).toEqual([
      'release 200',
      'generate-notes 200',
      'assets 200',
      'assets 200',
      expect.stringMatching(/^upload cyberun-run\.json\.[0-9a-f]{8}\.cyberun-part 201$/),
    ]);
    expect(calls.slice(5, 7).sort()).toEqual([`upload ${odd} 201`, `upload ${SMALL.name} 201`]);
    expect(calls.slice(7)).toEqual(['assets 200', 'upload SHA256SUMS 201', 'update-asset 200']);
    // Before the run is paid for.
    const submitted = emulator.requests.find(({ kind }) => kind === 'submit')?.at ?? 0;
    expect(github.requests[2]?.closedAt).toBeLessThan(submitted);

    expect(wrongSums(release)).toEqual([]);
    const files = filesOf(join(run.workspace, ART));
    for (const [name, there] of [
      [SMALL.name, SMALL.name],
      [odd, 'größe und 高さ.png'],
    ] as const) {
      expect(Buffer.from(assetAt(release, name).bytes).equals(files[there] ?? Buffer.alloc(0))).toBe(true);
    }
    expect(JSON.parse(result.outputs['release-assets'] ?? '')).toEqual(
      [SMALL.name, odd, 'SHA256SUMS', 'cyberun-run.json'].map((name) => {
        const { browser_download_url: url, size: bytes, digest } = assetAt(release, name);
        return { name, url, bytes, sha256: digest?.replace('sha256:', '') };
      }),
    );
    expect(result.log).toContain('Release: v1.2.0, which has 1 asset');
    expect(result.log).toContain('Attaching 2 files to the release v1.2.0');
    expect(result.log.at(-1)).toMatch(
      /^4 assets of the release v1\.2\.0, [\d.]+ kB(?: \(\d+ s\))?: http.*\/releases\/tag\/v1\.2\.0$/,
    );
    expect(result.summary).toContain(
      `| [\`${SMALL.name}\`](${assetAt(release, SMALL.name).browser_download_url}) | 1 kB |`,
    );
  });

  test('knows the release by the tag that the run is of, by a tag that is named, and a draft by its list', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub({ perPageMost: 2 });
    const [first, draft, last] = ['v1', 'v2', 'v3'].map((tag) => github.addRelease({ tag, draft: tag === 'v2' }));
    if (first === undefined || draft === undefined || last === undefined) throw new Error('three were added');
    const runs = [
      runAction({ emulator, ...onPush(github, 'refs/tags/v1') }),
      runAction({ emulator, ...onPush(github, 'refs/heads/main', { 'attach-to-release': 'refs/tags/v2' }) }),
      runAction({ emulator, ...onRelease(github, last, { 'attach-to-release': 'v3' }) }),
    ];
    for (const run of runs) {
      const { exitCode, log } = await run.done;
      expect(exitCode, log.join('\n')).toBe(0);
      await run[Symbol.asyncDispose]();
    }
    for (const release of [first, draft, last]) expect(namesAt(release)).toEqual([...LISTS, SMALL.name].sort());
  });

  test('of a matrix calls assets by combination, and those of two shards do not meet', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    for (const shard of ['1/2', '2/2']) {
      await using run = runAction({
        emulator,
        ...onRelease(github, release, { matrix: 'prompt: [夜, a b]\nseed: [1, 2]', shard }),
      });
      const { exitCode, log } = await run.done;
      expect(exitCode, log.join('\n')).toBe(0);
    }
    const names = namesAt(release);
    expect(names).toHaveLength(8);
    expect(names).toEqual(
      expect.arrayContaining([
        'SHA256SUMS-1-of-2',
        'SHA256SUMS-2-of-2',
        `a-b-1-${SMALL.name}`,
        `a-b-2-${SMALL.name}`,
        expect.stringMatching(/^1-output_00001_-[0-9a-f]{6}\.png$/),
        'cyberun-run-1-of-2.json',
        'cyberun-run-2-of-2.json',
      ]),
    );
    for (const list of ['SHA256SUMS-1-of-2', 'SHA256SUMS-2-of-2']) expect(wrongSums(release, list)).toEqual([]);
  });

  test('sends nothing again that is there, and replaces what this action attached once the new one is whole', async () => {
    await using emulator = await startEmulator({ workflows: [SEEDED] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using first = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 1' }) });
    const { outputs } = await first.done;
    const before = new Map(release.assets.map(({ name, id }) => [name, id]));

    await using again = runAction({
      emulator,
      ...onRelease(github, release, { workflow: '', 'task-id': outputs['task-id'] ?? '' }),
    });
    const second = await again.done;
    expect(second.exitCode, second.log.join('\n')).toBe(0);
    expect(uploadsOf(github, SMALL.name)).toBe(1);
    expect(assetAt(release, SMALL.name).id).toBe(before.get(SMALL.name));
    expect(second.log.at(-1)).toContain(', of which 2 were there already');
    expect(annotationsOf(second, 'warning')).toEqual([]);

    const asked = github.requests.length;
    await using other = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 2' }) });
    const third = await other.done;
    expect(third.exitCode, third.log.join('\n')).toBe(0);
    expect(namesAt(release)).toEqual([...LISTS, SMALL.name].sort());
    expect(assetAt(release, SMALL.name).id).not.toBe(before.get(SMALL.name));
    expect(wrongSums(release)).toEqual([]);
    expect(annotationsOf(third, 'warning')).toEqual([
      `Replaced at the release v1, where an earlier run or step had attached another file of that name: ${SMALL.name}. Have the workflows call their files otherwise to keep both.`,
    ]);
    const since = callsTo(github).slice(asked);
    const at = since.findIndex((call) => PART.test(call) && call.includes(SMALL.name));
    expect(since.slice(at + 1, at + 3)).toEqual(['delete-asset 204', 'update-asset 200']);
  });

  test('replaces nothing that another job attached while it ran', async () => {
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const held = { ...SEEDED, workflow_slug: 'held', behaviour: { steps: 1, outputs: [SMALL], holdAt: 'running' } };
    await using slow = await startEmulator({ workflows: [held] });
    await using late = runAction({ emulator: slow, ...onRelease(github, release, { workflow: 'held' }) });
    await late.waitForLine('running on');
    await using quickly = await startEmulator({ workflows: [SEEDED] });
    await using first = runAction({ emulator: quickly, ...onRelease(github, release, { parameters: 'seed: 1' }) });
    expect((await first.done).exitCode).toBe(0);
    const kept = assetAt(release, SMALL.name).id;
    slow.release(slow.tasks[0]?.id ?? '');
    const result = await late.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining(
        `Another job or step attached another ${SMALL.name} while this one ran. Nothing was replaced.`,
      ),
    ]);
    expect(assetAt(release, SMALL.name).id).toBe(kept);
    expect(wrongSums(release)).toEqual([]);
  });

  test('replaces nothing that another job attached between its look and its upload', async () => {
    await using emulator = await startEmulator({ workflows: [SEEDED] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const gate = Promise.withResolvers<void>();
    const isPicture = ({ query }: { readonly query: Readonly<Record<string, string>> }) => query.name === SMALL.name;
    github.fault({ kind: 'upload', when: isPicture, fault: { type: 'hold', until: gate.promise } });
    await using late = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 1' }) });
    await github.waitFor(({ requests }) => requests.some(isPicture));
    await using first = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 2' }) });
    expect((await first.done).exitCode).toBe(0);
    gate.resolve();
    const result = await late.done;
    expect(result.exitCode).toBe(1);
    expect(result.outputs.error).toContain(`Another job or step attached another ${SMALL.name} while this one ran.`);
    expect(assetAt(release, SMALL.name).size).toBe(1002);
    expect(wrongSums(release)).toEqual([]);
  });

  test('at the same time as others keeps what all of them attach, in one list', async () => {
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const runs = ['a', 'b', 'c'].map(async (name, index) => {
      const outputs = [{ ...SMALL, name: `${name}.png`, bytes: 1000 + index }];
      await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
      await using run = runAction({ emulator, ...onRelease(github, release) });
      const { exitCode, log } = await run.done;
      expect(exitCode, log.join('\n')).toBe(0);
    });
    await Promise.all(runs);
    expect(namesAt(release)).toEqual([...LISTS, 'a.png', 'b.png', 'c.png'].sort());
    expect(Buffer.from(assetAt(release, 'SHA256SUMS').bytes).toString().trimEnd().split('\n')).toHaveLength(3);
    expect(wrongSums(release)).toEqual([]);
  });

  test('leaves a list of digests of somebody else alone, and gives its own another name', async () => {
    await using emulator = await startEmulator({ workflows: [SEEDED] });
    await using github = await startGithub();
    const theirs = { name: 'SHA256SUMS', bytes: Buffer.from('of goreleaser') };
    const release = github.addRelease({ tag: 'v1', assets: [theirs] });
    for (const seed of [1, 2]) {
      await using run = runAction({ emulator, ...onRelease(github, release, { parameters: `seed: ${seed}` }) });
      const { exitCode, log } = await run.done;
      expect(exitCode, log.join('\n')).toBe(0);
    }
    expect(namesAt(release)).toEqual([...LISTS, 'cyberun-SHA256SUMS', SMALL.name].sort());
    expect(Buffer.from(assetAt(release, 'SHA256SUMS').bytes).toString()).toBe('of goreleaser');
    expect(wrongSums(release, 'cyberun-SHA256SUMS')).toEqual([]);
  });

  test('replaces nothing that somebody else attached', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1', assets: [{ name: SMALL.name, bytes: Buffer.from('theirs') }] });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const result = await run.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', 'release-assets': '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([
      `Nothing was attached to the release v1. The release has ${SMALL.name} already, and no record there that this api-key signed lists it as it is, so it is not this action's. Nothing was replaced. Remove it from the release first, or leave the file out by \`pattern\`. The files are in the workspace. To attach them, run this job again with task-id: ${emulator.tasks[0]?.id}: nothing that is attached is sent again.`,
    ]);
    expect(namesAt(release)).toEqual([SMALL.name]);
    expect(countOf(emulator, 'submit')).toBe(1);
    expect(namesOf(join(run.workspace, ART))).toContain(SMALL.name);
    expect(result.summary).toMatch(/^### ❌ /);
  });

  test('attaches an archive as it is, and not what was unpacked from it', async () => {
    await using emulator = await startEmulator();
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const parameters = 'scene: garden\nsteps: 100';
    await using run = runAction({
      emulator,
      ...onRelease(github, release, { workflow: 'nerfstudio-export', parameters, extract: 'true' }),
    });
    const { exitCode, log } = await run.done;
    expect(exitCode, log.join('\n')).toBe(0);
    expect(namesOf(join(run.workspace, ART, 'scene')).length).toBeGreaterThan(1);
    expect(namesAt(release)).toEqual([...LISTS, 'scene.zip']);
    expect(wrongSums(release)).toEqual([]);
  });

  test('attaches nothing of a run that failed', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ behaviour: { ending: 'failed', error: 'CUDA error' } })],
    });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const { exitCode, log } = await run.done;
    expect(exitCode).toBe(1);
    expect(log).toContain('Nothing is attached to the release v1, as not all of it succeeded');
    expect(release.assets).toEqual([]);
  });

  test('works with a GitHub Enterprise Server that has paths of its own and no digests', async () => {
    await using emulator = await startEmulator({ workflows: [SEEDED] });
    await using github = await startGithub({ ghes: true, digests: false });
    const release = github.addRelease({ tag: 'v1' });
    const warnings: number[] = [];
    for (const seed of [1, 1, 2]) {
      await using run = runAction({ emulator, ...onRelease(github, release, { parameters: `seed: ${seed}` }) });
      const result = await run.done;
      expect(result.exitCode, result.log.join('\n')).toBe(0);
      warnings.push(annotationsOf(result, 'warning').length);
    }
    // Only what is replaced is said to be.
    expect(warnings).toEqual([0, 0, 1]);
    expect(namesAt(release)).toEqual([...LISTS, SMALL.name].sort());
    expect(uploadsOf(github, SMALL.name)).toBe(1);
    const parts = callsTo(github).filter((call) => PART.test(call) && call.includes(SMALL.name));
    expect(parts).toHaveLength(1);
  });

  test('uploads under the name itself where no asset can be renamed', async () => {
    await using emulator = await startEmulator({ workflows: [SEEDED] });
    await using github = await startGithub({ canRename: false });
    const release = github.addRelease({ tag: 'v1' });
    for (const seed of [1, 2]) {
      await using run = runAction({ emulator, ...onRelease(github, release, { parameters: `seed: ${seed}` }) });
      const { exitCode, log } = await run.done;
      expect(exitCode, log.join('\n')).toBe(0);
    }
    expect(namesAt(release)).toEqual([...LISTS, SMALL.name].sort());
    expect(wrongSums(release)).toEqual([]);
  });

  test('with dry-run checks the release and changes nothing', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1', draft: true });
    await using run = runAction({ emulator, ...onRelease(github, release, { 'dry-run': 'true' }) });
    const result = await run.done;
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(result.log).toContain('Release: v1 (a draft), which has 0 assets');
    expect(result.summary).toContain('\n- Release: `v1 (a draft), which has 0 assets`\n');
    expect(release.assets).toEqual([]);

    await using bad = runAction({
      emulator,
      ...onPush(github, 'refs/heads/main', { 'dry-run': 'true', parameters: '{sed: 1, sclae: 2}' }),
    });
    const refused = await bad.done;
    expect(refused.exitCode).toBe(1);
    const [problem] = annotationsOf(refused, 'error');
    expect(problem).toMatch(
      /^There are 2 problems\. \(1\) Input attach-to-release is true, and this run is of no release/,
    );
  });
});

describe('before anything is submitted, a release', () => {
  const cases: readonly [string, (github: Awaited<ReturnType<typeof startGithub>>) => object, RegExp][] = [
    [
      'that a push of a branch has not',
      (github) => onPush(github, 'refs/heads/main'),
      /is true, and this run is of no release and no tag: it is of the event push, on refs\/heads\/main\. Run it on `release: \{types: \[published\]\}` or on a tag, or name a tag/,
    ],
    [
      'that a tag has not',
      (github) => onPush(github, 'refs/heads/main', { 'attach-to-release': 'v9' }),
      /is v9, and there is no release of the tag v9\. The latest are v1\. Create it before this step/,
    ],
    [
      'that the token may not change',
      (github) => onPush(github, 'refs/tags/v1', { 'github-token': github.readToken }),
      /the token may not add files to the release v1\. Give the job `permissions: contents: write`/,
    ],
    [
      'that no token is for',
      (github) => onPush(github, 'refs/tags/v1', { 'github-token': 'ghs_expired' }),
      /nobody knows whether files could be attached\. GitHub answered .* with 401: Bad credentials\. The token in github-token does not work/,
    ],
    [
      'that is immutable',
      (github) => {
        github.addRelease({ tag: 'v2', immutable: true });
        return onPush(github, 'refs/tags/v2');
      },
      /the release v2 is immutable, as it was published in a repository whose releases are\. Attach to its draft/,
    ],
    [
      'that is there twice',
      (github) => {
        for (const draft of [true, true]) github.addRelease({ tag: 'v3', draft });
        return onPush(github, 'refs/heads/main', { 'attach-to-release': 'v3' });
      },
      /2 drafts are of the tag v3, and it is not clear which is meant/,
    ],
    [
      'that is full',
      (github) => {
        github.addRelease({ tag: 'v4', assets: Array.from({ length: 998 }, (_, index) => ({ name: `${index}.txt` })) });
        return onPush(github, 'refs/tags/v4');
      },
      /a release has room for 1000 assets, and v4 has 998; at least 3 would come/,
    ],
    [
      'whose record is of another key',
      (github) => {
        github.addRelease({ tag: 'v5', assets: [{ name: 'cyberun-run.json', bytes: Buffer.from('{}') }] });
        return onPush(github, 'refs/tags/v5');
      },
      /the release v5 has a cyberun-run\.json that this api-key did not sign/,
    ],
    [
      'that is a word',
      (github) => onPush(github, 'refs/tags/v1', { 'attach-to-release': 'yes' }),
      /is yes, which is neither true nor false, and hardly a tag\. Write `attach-to-release: true`/,
    ],
    [
      'to which nothing would come',
      (github) => onPush(github, 'refs/tags/v1', { download: 'false' }),
      /attaches the files that this step brings, and with download: false it brings none\. Write `download: true`/,
    ],
    [
      'of no repository',
      (github) => {
        const { env, ...given } = onPush(github, 'refs/tags/v1');
        return { ...given, env: { ...env, GITHUB_REPOSITORY: 'nobody' } };
      },
      /needs to know the repository, and GITHUB_REPOSITORY does not name one/,
    ],
  ];
  test.each(cases)('%s is an error', async (_, given, said) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    await using github = await startGithub();
    github.addRelease({ tag: 'v1' });
    await using run = runAction({ emulator, ...given(github) });
    const result = await run.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
    expect(annotationsOf(result, 'error')).toEqual([expect.stringMatching(said)]);
    expect(countOf(emulator, 'submit')).toBe(0);
    expect(github.requests.filter(({ origin }) => origin === 'uploads')).toEqual([]);
  });

  test('does not end a task to attach to that it has nothing to do with', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    await using github = await startGithub();
    await using submit = runAction({ emulator, with: { workflow: 'quick', 'wait-for-completion': 'false' } });
    const { outputs } = await submit.done;
    await using run = runAction({
      emulator,
      ...onPush(github, 'refs/heads/main', { workflow: '', 'task-id': outputs['task-id'] ?? '' }),
    });
    expect((await run.done).exitCode).toBe(1);
    expect(countOf(emulator, 'cancel')).toBe(0);
  });
});

test('a release by another path than the workspace has the record of what another folder holds, too', async () => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using github = await startGithub();
  const release = github.addRelease({ tag: 'v1' });
  await using first = runAction({ emulator, ...onRelease(github, release, { path: 'one' }) });
  expect((await first.done).exitCode).toBe(0);
  const other = quick({
    workflow_slug: 'other',
    behaviour: { outputs: [{ ...SMALL, name: 'other.png', bytes: 3000 }] },
  });
  await using emulator2 = await startEmulator({ workflows: [other] });
  await using second = runAction({
    emulator: emulator2,
    ...onRelease(github, release, { workflow: 'other', path: 'two' }),
    prepare: (workspace) => cpSync(join(first.workspace, 'one'), join(workspace, 'one'), { recursive: true }),
  });
  const { exitCode, log } = await second.done;
  expect(exitCode, log.join('\n')).toBe(0);
  expect(namesAt(release)).toEqual([...LISTS, SMALL.name, 'other.png'].sort());
  // Of both steps, as the list that both write.
  expect(Buffer.from(assetAt(release, 'SHA256SUMS').bytes).toString().trimEnd().split('\n')).toHaveLength(2);
  expect(wrongSums(release)).toEqual([]);
});
