import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import { parseWorkflow, type WorkflowParameter } from '../../src/cyberun/schema.ts';
import type { LocalFile } from '../../src/transfer/upload.ts';
import { uploadFiles } from '../../src/workflow/files.ts';
import { findFile, lookAt } from '../../src/workflow/find-file.ts';
import { createFastClock } from '../base/fast-clock.ts';
import { clientOf, keptLog } from './service.ts';

const { signal } = new AbortController();

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;

function createWorkspace(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'files-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function accepting(...accept: string[]): WorkflowParameter {
  const [parameter] = parseWorkflow({ parameters: [{ key: 'image', type: 'file', accept }] }).parameters ?? [];
  if (parameter === undefined) throw new Error('no parameter');
  return parameter;
}

describe('findFile', () => {
  function createFiles(): string {
    const workspace = createWorkspace();
    mkdirSync(join(workspace, 'assets'));
    writeFileSync(join(workspace, 'assets/Sketch.PNG'), 'png');
    writeFileSync(join(workspace, 'empty.png'), '');
    writeFileSync(join(workspace, 'notes'), 'text');
    writeFileSync(join(workspace, 'pointer.png'), POINTER);
    writeFileSync(join(workspace, 'crlf-pointer.bin'), POINTER.replaceAll('\n', '\r\n'));
    writeFileSync(join(workspace, 'essay.txt'), `${POINTER}${'It goes on and on.'.repeat(100)}`);
    symlinkSync('assets/Sketch.PNG', join(workspace, 'link.png'));
    symlinkSync('/etc/hostname', join(workspace, 'out.png'));
    mkdirSync(join(workspace, '.git'));
    writeFileSync(join(workspace, '.git/config'), 'token');
    writeFileSync(join(workspace, '.env'), 'token');
    writeFileSync(join(workspace, 'gha-creds-0123456789abcdef.json'), '{}');
    writeFileSync(join(workspace, 'a lighthouse at dusk'), 'token');
    symlinkSync('.git/config', join(workspace, 'config.png'));
    symlinkSync('.git', join(workspace, 'repo'));
    symlinkSync('gha-creds-0123456789abcdef.json', join(workspace, 'key.json'));
    execFileSync('mkfifo', [join(workspace, 'pipe.png')]);
    symlinkSync('nowhere', join(workspace, 'dangling.png'));
    symlinkSync(tmpdir(), join(workspace, 'away'));
    return workspace;
  }
  const local = (workspace: string, path: string, bytes: number, mediaType: string) => {
    const parts = path.split('/');
    const { dev, ino, mtimeNs } = statSync(join(workspace, path), { bigint: true });
    const sha256 = createHash('sha256')
      .update(readFileSync(join(workspace, path)))
      .digest('hex');
    const file = { path: join(workspace, path), place: path, name: parts.at(-1), bytes, sha256, mediaType };
    return { kind: 'local', file: { ...file, identity: { dev, ino, mtimeNs } } };
  };

  test('finds a file of the workspace, and what it is', async () => {
    const workspace = createFiles();
    const find = (value: string) => findFile(accepting(), value, workspace, signal);
    const sketch = local(workspace, 'assets/Sketch.PNG', 3, 'image/png');
    expect(await find('assets/Sketch.PNG')).toEqual(sketch);
    expect(await find('./assets/../assets/Sketch.PNG')).toEqual(sketch);
    expect(await find(join(workspace, 'assets/Sketch.PNG'))).toEqual(sketch);
    expect(await find('link.png')).toEqual(sketch);
    expect(await find('./notes')).toEqual(local(workspace, 'notes', 4, 'application/octet-stream'));
  });

  test.each(['inputs/0f8f3a52-3a62-4d6e-9d0a-5a7d9a2f1c11/sketch.png', 'inputs/1/sketch'])(
    'takes %s for a file_key',
    async (value) => {
      expect(await findFile(accepting('image/png'), value, createFiles(), signal)).toEqual({ kind: 'key' });
    },
  );

  const OUT = 'which leads out of the workspace; accepted: the path of a file inside it';
  const NONE =
    'and there is no such file in the workspace; is the repository checked out, or the file made, before this step? (a file_key is written {file_key: ...})';
  const NO_PATH =
    'which looks like no path; accepted: one with a folder or an extension, such as ./sketch or sketch.png, or {file_key: ...}';
  const SECRET = (name: string) =>
    `and ${name} may hold secrets; accepted: a file that is not hidden, in no folder that is, and not another action's credentials`;
  const LFS =
    'which is only a pointer of Git LFS, not the file itself: write `lfs: true` under `with:` of actions/checkout';
  const SHELL = (word: string, right: string) =>
    `and nothing replaces ${word} here, as no shell reads it; accepted: the path of a file below the workspace, such as ${right}`;
  test.each([
    ['../secret.png', OUT],
    ['/etc/hostname', OUT],
    ['out.png', OUT],
    ['away/x.png', OUT],
    ['dangling.png', OUT],
    ['scetch.png', NONE],
    ['assets/scetch.png', NONE],
    ['./inputs/1/a.png', NONE],
    ['tasks/1/output.png', NONE],
    ['missing/sketch.png', NONE],
    ['notes', NO_PATH],
    ['a lighthouse at dusk', NO_PATH],
    ['Mr. Smith', NO_PATH],
    ['019abc12-9012-7890-abcd-ef1234567896', NO_PATH],
    ['.git/config', SECRET('.git')],
    ['.env', SECRET('.env')],
    ['./assets/../.ssh/id_ed25519', SECRET('.ssh')],
    ['assets/.hidden/a.png', SECRET('.hidden')],
    ['.github/logo.png', SECRET('.github')],
    ['.missing/a.png', SECRET('.missing')],
    ['gha-creds-0123456789abcdef.json', SECRET('gha-creds-0123456789abcdef.json')],
    ['assets/GHA-CREDS-0.JSON', SECRET('GHA-CREDS-0.JSON')],
    ['config.png', SECRET('.git')],
    ['repo/config', SECRET('.git')],
    ['key.json', SECRET('gha-creds-0123456789abcdef.json')],
    ['pipe.png', 'which is no file'],
    ['./assets', 'which is no file'],
    ['empty.png', 'which is empty; did the step that made it fail?'],
    ['pointer.png', LFS],
    ['crlf-pointer.bin', LFS],
    ['~/sketch.png', SHELL('~', 'sketch.png')],
    ['~', SHELL('~', 'assets/sketch.png')],
    ['$HOME/a/b.png', SHELL('$HOME', 'a/b.png')],
  ])('refuses %s', async (value, problem) => {
    expect(await findFile(accepting(), value, createFiles(), signal)).toEqual({
      kind: 'problem',
      problem: `image: given "${value}", ${problem}`,
    });
  });

  test.each(['link.png', 'through/Sketch.PNG'])(
    'opens no file by a link that was put there meanwhile: %s',
    async (path) => {
      const workspace = createFiles();
      symlinkSync('assets', join(workspace, 'through'));
      expect(await lookAt(join(workspace, 'assets/Sketch.PNG'), signal)).toMatchObject({ bytes: 3 });
      expect(await lookAt(join(workspace, path), signal)).toEqual({
        fault: 'which was written to, or replaced by a link or another file, while it was looked at',
      });
    },
  );

  test('sends no file that became shorter while it was looked at', async () => {
    const path = join(createFiles(), 'assets/Sketch.PNG');
    // Asked just before it is read.
    const meanwhile = Object.assign(new AbortController().signal, { throwIfAborted: () => truncateSync(path, 1) });
    expect(await lookAt(path, meanwhile)).toEqual({
      fault: 'which was written to, or replaced by a link or another file, while it was looked at',
    });
  });

  test('whatever the service takes for a file, nothing hidden leaves by a value', async () => {
    const workspace = createFiles();
    const part = fc.constantFrom(
      '.',
      '..',
      'assets',
      '.git',
      'config',
      '.env',
      'repo',
      'Sketch.PNG',
      'key.json',
      'link.png',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 6 }), async (parts) => {
        const found = await findFile(accepting(), parts.join('/'), workspace, signal);
        if (found.kind === 'local') expect(found.file.place).toBe('assets/Sketch.PNG');
      }),
    );
  });

  test('takes a text about Git LFS for what it is', async () => {
    expect(await findFile(accepting(), 'essay.txt', createFiles(), signal)).toMatchObject({ kind: 'local' });
  });

  test('knows a file by whatever name the workspace has', async () => {
    const workspace = createFiles();
    symlinkSync(workspace, join(workspace, 'assets/link'));
    const through = await findFile(accepting(), 'link.png', join(workspace, 'assets/link'), signal);
    expect(through).toEqual(local(workspace, 'assets/Sketch.PNG', 3, 'image/png'));
  });

  test.skipIf(process.getuid?.() === 0)('refuses a file that may not be read', async () => {
    const workspace = createFiles();
    chmodSync(join(workspace, 'notes'), 0);
    expect(await findFile(accepting(), './notes', workspace, signal)).toMatchObject({ problem: /may not read/ });
  });

  test.each([
    [['image/png'], true],
    [['image/jpeg', 'image/*'], true],
    [[' IMAGE/PNG '], true],
    [['.png'], true],
    [['*/*'], true],
    [['image/jpeg'], false],
    [['video/*'], false],
    [['.jpg'], false],
    [['image'], false],
  ])('for %j a PNG is accepted: %s', async (accept, isAccepted) => {
    const found = await findFile(accepting(...accept), 'link.png', createFiles(), signal);
    expect(found.kind).toBe(isAccepted ? 'local' : 'problem');
    if (found.kind !== 'problem') return;
    expect(found.problem).toBe(
      `image: given "link.png", which is image/png by its name; accepted: ${accept.join(', ')}`,
    );
  });

  test('takes image/jpg, which is not registered, for image/jpeg', async () => {
    const workspace = createFiles();
    writeFileSync(join(workspace, 'a.jpg'), 'jpg');
    expect(await findFile(accepting('image/jpg'), 'a.jpg', workspace, signal)).toMatchObject({
      file: { mediaType: 'image/jpeg' },
    });
  });
});

