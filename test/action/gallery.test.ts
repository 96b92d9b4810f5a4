import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour, EmulatedOutput } from '../../emulator/workflows.ts';
import { picture } from '../gallery/given.ts';
import { annotationsOf, callsOf, countOf, filesOf, namesOf, preload, quick, runAction, SMALL } from './harness.ts';

const ART = 'cyberun-outputs';
const PAGE = `${ART}/index.html`;
const GIVEN = { workflow: 'quick', parameters: 'prompt: a cat\nscale: 2', gallery: 'true' };
const PNG = { output: '9.images.0', name: 'hero.png', bytes: picture(), contentType: 'image/png' } as const;
const start = (outputs: readonly EmulatedOutput[] = [PNG]) =>
  startEmulator({ workflows: [quick({ behaviour: { outputs } })] });
const cardsIn = (page: string) => page.split('<li class="card"').length - 1;
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function read(workspace: string, name = PAGE): string {
  return readFileSync(join(workspace, name), 'utf8');
}

/** The files that a record lists: digests by place. */
function listedIn(workspace: string, name = `${ART}/cyberun-run.json`): Record<string, string[]> {
  const { runDetails, earlier } = JSON.parse(read(workspace, name));
  const all: { name: string; digest?: { sha256: string } }[] = [...earlier, ...runDetails.byproducts];
  const files = all.flatMap(({ name, digest }) => (digest === undefined ? [] : [{ name, sha256: digest.sha256 }]));
  const groups = Map.groupBy(files, (file) => file.name);
  return Object.fromEntries([...groups].map(([place, lines]) => [place, lines.map(({ sha256 }) => sha256)]));
}

/** A step in the folder that an earlier one left. */
function again(emulator: Emulator, from: string, given: Record<string, string>, change = (_art: string) => {}) {
  return runAction({
    emulator,
    with: given,
    prepare(workspace) {
      cpSync(join(from, ART), join(workspace, ART), { recursive: true });
      change(join(workspace, ART));
    },
  });
}

describe('a page of one task', () => {
  test('is in path and in the record, and in no list of files', async () => {
    await using emulator = await start([PNG, { ...PNG, output: '9.images.1', name: 'index.html' }]);
    await using action = runAction({ emulator, with: GIVEN });
    const result = await action.done;
    expect(result).toMatchObject({
      exitCode: 0,
      annotations: [],
      outputs: { 'gallery-path': join(action.workspace, PAGE) },
    });
    expect(result.log).toContain('Gallery: cyberun-outputs/index.html');
    const names = ['SHA256SUMS', 'cyberun-run.json', 'hero.png', 'index-2.html', 'index.html'];
    expect(namesOf(join(action.workspace, ART))).toEqual(names);
    const page = read(action.workspace);
    expect(cardsIn(page)).toBe(2);
    expect(page).toContain(picture().toString('base64'));
    for (const part of ['Quick', 'a cat', 'scale', digest(picture()), 'quick@7']) expect(page).toContain(part);
    expect(listedIn(action.workspace)['index.html']).toEqual([digest(Buffer.from(page))]);
    expect(read(action.workspace, `${ART}/SHA256SUMS`)).not.toContain('index.html');
    expect(JSON.parse(result.outputs.files ?? '').map(({ name }: { name: string }) => name)).toEqual([
      'hero.png',
      'index-2.html',
    ]);
  });

  test('is not there without the input, nor where nothing came; what came of an earlier one stays', async () => {
    await using emulator = await start();
    await using plain = runAction({ emulator, with: { ...GIVEN, gallery: 'false' } });
    expect((await plain.done).outputs['gallery-path'] ?? '').toBe('');
    expect(namesOf(plain.workspace)).not.toContain(PAGE);
    await using none = runAction({ emulator, with: { ...GIVEN, pattern: 'nothing' } });
    expect((await none.done).outputs['gallery-path'] ?? '').toBe('');
    expect(namesOf(none.workspace)).toEqual([]);
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    await using second = again(emulator, first.workspace, { ...GIVEN, gallery: 'false', parameters: 'prompt: b' });
    expect(await second.done).toMatchObject({ exitCode: 0 });
    expect(read(second.workspace)).toBe(read(first.workspace));
    expect(read(second.workspace, `${ART}/SHA256SUMS`)).not.toContain('index.html');
    await using third = again(emulator, second.workspace, { ...GIVEN, parameters: 'prompt: c' });
    expect(await third.done).toMatchObject({ exitCode: 0 });
    expect(listedIn(third.workspace)['index.html']).toEqual([digest(Buffer.from(read(third.workspace)))]);
  });

  test('with reuse is made anew of what is there, with no request, and leaves what is reused as it was', async () => {
    await using emulator = await start();
    await using first = runAction({
      emulator,
      with: { ...GIVEN, parameters: 'prompt: a cat\nseed: 18446744073709551615' },
    });
    await first.done;
    const given = { ...GIVEN, parameters: 'prompt: a cat\nseed: 18446744073709551615', reuse: 'true' };
    for (const change of [() => {}, (art: string) => rmSync(join(art, 'index.html'))]) {
      const asked = emulator.requests.length;
      await using second = again(emulator, first.workspace, given, change);
      const result = await second.done;
      expect(result).toMatchObject({ exitCode: 0, annotations: [] });
      expect(emulator.requests.slice(asked).map(({ kind }) => kind)).toEqual(['workflow']);
      const page = read(second.workspace);
      expect(page).toContain('in an earlier run');
      expect(page).toContain(picture().toString('base64'));
      expect(listedIn(second.workspace)['index.html']).toEqual([digest(Buffer.from(page))]);
      const { 'index.html': _, 'cyberun-run.json': record, ...others } = filesOf(join(second.workspace, ART));
      const { 'index.html': __, 'cyberun-run.json': before, ...same } = filesOf(join(first.workspace, ART));
      expect(others).toEqual(same);
      expect(record?.toString()).toContain('"seed":18446744073709551615');
      // And a third finds the record as good as before.
      await using third = again(emulator, second.workspace, given);
      expect(JSON.parse((await third.done).outputs.tasks ?? '')).toMatchObject([{ reused: true }]);
      expect(before).toBeDefined();
    }
    expect(countOf(emulator, 'submit')).toBe(1);
  });
});

