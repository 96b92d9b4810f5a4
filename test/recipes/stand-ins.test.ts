import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TOKEN } from '../../emulator/runner/runner.ts';
import { filesOf } from '../action/harness.ts';
import { RECORD } from './attest.ts';
import { evaluate, evaluateWhole, isMet } from './expressions.ts';
import { createGitHub, type Files, type GitHub, writeFiles } from './github.ts';
import type { Place } from './place.ts';
import { STAND_INS } from './stand-ins.ts';
import { type Permissions, parseWorkflow } from './workflow.ts';

let github: GitHub;
beforeEach(() => {
  github = createGitHub();
});
afterEach(() => github[Symbol.dispose]());

/** A workspace with these files. */
function workspaceWith(files: Files = {}): string {
  const workspace = mkdtempSync(join(github.folder, 'job-'));
  writeFiles(workspace, files);
  return workspace;
}

/** A place for the steps of one job. */
function placeOf(workspace: string, permissions?: Permissions): Place {
  return { workspace, files: { 'a.txt': 'a' }, github, runId: 1, permissions, logins: new Set() };
}

/** Uses the stand-in of an action, in a fresh workspace unless one is given. Returns the files that lie there then. */
function use(
  name: string,
  inputs: Record<string, string>,
  workspace: string = workspaceWith(),
): Record<string, string> {
  STAND_INS[name]?.run(inputs, placeOf(workspace));
  return Object.fromEntries(Object.entries(filesOf(workspace)).map(([path, bytes]) => [path, `${bytes}`]));
}

describe('actions/cache', () => {
  const save = (key: string, text: string) =>
    use('actions/cache/save', { path: 'art', key }, workspaceWith({ 'art/a.txt': text }));
  const restore = (key: string, more: string) =>
    use('actions/cache/restore', { path: 'art', key, 'restore-keys': more });

  test('finds the very key, or else the newest that begins so, in the order of the keys', () => {
    save('x-1-1', 'old');
    save('x-2-1', 'new');
    save('y-1-1', 'other');
    expect(restore('x-1-1', 'y-')).toEqual({ 'art/a.txt': 'old' });
    expect(restore('x-3-1', 'x-\ny-\n')).toEqual({ 'art/a.txt': 'new' });
    expect(restore('x-3-1', 'z-\ny-\nx-\n')).toEqual({ 'art/a.txt': 'other' });
    expect(restore('x-3-1', '')).toEqual({});
  });

  test('never writes a key twice, and knows a cache by its path, too', () => {
    save('x', 'first');
    save('x', 'second');
    use('actions/cache/save', { path: 'other', key: 'x' }, workspaceWith({ 'other/a.txt': 'third' }));
    expect(restore('x', '')).toEqual({ 'art/a.txt': 'first' });
    expect(use('actions/cache/restore', { path: 'other', key: 'x' })).toEqual({ 'other/a.txt': 'third' });
    expect(use('actions/cache/restore', { path: 'more', key: 'x' })).toEqual({});
  });
});

test('a cache can be a file alone', () => {
  use('actions/cache/save', { path: 'a/note.txt', key: 'x' }, workspaceWith({ 'a/note.txt': 'a', 'a/b.txt': 'b' }));
  expect(use('actions/cache/restore', { path: 'a/note.txt', key: 'x' })).toEqual({ 'a/note.txt': 'a' });
});

