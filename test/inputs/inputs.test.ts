import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { loadCredentials } from '../../src/inputs/credentials.ts';
import { type Inputs, loadInputs } from '../../src/inputs/inputs.ts';

const KEY = 'sk-0123456789abcdef';
const UUID = '019abc12-9012-7890-abcd-ef1234567896';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;

let base = '';
let workspace = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'inputs-'));
  workspace = join(base, 'workspace');
  await mkdir(join(workspace, 'sub'), { recursive: true });
  await writeFile(join(base, 'outside.yml'), 'secret: 1');
  await writeFile(join(workspace, 'render.yml'), 'prompt: from the file\nsteps: 20');
  await writeFile(join(workspace, 'broken.yml'), 'a: b: c');
  await writeFile(join(workspace, 'utf-16.yml'), Buffer.from('\uFEFFprompt: café', 'utf16le'));
  await writeFile(join(workspace, 'utf-8.yml'), '\uFEFF{"prompt": "café"}');
  await writeFile(join(workspace, 'ansi.yml'), Buffer.from('prompt: café', 'latin1'));
  await writeFile(join(workspace, 'crlf.yml'), 'prompt: |\r\n  a\r\n  b\r\ntiling: true\r');
  await writeFile(join(workspace, 'empty.yml'), '');
  await writeFile(join(workspace, 'pointer.yml'), POINTER);
  await writeFile(join(workspace, '.env'), 'TOKEN: hunter2');
  await symlink('.env', join(workspace, 'linked.yml'));
  await symlink(base, join(workspace, 'out-link'));
  await symlink(join(workspace, 'sub'), join(workspace, 'in-link'));
  await symlink(workspace, join(base, 'link'));
});
afterAll(() => rm(base, { recursive: true }));

function sourcesOf(given: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const masked: string[] = [];
  const getInput = (name: string) => (given[name] ?? '').trim();
  return {
    getInput,
    env: { GITHUB_WORKSPACE: workspace, ...env },
    mask: (secret: string) => masked.push(secret),
    masked,
  };
}

const load = (given: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<Inputs> =>
  loadInputs(sourcesOf({ 'api-key': KEY, workflow: 'text-to-image', ...given }, env), { group: () => undefined });

async function refusalOf(given: Readonly<Record<string, string>>): Promise<string> {
  const error: unknown = await load(given).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RunError)) throw new Error(`${JSON.stringify(given)} was not refused: ${String(error)}`);
  expect(error.kind).toBe('input');
  return error.message;
}