describe('an index.html of somebody else', () => {
  test.each([
    ['in a folder without a record', 'write', {}],
    ['of a share', 'share', { matrix: 'seed: [1, 2]', shard: '1/2', parameters: '' }],
  ])('%s is refused before anything is submitted', async (_, kind, more) => {
    const name = kind === 'share' ? 'index-1-of-2.html' : 'index.html';
    await using emulator = await start();
    await using action = runAction({ emulator, files: { [`${ART}/${name}`]: 'mine' }, with: { ...GIVEN, ...more } });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')[0]).toMatch(
      new RegExp(
        `^Input path is cyberun-outputs, and there lies a file ${name} that no cyberun-run.*nothing was submitted`,
      ),
    );
    expect(callsOf(emulator)).toEqual([]);
    expect(filesOf(join(action.workspace, ART))).toEqual({ [name]: Buffer.from('mine') });
  });

  test('is one of ours that was changed; without the input, both are left alone', async () => {
    await using emulator = await start();
    await using first = runAction({ emulator, with: GIVEN });
    await first.done;
    const change = (art: string) => writeFileSync(join(art, 'index.html'), 'changed');
    await using second = again(emulator, first.workspace, GIVEN, change);
    expect(annotationsOf(await second.done, 'error')[0]).toContain('lies a file index.html that no ');
    expect(countOf(emulator, 'submit')).toBe(1);
    await using third = again(emulator, first.workspace, { ...GIVEN, gallery: 'false' }, change);
    expect(await third.done).toMatchObject({ exitCode: 0 });
    expect(read(third.workspace)).toBe('changed');
  });

  test('that comes meanwhile stays, and the step says so; the files are there', async () => {
    await using emulator = await start();
    const intruder = preload(
      `const fs = process.getBuiltinModule('fs'); const p = process.getBuiltinModule('fs/promises');
       const { link } = p; const { syncBuiltinESMExports } = process.getBuiltinModule('module');
       p.link = async (from, to) => { if (to.endsWith('index.html')) fs.writeFileSync(to, 'mine'); return link(from, to); };
       syncBuiltinESMExports();`,
    );
    await using action = runAction({ emulator, with: GIVEN, nodeOptions: intruder });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', file: `${ART}/hero.png` } });
    expect(result.outputs['gallery-path'] ?? '').toBe('');
    expect(result.outputs.error).toMatch(/^The files are there, but index\.html, the gallery, could not be written: /);
    expect(read(action.workspace)).toBe('mine');
    expect(namesOf(join(action.workspace, ART)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a page of a matrix', () => {
  const matrix = 'prompt: [a cat, a dog]\nseed: [1, 2]';

  test('is one for all, in path, of what came', async () => {
    const behaviour = ({ prompt, seed }: Readonly<Record<string, unknown>>): Behaviour => ({
      steps: 3,
      ending: prompt === 'a dog' && seed === 2 ? 'failed' : 'completed',
      outputs: [PNG],
    });
    await using emulator = await startEmulator({ workflows: [{ ...quick(), behaviour }] });
    const given = { ...GIVEN, parameters: 'scale: 2', matrix, 'fail-fast': 'false' };
    await using action = runAction({ emulator, with: given });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { 'gallery-path': join(action.workspace, PAGE) } });
    const page = read(action.workspace);
    expect(cardsIn(page)).toBe(3);
    expect(page).toContain('a dog, 2: failed');
    expect(page).toContain('href="a-cat-1/hero.png"');
    expect(page).toContain('<dt dir="auto">scale</dt><dd dir="auto">2</dd>');
    expect(namesOf(action.workspace).filter((name) => name.endsWith('.html'))).toEqual([PAGE]);
    expect(listedIn(action.workspace)['index.html']).toEqual([digest(Buffer.from(page))]);
    await using second = again(emulator, action.workspace, { ...given, reuse: 'true' });
    expect(await second.done).toMatchObject({ exitCode: 1 });
    expect(cardsIn(read(second.workspace))).toBe(3);
    expect(listedIn(second.workspace)['index.html']).toEqual([digest(Buffer.from(read(second.workspace)))]);
  });

  test('has a name of its own in each share', async () => {
    await using emulator = await start();
    await using action = runAction({ emulator, with: { ...GIVEN, parameters: '', matrix, shard: '2/3' } });
    const result = await action.done;
    expect(result.outputs['gallery-path']).toBe(join(action.workspace, ART, 'index-2-of-3.html'));
    expect(existsSync(join(action.workspace, PAGE))).toBe(false);
    const { 'index-2-of-3.html': digests } = listedIn(action.workspace, `${ART}/cyberun-run-2-of-3.json`);
    expect(digests).toEqual([digest(Buffer.from(read(action.workspace, `${ART}/index-2-of-3.html`)))]);
  });
});

test('an abort while files come leaves no page, and no half one', async () => {
  await using emulator = await start([PNG, { ...SMALL, output: '2', name: 'slow.png', bytes: 50_000_000 }]);
  await using action = runAction({
    emulator,
    with: GIVEN,
    onLine: (line) => {
      if (line.includes('Downloading')) action.kill('SIGINT');
    },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { error: expect.stringContaining('SIGINT') } });
  expect(result.outputs['gallery-path'] ?? '').toBe('');
  expect(namesOf(action.workspace).filter((name) => /html|\.part$/.test(name))).toEqual([]);
});

test('an abort while it is written leaves no page, no half one, and the files', async () => {
  await using emulator = await start();
  const abort = preload(
    `const p = process.getBuiltinModule('fs/promises'); const { open } = p;
     const { syncBuiltinESMExports } = process.getBuiltinModule('module'); let reads = 0;
     p.open = async (path, flags) => { if (path.endsWith('hero.png') && ++reads === 1) process.kill(process.pid, 'SIGINT'); return open(path, flags); };
     syncBuiltinESMExports();`,
  );
  await using action = runAction({ emulator, with: GIVEN, nodeOptions: abort });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 1, outputs: { error: expect.stringContaining('SIGINT') } });
  expect(namesOf(join(action.workspace, ART))).toEqual(['SHA256SUMS', 'cyberun-run.json', 'hero.png']);
});

