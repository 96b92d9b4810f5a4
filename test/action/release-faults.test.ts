import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { startGithub } from '../../emulator/github/github.ts';
import { primaryLimit, secondaryLimit } from '../../emulator/github/limits.ts';
import type { GithubRequest } from '../../emulator/github/requests.ts';
import { annotationsOf, countOf, namesOf, quick, runAction, SMALL } from './harness.ts';
import { assetAt, namesAt, onRelease, uploadsOf, wrongSums } from './release.ts';

const ART = 'cyberun-outputs';
const LARGE = {
  ...SMALL,
  output: '10.files.0',
  name: 'large.bin',
  bytes: 3_000_000,
  contentType: 'application/octet-stream',
};
const isOf = (name: string) => (request: GithubRequest) => request.query.name === name;
/** The record goes first under a name of its own. */
const isClaim = ({ query }: GithubRequest) => /^cyberun-run\.json\.[0-9a-f]{8}\.cyberun-part$/.test(query.name ?? '');
const isPartOf = (name: string) => (request: GithubRequest) =>
  request.kind === 'upload' &&
  request.query.name?.startsWith(`${name}.`) === true &&
  request.query.name.endsWith('.cyberun-part');

/** A GitHub that does that to the upload of the picture, and what came of a run. */
async function runWith(
  fault: Fault,
  { times = 1, faster = 20, kind = 'upload' as GithubRequest['kind'] | 'any' } = {},
) {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using github = await startGithub();
  const release = github.addRelease({ tag: 'v1' });
  github.fault({ kind, times, ...(kind === 'upload' && { when: isOf(SMALL.name) }), fault });
  await using run = runAction({ emulator, faster, ...onRelease(github, release) });
  const result = await run.done;
  return {
    result,
    release,
    uploads: uploadsOf(github, SMALL.name),
    files: namesOf(join(run.workspace, ART)),
    emulator,
  };
}

const ALL = ['SHA256SUMS', 'cyberun-run.json', SMALL.name].sort();
const json = { 'content-type': 'application/json' };

describe('an upload is whole and there once, though', () => {
  const faults: readonly [string, Fault, number][] = [
    ['its answer is lost', { type: 'reset-after' }, 1],
    ['its answer breaks off', { type: 'drop', afterBytes: 20 }, 1],
    ['a 502 comes in its place', { type: 'edit', edit: () => '<html>502</html>' }, 1],
    ['the connection breaks off', { type: 'refuse', afterBytes: 100 }, 2],
    ['no connection is made', { type: 'refuse' }, 2],
    ['a 500 comes and leaves a starter', { type: 'status', status: 500, midway: true }, 2],
    ['a 503 comes', { type: 'status', status: 503 }, 2],
    ['a secondary limit asks to wait', secondaryLimit(1), 2],
    ['one without a time does', { ...secondaryLimit(1), headers: json } as Fault, 2],
    [
      'GitHub says that it has other bytes',
      { type: 'reshape', change: (asset) => ({ ...asset, digest: `sha256:${'0'.repeat(64)}` }) },
      2,
    ],
    ['GitHub says that it has fewer', { type: 'reshape', change: (asset) => ({ ...asset, size: 1 }) }, 2],
  ];
  test.each(faults)('%s', async (_, fault, tries) => {
    const { result, release, uploads } = await runWith(fault, { faster: 100 });
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(namesAt(release)).toEqual(ALL);
    expect(uploads).toBe(tries);
    expect(wrongSums(release)).toEqual([]);
  });

  test('the hour has no more calls to give, and ends soon', async () => {
    const { result, release } = await runWith(primaryLimit(Math.ceil(Date.now() / 1000) + 50), { faster: 100 });
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(result.log).toContainEqual(
      expect.stringMatching(
        /^GitHub answered .* with 403: API rate limit exceeded for installation ID 1\. Waiting for 0:\d\d\.$/,
      ),
    );
    expect(namesAt(release)).toEqual(ALL);
  });
});