describe('artifacts', () => {
  const upload = (name: string, files: Files) =>
    use('actions/upload-artifact', { name, path: 'art' }, workspaceWith(files));
  const download = () => use('actions/download-artifact', { pattern: 'r-*', path: 'all', 'merge-multiple': 'true' });

  test('are merged, but for what is hidden', () => {
    upload('r-1', { 'art/a.txt': 'a', 'art/.b.txt': 'b', 'art/.c/d.txt': 'd' });
    upload('r-2', { 'art/e.txt': 'e', 'art/a.txt': 'a' });
    upload('other', { 'art/f.txt': 'f' });
    expect(download()).toEqual({ 'all/a.txt': 'a', 'all/e.txt': 'e' });
  });

  test('that clash are refused', () => {
    upload('r-1', { 'art/a.txt': 'a' });
    upload('r-2', { 'art/a.txt': 'b' });
    expect(download).toThrow('a.txt of r-2 is another one elsewhere');
  });

  test('have a name of their own, and paths that every system takes', () => {
    upload('r-1', { 'art/a.txt': 'a' });
    expect(() => upload('r-1', { 'art/a.txt': 'a' })).toThrow('already exists');
    expect(() => upload('r-2', { 'art/a:b.txt': 'a' })).toThrow('not allowed');
  });

  test('are replaced where that is asked for, and found by a name', () => {
    upload('r-1', { 'art/a.txt': 'a' });
    const given = { name: 'r-1', path: 'b.txt', overwrite: 'true' };
    use('actions/upload-artifact', given, workspaceWith({ 'b.txt': 'b' }));
    expect(use('actions/download-artifact', { name: 'r-1', path: 'all' })).toEqual({ 'all/b.txt': 'b' });
    expect(() => use('actions/download-artifact', { name: 'r-2', path: 'all' })).toThrow('not found');
    expect(() => use('actions/download-artifact', { pattern: 'r-*', path: 'all' })).toThrow('folder of its own');
  });
});

describe('actions/attest', () => {
  const digest = createHash('sha256').update('a').digest('hex');
  const attest = (list: string, more: Record<string, string> = {}) =>
    use(
      more['predicate-type'] === undefined ? 'actions/attest-build-provenance' : 'actions/attest',
      { 'subject-checksums': 'art/SHA256SUMS', ...more },
      workspaceWith({ 'art/a.txt': 'a', 'art/SHA256SUMS': list, 'record.json': '{"buildDefinition":{}}' }),
    );

  test('reads a list with either flag, each subject once', () => {
    attest(`${digest}  a.txt\n${digest} *a.txt\n\nnothing\n`);
    expect(github.attestations.map(({ subject }) => subject)).toEqual([
      [{ name: 'a.txt', digest: { sha256: digest } }],
    ]);
  });

  test.each([
    ['', '0 subjects'],
    [`\\${digest}  a.txt\n`, 'Invalid digest'],
    [`${digest.slice(1)}  a.txt\n`, 'Unknown digest algorithm'],
    [`${digest}  b.txt\n`, 'b.txt is not what is attested'],
    [`${digest.replace(/./, '0')}  a.txt\n`, 'a.txt is not what is attested'],
    [`${digest}  a.txt\n`.padEnd(512 * 1024 + 1, '\n'), 'exceeds maximum allowed size'],
    [Array.from({ length: 1025 }, (_, place) => `${digest}  ${place}\n`).join(''), '1025 subjects'],
  ])('refuses the list %#', (list, said) => {
    expect(() => attest(list)).toThrow(said);
  });

  test('refuses a record that is none', () => {
    const predicate = { 'predicate-type': RECORD, 'predicate-path': 'record.json' };
    expect(() => attest(`${digest}  a.txt\n`, predicate)).toThrow('must have required property');
  });
});

test('actions/checkout leaves nothing of what was there', () => {
  expect(use('actions/checkout', {}, workspaceWith({ 'art/b.txt': 'b' }))).toEqual({ 'a.txt': 'a' });
});