describe('loadInputs', () => {
  test('has a default for everything but the key and the workflow', async () => {
    const inputs = await load({});
    expect(inputs).toEqual({
      apiKey: KEY,
      apiUrl: 'https://core.cyberun.cloud/api/v1',
      apiUrlSource: 'default',
      target: { workflow: 'text-to-image' },
      parameters: {},
      matrix: undefined,
      shard: undefined,
      maxParallel: 10,
      failFast: true,
      dispatchTarget: '',
      targetPool: '',
      submitterRegion: '',
      toolType: '',
      waitForCompletion: true,
      timeout: undefined,
      queueTimeout: undefined,
      cancelOnAbort: true,
      retries: 0,
      workspace,
      path: 'cyberun-outputs',
      folder: join(workspace, 'cyberun-outputs'),
      download: true,
      maxDownloadSize: 20e9,
      extract: false,
      pattern: [],
      ifNoFilesFound: 'warn',
      reuse: false,
      dryRun: false,
      gallery: false,
      logPreviews: false,
      summary: true,
    });
    expect(Object.isFrozen(inputs)).toBe(true);
  });

  test.each<[string, string, Partial<Inputs>]>([
    ['workflow', 'text-to-image@2', { target: { workflow: 'text-to-image@2' } }],
    ['workflow', UUID, { target: { workflow: UUID } }],
    ['parameters', 'prompt: a cat', { parameters: { prompt: 'a cat' } }],
    ['matrix', 'seed: [1, 2]', { matrix: { seed: [1, 2] } }],
    ['max-parallel', '3', { maxParallel: 3 }],
    ['fail-fast', 'false', { failFast: false }],
    ['dispatch-target', 'agent', { dispatchTarget: 'agent' }],
    ['target-pool', 'team', { targetPool: 'team' }],
    ['submitter-region', 'us-east', { submitterRegion: 'us-east' }],
    ['tool-type', 'comfyui', { toolType: 'comfyui' }],
    ['wait-for-completion', 'false', { waitForCompletion: false }],
    ['timeout', '1h30m', { timeout: 5_400_000 }],
    ['queue-timeout', '90s', { queueTimeout: 90_000 }],
    ['max-download-size', '500MB', { maxDownloadSize: 500e6 }],
    ['max-download-size', '0', { maxDownloadSize: undefined }],
    ['cancel-on-abort', 'FALSE', { cancelOnAbort: false }],
    ['retries', '0', { retries: 0 }],
    ['retries', '10', { retries: 10 }],
    ['download', 'False', { download: false }],
    ['gallery', 'True', { gallery: true }],
    ['log-previews', 'true', { logPreviews: true }],
    ['summary', 'false', { summary: false }],
    ['summary', 'TRUE', { summary: true }],
    ['if-no-files-found', 'error', { ifNoFilesFound: 'error' }],
    ['if-no-files-found', 'ignore', { ifNoFilesFound: 'ignore' }],
    ['path', 'sub/new', { path: 'sub/new' }],
  ])('reads %s: %s', async (name, value, expected) => {
    expect(await load({ [name]: value })).toMatchObject(expected);
  });

  test.each([
    ['workflow', 'Text to image'],
    ['workflow', '../admin'],
    ['workflow', 'a--b'],
    ['workflow', 'text-to-image@'],
    ['workflow', 'https://h/text-to-image'],
    ['parameters', '- a'],
    ['parameters', 'a: b: c'],
    ['matrix', '[1, 2]'],
    ['retries', '-1'],
    ['retries', '11'],
    ['retries', '1.5'],
    ['retries', '02'],
    ['retries', 'twice'],
    ['max-parallel', '0'],
    ['max-parallel', '-1'],
    ['max-parallel', '1.5'],
    ['max-parallel', '10000'],
    ['fail-fast', 'no'],
    ['wait-for-completion', '0'],
    ['timeout', '45'],
    ['timeout', '0s'],
    ['queue-timeout', 'soon'],
    ['max-download-size', '20'],
    ['max-download-size', 'huge'],
    ['cancel-on-abort', 'truely'],
    ['download', 'yes'],
    ['summary', 'on'],
    ['if-no-files-found', 'fail'],
    ['pattern', '../*.png'],
    ['pattern', '!'],
    ['pattern', '*.png\n\u0007'],
    ['path', '../elsewhere'],
    ['path', '/etc'],
    ['path', 'out-link'],
    ['path', 'out-link/deep/er'],
    ['path', 'render.yml'],
    ['path', 'render.yml/a'],
    ['path', 'x'.repeat(256)],
    ['path', '~'],
    ['path', '~/out'],
    ['path', '$HOME/out'],
    ['parameters-file', '~/render.yml'],
    ['parameters-file', 'ansi.yml'],
    ['parameters-file', 'empty.yml'],
    ['parameters-file', 'pointer.yml'],
    ['parameters-file', '../outside.yml'],
    ['parameters-file', 'out-link/outside.yml'],
    ['parameters-file', 'missing.yml'],
    ['parameters-file', 'sub'],
    ['parameters-file', 'broken.yml'],
    ['parameters-file', 'linked.yml'],
  ])('refuses %s: %s, and names the input', async (name, value) => {
    const message = await refusalOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^Input ${name}\\b`));
    expect(message).toMatch(/[Ww]rite |needs quotes/);
  });

  test('wants exactly one of workflow and task-id', async () => {
    expect(await refusalOf({ workflow: '' })).toContain('neither is given');
    expect(await refusalOf({ 'task-id': UUID })).toContain('both are given');
    expect(await load({ workflow: '', 'task-id': UUID })).toMatchObject({ target: { taskId: UUID } });
  });

  test.each(['..', '.', 'a/b', 'a b', 'a?b', 'a#b', '$(id)', 'a\nb', 'x'.repeat(129)])(
    'refuses %j as the id of a task',
    async (taskId) => {
      expect(await refusalOf({ workflow: '', 'task-id': taskId })).toContain('no task');
    },
  );

  test('refuses to attach to a task and not wait for it, or to many', async () => {
    const given = { workflow: '', 'task-id': UUID };
    expect(await refusalOf({ ...given, 'wait-for-completion': 'false' })).toContain('nothing to do');
    expect(await refusalOf({ ...given, matrix: 'a: [1]' })).toContain('task-id attaches');
  });

  test('wants a matrix with a shard, and no task', async () => {
    const shard = '2/5';
    expect(await load({ shard, matrix: 'a: [1]' })).toMatchObject({ shard: { index: 2, count: 5 } });
    expect(await load({ shard: ' 2 / 5 ', matrix: 'a: [1]' })).toMatchObject({ shard: { index: 2, count: 5 } });
    expect(await refusalOf({ shard })).toContain('a share of the input matrix, which is not given');
    expect(await refusalOf({ shard, workflow: '', 'task-id': UUID })).toContain('task-id attaches to a task');
    expect(await refusalOf({ shard: '6/5', matrix: 'a: [1]' })).toMatch(
      /^Input shard is 6\/5, .*Write e\.g\. `shard: /,
    );
  });

  test('lays the parameters over those of the file', async () => {
    expect((await load({ 'parameters-file': '.env' })).parameters).toEqual({ TOKEN: 'hunter2' });
    const inputs = await load({ 'parameters-file': 'render.yml', parameters: '{"prompt": "own"}' });
    expect(inputs.parameters).toEqual({ prompt: 'own', steps: 20 });
  });

  test.each(['utf-8.yml', 'utf-16.yml'])('reads %s, and drops its byte order mark', async (path) => {
    expect((await load({ 'parameters-file': path })).parameters).toEqual({ prompt: 'café' });
  });

  test('reads a file with the line ends of Windows', async () => {
    expect((await load({ 'parameters-file': 'crlf.yml' })).parameters).toEqual({ prompt: 'a\nb\n', tiling: true });
  });

  test.each([
    ['path', '~/out', '`path: out`'],
    ['path', '~', '`path: cyberun-outputs`'],
    ['path', '~/../out', '`path: cyberun-outputs`'],
    ['path', '$GITHUB_WORKSPACE/art/today', '`path: art/today`'],
    ['parameters-file', '~/assets/render.yml', '`parameters-file: assets/render.yml`'],
    ['parameters-file', 'ansi.yml', 'the byte 0xE9 at offset 11, in line 1 fits nothing. It may be Windows-1252'],
    ['parameters-file', 'empty.yml', 'which is empty'],
    ['parameters-file', 'sub', 'which is a folder. Write the path of a file'],
    ['parameters-file', 'pointer.yml', 'write `lfs: true` under `with:` of actions/checkout'],
    ['path', 'render.yml/a', 'which cannot be made, as render.yml is a file'],
  ])('says what is wrong with %s: %s', async (name, value, says) => {
    expect(await refusalOf({ [name]: value })).toContain(says);
  });

  test('says every problem at once, in the order of the inputs, and leaves nothing behind', async () => {
    const message = await refusalOf({
      workflow: 'text_to_image',
      parameters: '- a',
      'parameters-file': 'missing.yml',
      matrix: '[1]',
      shard: '0/5',
      'max-parallel': '0',
      'wait-for-completion': 'no',
      timeout: '5 parsecs',
      retries: '-1',
      'max-download-size': 'huge',
      pattern: '/a',
      'if-no-files-found': 'fail',
      path: '../out',
    });
    const names = [...message.matchAll(/\(\d+\) Input ([a-z-]+)/g)].map(([, name]) => name);
    expect(message).toMatch(/^There are 13 problems\. /);
    expect(names).toEqual([
      'wait-for-completion',
      'workflow',
      'path',
      'parameters',
      'parameters-file',
      'matrix',
      'shard',
      'max-parallel',
      'timeout',
      'retries',
      'max-download-size',
      'pattern',
      'if-no-files-found',
    ]);
    expect(await refusalOf({ path: 'sub/left/behind', retries: '-1' })).toMatch(/^Input retries is -1/);
    expect(await readdir(join(workspace, 'sub'))).not.toContain('left');
  });

  test('says that a folder cannot be made beside what else is wrong', async () => {
    const message = await refusalOf({ path: `sub/${'x'.repeat(256)}`, retries: '-1', 'dry-run': 'true' });
    expect(message).toMatch(
      /^There are 2 problems\. \(1\) Input retries is .* \(2\) Input path is .*a longer name than/,
    );
  });

  test.each([
    ['no flag is two problems', { download: 'no', reuse: 'true' }],
    ['a path that leads out is not made, too', { path: '..' }],
    ['a task beside a workflow is one problem', { 'task-id': UUID, matrix: 'a: [1]', shard: '1/2', 'dry-run': 'true' }],
    ['a matrix that cannot be read is given', { matrix: '[1]', shard: '1/2' }],
  ])('%s', async (_, given) => {
    expect(await refusalOf(given)).not.toMatch(/^There are/);
  });

  test('says each of what a task has no use for', async () => {
    const given = { 'task-id': UUID, workflow: '', matrix: 'a: [1]', shard: '1/2', 'dry-run': 'true' };
    expect(await refusalOf(given)).toMatch(
      /^There are 3 problems\. \(1\) Input matrix .*\(2\) Input shard .*\(3\) Input dry-run/,
    );
  });

  test('says a wrong key or address alone, as nothing else can be asked for with it', async () => {
    const wrong = { retries: '-1', timeout: 'soon' };
    expect(await refusalOf({ 'api-key': 'nonsense', ...wrong })).toMatch(/^Input api-key (?!.*retries)/);
    expect(await refusalOf({ 'api-url': 'nonsense', ...wrong })).toMatch(/^Input api-url (?!.*retries)/);
  });

  test.each([
    ['text_to_image', 'text-to-image'],
    ['Text to  Image', 'text-to-image'],
    ['text__to-_image@v_1', 'text-to-image@v_1'],
    ['a--b', 'a-b'],
    ['../admin', undefined],
    ['text_', undefined],
    ['text to image@', undefined],
  ])('guesses what %j was meant to be', async (workflow, guess) => {
    const message = await refusalOf({ workflow });
    if (guess === undefined) expect(message).not.toContain('Did you mean');
    else expect(message).toContain(`neither a UUID nor a slug. Did you mean ${guess}? Write e.g.`);
  });

  test('says that there is no workspace', async () => {
    const gone = load({}, { GITHUB_WORKSPACE: join(base, 'gone') });
    await expect(gone).rejects.toThrow(
      /^GITHUB_WORKSPACE is .*gone, and there is no such folder: .*actions\/checkout\.$/,
    );
    await expect(gone).rejects.toMatchObject({ kind: 'input' });
  });

  test('makes the folder where files are to come, and only there', async () => {
    const made = async (path: string) => (await stat(join(workspace, path)).catch(() => undefined)) !== undefined;
    await load({ path: 'made/one' });
    expect(await readdir(join(workspace, 'made/one'))).toEqual([]);
    await load({ path: 'made/two', download: 'false' });
    await load({ path: 'made/three', 'wait-for-completion': 'false' });
    await refusalOf({ path: 'made/four', timeout: 'soon' });
    expect(await readdir(join(workspace, 'made'))).toEqual(['one']);
    expect(await made('~')).toBe(false);
  });

  test('tells paths as the job knows them, whatever links lead there', async () => {
    const folderOf = async (path: string) => (await load({ path }, { GITHUB_WORKSPACE: join(base, 'link') })).folder;
    expect(await folderOf('out')).toBe(join(base, 'link/out'));
    expect(await folderOf('in-link/out')).toBe(join(base, 'link/in-link/out'));
    expect(await folderOf(join(base, 'link/out'))).toBe(join(base, 'link/out'));
    expect(await folderOf(join(workspace, 'out'))).toBe(join(base, 'link/out'));
    expect((await load({ path: 'in-link' })).folder).toBe(join(workspace, 'in-link'));
  });

  test.each([
    ...[
      '.git',
      '.GIT',
      '.github/workflows',
      'sub/.Git/hooks',
      './.github/',
      '.git.',
      '.git ',
      '.g\u200cit',
      'GIT~1',
      '.ｇｉｔ',
    ],
    'git-link/x',
  ])('refuses %j as path, where Git or GitHub runs what it finds', async (path) => {
    await mkdir(join(workspace, '.git'), { recursive: true });
    await symlink('.git', join(workspace, 'git-link')).catch(() => undefined);
    expect(await refusalOf({ path })).toMatch(/which leads into .*run by Git or by GitHub.*`path: cyberun-outputs`/);
  });

  test.each(['git', 'github', '.gitx', '.github-pages', 'a.git', '.gitignore.d', '...'])(
    'takes %j as path',
    async (path) => {
      expect((await load({ path })).folder).toBe(join(workspace, path));
    },
  );

  test('takes an absolute path that lies inside', async () => {
    expect((await load({ path: join(workspace, 'sub') })).folder).toBe(join(workspace, 'sub'));
    expect((await load({ path: '.' })).folder).toBe(workspace);
  });
});