describe('what GitHub does not take', () => {
  const THEN =
    /The files are in the workspace\. To attach them, run this job again with task-id: \S+: nothing that is attached is sent again\.$/;
  const faults: readonly [string, Fault, RegExp][] = [
    [
      'for an hour',
      primaryLimit(Math.ceil(Date.now() / 1000) + 3000),
      /It asks for a wait of \d+:\d\d, which is too long for a job\./,
    ],
    [
      'as the release became immutable',
      {
        type: 'status',
        status: 422,
        headers: json,
        body: '{"message":"Cannot upload assets to an immutable release."}',
      },
      /the release v1 is immutable/,
    ],
    [
      'as the release is gone',
      { type: 'status', status: 404, headers: json, body: '{"message":"Not Found"}' },
      /The release is not there any more\. Create it again\./,
    ],
    ['at all', { type: 'status', status: 500 }, /GitHub answered POST output_00001_\.png with 500/],
    [
      'for another reason',
      {
        type: 'status',
        status: 422,
        headers: json,
        body: '{"message":"Validation Failed","errors":[{"code":"custom","message":"file_count limited to 1000 assets"}]}',
      },
      /with 422: Validation Failed \(file_count limited to 1000 assets\)\./,
    ],
  ];
  test.each(faults)('%s ends the step, with the files in the workspace', async (_, fault, said) => {
    const { result, release, files, emulator } = await runWith(fault, { times: Number.POSITIVE_INFINITY, faster: 200 });
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
    const [problem = ''] = annotationsOf(result, 'error');
    expect(problem).toMatch(said);
    expect(problem).toMatch(THEN);
    expect(result.outputs.error).toBe(problem);
    expect(files).toEqual(ALL);
    // Of a release that is gone, nothing can be tidied up.
    const claim = expect.stringMatching(/^cyberun-run\.json(?:\.[0-9a-f]{8}\.cyberun-part)?$/);
    expect(namesAt(release)).toEqual([claim]);
    expect(countOf(emulator, 'cancel')).toBe(0);
  });

  test('of one file is waited for once, and not of hundreds after it', async () => {
    const outputs = Array.from({ length: 40 }, (_, index) => ({ ...SMALL, output: `${index}`, name: `${index}.png` }));
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    const fault = { type: 'status', status: 502 } as const;
    const isPicture = ({ query }: GithubRequest) => query.name?.endsWith('.png') === true;
    github.fault({ kind: 'upload', when: isPicture, times: Number.POSITIVE_INFINITY, fault });
    await using run = runAction({ emulator, faster: 500, ...onRelease(github, release) });
    const { exitCode, outputs: set } = await run.done;
    expect(exitCode).toBe(1);
    expect(set.error).toMatch(/^Nothing was attached to the release v1\. GitHub answered POST \d+\.png with 502/);
    const tried = github.requests.flatMap(({ kind, query }) => (kind === 'upload' ? (query.name ?? []) : []));
    // As many as are uploaded at one time.
    expect(new Set(tried.filter((name) => name.endsWith('.png'))).size).toBe(4);
  });

  test('is known before anything is uploaded: an empty file', async () => {
    await using emulator = await startEmulator({
      workflows: [quick({ behaviour: { outputs: [{ ...SMALL, bytes: 0 }] } })],
    });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using run = runAction({ emulator, ...onRelease(github, release) });
    const result = await run.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining(
        'GitHub takes no empty assets, and output_00001_.png is empty. Leave it out by `pattern`.',
      ),
    ]);
    expect(release.assets).toEqual([]);
  });
});

describe('GitHub is out of order before the run', () => {
  test('for a moment', async () => {
    const { result, release } = await runWith({ type: 'status', status: 502 }, { times: 3, faster: 50, kind: 'any' });
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(namesAt(release)).toEqual(ALL);
  });

  test('for good: nothing is submitted', async () => {
    const fault = { type: 'status', status: 502 } as const;
    const { result, emulator } = await runWith(fault, {
      times: Number.POSITIVE_INFINITY,
      faster: 500,
      kind: 'release',
    });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /nobody knows whether files could be attached\. GitHub answered GET \/releases\/\d+ with 502: Bad Gateway\. See githubstatus\.com/,
      ),
    ]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test('only where the right to write is asked for: the run goes on', async () => {
    const fault = { type: 'status', status: 502 } as const;
    const { result } = await runWith(fault, { times: Number.POSITIVE_INFINITY, faster: 500, kind: 'generate-notes' });
    expect(result.exitCode, result.log.join('\n')).toBe(0);
  });
});