describe('docker', () => {
  const image = { context: '.', tags: 'ghcr.io/octo/demo:latest', push: 'true' };
  const login = { registry: 'ghcr.io', username: 'octocat', password: TOKEN };

  test('pushes where a step has logged in that may, and attests what was pushed', () => {
    const permissions = { packages: 'write', 'id-token': 'write', attestations: 'write' } as const;
    const place = placeOf(workspaceWith({ Dockerfile: 'FROM x' }), permissions);
    const build = (inputs: Record<string, string>) => STAND_INS['docker/build-push-action']?.run(inputs, place);
    expect(() => build(image)).toThrow('denied');
    STAND_INS['docker/login-action']?.run(login, place);
    const { digest = '' } = build(image) ?? {};
    const attest = (given: Record<string, string>) => STAND_INS['actions/attest-build-provenance']?.run(given, place);
    attest({ 'subject-name': 'ghcr.io/octo/demo', 'subject-digest': digest });
    expect(github.attestations).toMatchObject([{ subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }] }]);
    expect(() => attest({ 'subject-name': 'ghcr.io/octo/other', 'subject-digest': digest })).toThrow('no such image');
    expect(() => attest({ 'subject-name': 'ghcr.io/octo/demo' })).toThrow('one of');
    expect(() => build({ ...image, tags: 'ghcr.io/Octo/demo:latest' })).toThrow('invalid reference');
    expect(() => build({ ...image, 'build-contexts': 'more=nowhere' })).toThrow('no context');
  });

  test.each([
    ['docker/login-action', login],
    ['actions/checkout', {}],
    ['actions/attest-build-provenance', { 'subject-digest': 'sha256:0' }],
  ])('%s needs rights', (name, given) => {
    expect(() => STAND_INS[name]?.run(given, placeOf(workspaceWith(), {}))).toThrow('not accessible');
  });
});

describe('conditions', () => {
  const contexts = { steps: { a: { outputs: { status: 'failed', tasks: '' }, outcome: 'failure' } } };

  test.each([
    [undefined, 'success', true],
    [undefined, 'failure', false],
    ["steps.a.outputs.status == 'failed'", 'success', true],
    ["steps.a.outputs.status == 'failed'", 'failure', false],
    ['always() && steps.a.outputs.tasks', 'failure', false],
    ['${{ !cancelled() }}', 'failure', true],
    ['${{ !cancelled() }}', 'cancelled', false],
    ['failure()', 'failure', true],
    ['failure()', 'skipped', false],
    ["always() && contains(fromJSON(steps.a.outputs.tasks || '[]').*.reused, false)", 'success', false],
  ] as const)('%s after %s: %s', (condition, status, holds) => {
    expect(isMet(condition, contexts, status)).toBe(holds);
  });

  test('that are true whatever they say are refused', () => {
    expect(() => isMet("${{ 'a' }} == 'b'", contexts, 'success')).toThrow('always true');
  });
});

test('a workflow that says what nobody here carries out is refused', () => {
  const text = 'jobs: { a: { runs-on: ubuntu-latest, steps: [{ run: x }] } }';
  expect(() => parseWorkflow(text)).not.toThrow();
  expect(() => parseWorkflow(text.replace('run: x', 'run: x, shell: sh'))).toThrow();
  expect(() => parseWorkflow(text.replace('steps:', 'services: {}, steps:'))).toThrow();
  expect(() => parseWorkflow(`defaults: {}\n${text}`)).toThrow();
});

describe('expressions', () => {
  const contexts = { matrix: { shard: '2' }, github: { run_id: 7, event: { name: '${{ matrix.shard }}: "x"\n' } } };

  test('are replaced once', () => {
    expect(evaluate('${{ matrix.shard }}/${{github.run_id}}', contexts)).toBe('2/7');
    expect(evaluateWhole("${{ fromJSON('[1, 2]') }}", contexts)).toEqual([1, 2]);
    expect(evaluate('a: ${{ toJSON(github.event.name) }}', contexts)).toBe('a: "${{ matrix.shard }}: \\"x\\"\\n"');
  });

  test.each(['matrix.other', 'env.HOME', 'matrix', 'github.event', "hashFiles('*')", 'matrix.shard + 1', 'null'])(
    'of what is not there are refused: %s',
    (expression) => {
      expect(() => evaluate(`\${{ ${expression} }}`, contexts)).toThrow();
    },
  );
});