describe('loadCredentials', () => {
  test('masks the key before it checks anything', () => {
    for (const given of [{ 'api-key': KEY, 'api-url': 'nonsense' }, { 'api-key': 'nonsense' }]) {
      const sources = sourcesOf(given);
      expect(() => loadCredentials(sources)).toThrow(RunError);
      expect(sources.masked).toEqual([given['api-key']]);
    }
  });

  test('masks no empty key, as that would hide everything', () => {
    const sources = sourcesOf({ 'api-key': ' ' });
    expect(() => loadCredentials(sources)).toThrow('Input api-key is empty');
    expect(sources.masked).toEqual([]);
  });

  test('never quotes the key, whatever is wrong', async () => {
    const key = fc
      .tuple(fc.constantFrom('sk-', 'dk-', 'ak-', 'eyJ', ' ', 'sk-\n', 'sk-é', ''), fc.stringMatching(/^[!-~]{12,30}$/))
      .map((parts) => parts.join('').trim());
    await fc.assert(
      fc.asyncProperty(key, fc.constantFrom('', 'http://h', 'no url', 'https://h?a'), async (apiKey, apiUrl) => {
        const wrong = { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'no slug', parameters: '[', timeout: 'x' };
        const message = await refusalOf(wrong);
        expect(message).not.toContain(apiKey.slice(3));
      }),
    );
  });

  test.each([
    ['ak-0123456789', 'agent key'],
    ['eyJhbGciOiJIUzI1NiJ9', 'user token'],
    ['ghp_0123456789', 'does not begin with sk-'],
    ['sk-', 'does not begin with sk-'],
    ['sk-one sk-two', 'white space'],
    ['sk-one\nsk-two', 'white space'],
    ['sk-“quoted”', 'a character that no key has'],
  ])('refuses the key %j: %s', (key, why) => {
    expect(() => loadCredentials(sourcesOf({ 'api-key': key }))).toThrow(why);
  });

  test('takes both from the environment where no input is given', () => {
    const env = { CYBERUN_API_KEY: ` dk-fromenv\n`, CYBERUN_API_URL: ' https://env.example/api/v1/ ' };
    const sources = sourcesOf({}, env);
    expect(loadCredentials(sources)).toEqual({
      apiKey: 'dk-fromenv',
      apiUrl: 'https://env.example/api/v1',
      apiUrlSource: 'environment',
    });
    expect(sources.masked).toEqual(['dk-fromenv']);
    expect(loadCredentials(sourcesOf({ 'api-key': KEY, 'api-url': 'https://own.example' }, env))).toEqual({
      apiKey: KEY,
      apiUrl: 'https://own.example',
      apiUrlSource: 'input',
    });
  });

  test.each([
    ['https://cyberun.example.com/api/v1//', 'https://cyberun.example.com/api/v1'],
    ['http://localhost:8080/api/v1', 'http://localhost:8080/api/v1'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.9.9.9/x', 'http://127.9.9.9/x'],
    ['http://[::1]:1/x', 'http://[::1]:1/x'],
  ])('takes the address %s', (address, expected) => {
    expect(loadCredentials(sourcesOf({ 'api-key': KEY, 'api-url': address })).apiUrl).toBe(expected);
  });

  test.each([
    'core.cyberun.cloud',
    'http://core.cyberun.cloud/api/v1',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://10.0.0.1',
    'ftp://localhost',
    'file:///etc/passwd',
    'https://user:password@h',
    'https://h/?token=password',
    'https://h/#password',
  ])('refuses the address %s', (address) => {
    let message = '';
    try {
      loadCredentials(sourcesOf({ 'api-key': KEY, 'api-url': address }));
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('Input api-url');
    expect(message).not.toContain('password@');
    expect(message).not.toContain('=password');
  });
});