describe('uploadFiles', () => {
  function upload(
    emulator: Emulator,
    files: readonly LocalFile[],
    signal = new AbortController().signal,
    clock = systemClock,
  ) {
    const log = keptLog();
    const wire = createWire();
    onTestFinished(wire[Symbol.asyncDispose]);
    const context = { service: clientOf(emulator), wire, isHome: () => true, disk: systemDisk, clock, log, signal };
    const uploading = uploadFiles(files, context);
    return Object.assign(uploading, { lines: log.lines });
  }

  function createFile(workspace: string, name: string, content: string): LocalFile {
    const path = join(workspace, name);
    writeFileSync(path, content);
    const identity = statSync(path, { bigint: true });
    return { path, place: name, name, bytes: Buffer.byteLength(content), sha256: '', mediaType: 'image/png', identity };
  }

  const kinds = (emulator: Emulator) => emulator.requests.map(({ kind, status }) => `${kind} ${status}`);

  test('gives every file a key of its own, and uploads the same one once', async () => {
    await using emulator = await startEmulator();
    const workspace = createWorkspace();
    const files = ['a', 'b', 'a', 'c'].map((name) => createFile(workspace, `${name}.png`, `the bytes of ${name}`));
    const uploading = upload(emulator, files);
    const keys = await uploading;
    expect([...keys.keys()]).toEqual(['a', 'b', 'c'].map((name) => join(workspace, `${name}.png`)));
    for (const [path, key] of keys) {
      expect(Buffer.from(emulator.objects.get(key)?.bytes ?? []).toString()).toBe(`the bytes of ${path.at(-5)}`);
    }
    expect(kinds(emulator).toSorted()).toEqual([...Array(3).fill('presign 200'), ...Array(3).fill('storage-put 200')]);
    expect(uploading.lines).toEqual(['Uploading a.png (14 B), b.png (14 B), c.png (14 B)']);
  });

  test('uploads four at a time', async () => {
    await using emulator = await startEmulator();
    const workspace = createWorkspace();
    const files = Array.from({ length: 9 }, (_, index) => createFile(workspace, `${index}.png`, 'x'));
    emulator.fault({ kind: 'storage-put', times: 9, fault: { type: 'delay', ms: 50 } });
    const uploading = upload(emulator, files);
    await uploading;
    expect(uploading.lines).toEqual([
      'Uploading 9 files (9 B)',
      'group: files to upload',
      ...files.map(({ name }) => `  ${name} (1 B)`),
    ]);
    const spans = emulator.requests.filter(({ kind }) => kind === 'storage-put');
    const atOnce = spans.map(({ at }) => spans.filter((other) => other.at <= at && (other.closedAt ?? 0) > at).length);
    expect(Math.max(...atOnce)).toBe(4);
  });

  test('asks for nothing when there is nothing to upload', async () => {
    await using emulator = await startEmulator();
    const uploading = upload(emulator, []);
    expect([(await uploading).size, uploading.lines, emulator.requests]).toEqual([0, [], []]);
  });

  test('ends the others, and begins no more, when one cannot be uploaded', async () => {
    await using emulator = await startEmulator();
    const workspace = createWorkspace();
    const files = Array.from({ length: 9 }, (_, index) => createFile(workspace, `${index}.png`, 'x'));
    emulator.fault({
      kind: 'storage-put',
      when: ({ path }) => path.endsWith('3.png'),
      fault: { type: 'status', status: 404 },
    });
    emulator.fault({ kind: 'storage-put', times: 9, fault: { type: 'stall' } });
    await expect(upload(emulator, files)).rejects.toMatchObject({
      kind: 'submit',
      message:
        'Nothing was submitted, as 3.png (1 B) could not be uploaded. The storage answered 404 NotFound: Not Found.',
    });
    await emulator.waitFor(({ requests }) => requests.every(({ closedAt }) => closedAt !== undefined));
    expect(kinds(emulator).filter((kind) => kind.startsWith('storage-put'))).toHaveLength(4);
  });

  test('says once that the storage asks for a long wait, however many wait', async () => {
    await using emulator = await startEmulator();
    const workspace = createWorkspace();
    const files = Array.from({ length: 6 }, (_, index) => createFile(workspace, `${index}.png`, 'x'));
    const fault: Fault = { type: 'status', status: 503, headers: { 'retry-after': '60' } };
    emulator.fault({ kind: 'storage-put', times: 5, fault });
    const uploading = upload(emulator, files, undefined, createFastClock(1000));
    await uploading;
    const waits = uploading.lines.filter((line) => line.includes('again'));
    expect(waits).toEqual([expect.stringMatching(/^The storage answered 503 .* Trying again in 1m\.$/)]);
  });

  test('names the file when the service gives no place for it', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'presign', fault: { type: 'status', status: 400, body: 'the file is larger than 100 MB' } });
    const file = createFile(createWorkspace(), 'a.png', 'x');
    await expect(upload(emulator, [file])).rejects.toThrow(
      /^Nothing was submitted, as a\.png \(1 B\) could not be uploaded\. The service refused a request \(400: the file is larger than 100 MB\)\. That was POST \/r\/files\/presign\.$/,
    );
  });

  test('ends with the job', async () => {
    await using emulator = await startEmulator();
    emulator.fault({ kind: 'storage-put', fault: { type: 'stall' } });
    const job = new AbortController();
    const uploading = upload(emulator, [createFile(createWorkspace(), 'a.png', 'x')], job.signal);
    await emulator.waitFor(({ requests }) => requests.some(({ kind }) => kind === 'storage-put'));
    job.abort(new Error('the job was cancelled'));
    await expect(uploading).rejects.toThrow('the job was cancelled');
  });
});