describe('a step that ends while it uploads', () => {
  async function heldUpload(when: (request: GithubRequest) => boolean) {
    const emulator = await startEmulator({ workflows: [quick({ behaviour: { outputs: [SMALL, LARGE] } })] });
    const github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    github.fault({ kind: 'upload', when, fault: { type: 'stop-reading', afterBytes: 100 } });
    return { emulator, github, release, run: runAction({ emulator, ...onRelease(github, release) }) };
  }

  test('by SIGINT leaves no half asset', async () => {
    const { emulator, github, release, run } = await heldUpload(isOf(LARGE.name));
    await github.waitFor(() => uploadsOf(github, LARGE.name) === 1 && namesAt(release).includes(SMALL.name));
    run.cancel();
    const result = await run.done;
    expect(result.exitCode).toBe(1);
    expect(namesAt(release)).toEqual(['cyberun-run.json', SMALL.name]);
    expect(JSON.parse(result.outputs['release-assets'] ?? '')).toMatchObject([{ name: SMALL.name }]);
    expect(namesOf(join(run.workspace, ART))).toContain(LARGE.name);
    expect(countOf(emulator, 'cancel')).toBe(0);
    await Promise.all([run[Symbol.asyncDispose](), emulator.close(), github.close()]);
  });

  test.each<[string, (request: GithubRequest) => boolean]>([
    ['the claim', isClaim],
    [SMALL.name, isOf(SMALL.name)],
    [LARGE.name, isOf(LARGE.name)],
    ['SHA256SUMS', isOf('SHA256SUMS')],
  ])('by SIGKILL at %s is ended by a second one', async (_, when) => {
    const { emulator, github, release, run } = await heldUpload(when);
    await github.waitFor(() => github.requests.some((request) => request.kind === 'upload' && when(request)));
    run.kill('SIGKILL');
    await run.done;
    const taskId = emulator.tasks[0]?.id ?? '';
    await using again = runAction({
      emulator,
      ...onRelease(github, release, { workflow: '', 'task-id': taskId }),
      prepare: (workspace) => cpSync(join(run.workspace, ART), join(workspace, ART), { recursive: true }),
    });
    const result = await again.done;
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(namesAt(release)).toEqual([...ALL, LARGE.name].sort());
    expect(wrongSums(release)).toEqual([]);
    expect(countOf(emulator, 'submit')).toBe(1);
    await Promise.all([run[Symbol.asyncDispose](), emulator.close(), github.close()]);
  });

  test.each([
    ['delete-asset', 3],
    ['update-asset', 3],
    // The same files come again: what was sent only has to get its name.
    ['update-asset', 2],
  ] as const)('by SIGKILL at a %s, while it replaces, too (seed %d)', async (kind, seed) => {
    const seeded = {
      ...quick(),
      behaviour: (given: Readonly<Record<string, unknown>>) => ({
        steps: 1,
        outputs: [{ ...SMALL, bytes: 1000 + Number(given.seed) }],
      }),
    };
    await using emulator = await startEmulator({ workflows: [seeded] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using first = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 1' }) });
    await first.done;
    const never = Promise.withResolvers<void>();
    const asked = github.requests.length;
    github.fault({ kind, fault: { type: 'hold', until: never.promise } });
    await using killed = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 2' }) });
    await github.waitFor(() => github.requests.slice(asked).some((request) => request.kind === kind));
    killed.kill('SIGKILL');
    await killed.done;
    never.resolve();
    await using last = runAction({ emulator, ...onRelease(github, release, { parameters: `seed: ${seed}` }) });
    const result = await last.done;
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(namesAt(release)).toEqual(ALL);
    expect(assetAt(release, SMALL.name).size).toBe(1000 + seed);
    // What a killed run asked for may be done late: then the third has it to replace, and sends its own as a part, too.
    const parts = kind === 'update-asset' && seed === 3 ? 2 : 1;
    expect(github.requests.filter(isPartOf(SMALL.name))).toHaveLength(parts);
    expect(wrongSums(release)).toEqual([]);
  });

  test('by SIGKILL between two names is ended by whatever attaches next', async () => {
    const seeded = {
      ...quick(),
      behaviour: (given: Readonly<Record<string, unknown>>) => ({
        steps: 1,
        outputs: [{ ...SMALL, bytes: 1000 + Number(given.seed) }],
      }),
    };
    const other = quick({ workflow_slug: 'other', behaviour: { outputs: [{ ...SMALL, name: 'other.png' }] } });
    await using emulator = await startEmulator({ workflows: [seeded, other] });
    await using github = await startGithub();
    const release = github.addRelease({ tag: 'v1' });
    await using first = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 1' }) });
    await first.done;
    const never = Promise.withResolvers<void>();
    const asked = github.requests.length;
    github.fault({ kind: 'update-asset', fault: { type: 'hold', until: never.promise } });
    await using killed = runAction({ emulator, ...onRelease(github, release, { parameters: 'seed: 2' }) });
    await github.waitFor(() => github.requests.slice(asked).some(({ kind }) => kind === 'update-asset'));
    killed.kill('SIGKILL');
    await killed.done;
    expect(namesAt(release)).not.toContain(SMALL.name);
    await using next = runAction({ emulator, ...onRelease(github, release, { workflow: 'other' }) });
    const result = await next.done;
    never.resolve();
    expect(result.exitCode, result.log.join('\n')).toBe(0);
    expect(result.log).toContain(`Gave ${SMALL.name} at the release its name, which a killed run had not`);
    expect(namesAt(release)).toEqual([...ALL, 'other.png'].sort());
    expect(assetAt(release, SMALL.name).size).toBe(1002);
    expect(wrongSums(release)).toEqual([]);
  });
});