test('what a hostile service says is in it as text, without a secret', async () => {
  const agentId = '<script>alert(1)</script> sk-abcdefghijklmnopqrstuvwxyz0123456789';
  await using emulator = await startEmulator({
    workflows: [
      quick({
        display_name: '</title><script>alert(2)</script>',
        behaviour: {
          outputs: [PNG],
          extra: { task: { agent_id: agentId, gpu_type: '"><img src=x onerror=alert(3)>' } },
        },
      }),
    ],
  });
  const prompt = JSON.stringify('</dd><script>alert(4)</script>');
  await using action = runAction({ emulator, with: { ...GIVEN, parameters: `{"prompt": ${prompt}}` } });
  expect(await action.done).toMatchObject({ exitCode: 0 });
  const page = read(action.workspace);
  expect(page).not.toMatch(/<script>alert|<img src=x|sk-abc/);
  for (const number of [1, 2, 4]) expect(page).toContain(`alert(${number})`);
  expect(page).not.toContain(emulator.apiKey);
  for (const { query } of emulator.requests) {
    const signature = query['X-Amz-Signature'];
    if (signature !== undefined) expect(page).not.toContain(signature);
  }
});

test.each(['download', 'wait-for-completion'])('is refused with %s: false', async (name) => {
  await using emulator = await start();
  await using action = runAction({ emulator, with: { ...GIVEN, [name]: 'false' } });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    `Input gallery shows the files that this step brings, and with ${name}: false it brings none. Write \`${name}: true\`, or leave gallery out.`,
  ]);
  expect(callsOf(emulator)).toEqual([]);
});
