import { expect, test } from 'vitest';
import { imageToImage } from '../../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { createObject } from '../../emulator/objects.ts';
import { annotationsOf, callsOf, countOf, quick, runAction, SMALL } from './harness.ts';

const FILES = quick({
  parameters: [
    { key: 'image', type: 'file', required: true, accept: ['image/png', 'image/jpeg'] },
    { key: 'mask', type: 'file', accept: ['image/png'] },
    { key: 'seed', type: 'number' },
  ],
});

/** What was submitted, with the content of the stored file in place of each key. */
function submitted({ tasks, objects }: Emulator): Record<string, unknown>[] {
  const contentOf = (value: unknown) => {
    const object = typeof value === 'string' ? objects.get(value) : undefined;
    return object === undefined ? value : Buffer.from(object.bytes).toString();
  };
  return tasks.map(({ submission }) =>
    Object.fromEntries(Object.entries(submission.parameters).map(([key, value]) => [key, contentOf(value)])),
  );
}

test('files of the workspace are uploaded before the submit, all signed headers and no key with them', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  await using action = runAction({
    emulator,
    files: { 'assets/sketch.png': 'a sketch', 'mask.png': 'a mask' },
    with: { workflow: 'quick', parameters: 'image: assets/sketch.png\nmask: ./mask.png\nseed: 7' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(submitted(emulator)).toEqual([{ image: 'a sketch', mask: 'a mask', seed: 7 }]);
  const puts = emulator.requests.filter(({ kind }) => kind === 'storage-put');
  expect(puts.map(({ status }) => status)).toEqual([200, 200]);
  for (const { headers } of puts) {
    expect(headers).toMatchObject({ 'content-type': 'image/png', 'if-none-match': '*' });
    expect(headers).not.toHaveProperty('authorization');
  }
  const submit = emulator.requests.find(({ kind }) => kind === 'submit');
  expect(puts.every(({ closedAt = Number.NaN }) => closedAt <= (submit?.at ?? 0))).toBe(true);
  expect(result.log).toContain('Uploading assets/sketch.png (8 B), mask.png (6 B)');
  expect(JSON.parse(result.outputs.tasks ?? '')).toMatchObject([
    { parameters: { image: expect.stringMatching(/^inputs\/.*\/sketch\.png$/), seed: 7 } },
  ]);
});

test('a matrix uploads each file once, however many combinations name it', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  await using action = runAction({
    emulator,
    files: { 'a.png': 'the bytes of a', 'b.png': 'the bytes of b' },
    with: { workflow: 'quick', parameters: 'mask: a.png', matrix: 'image: [a.png, b.png, ./a.png]\nseed: [1, 2]' },
  });
  const result = await action.done;
  expect(result.exitCode).toBe(0);
  expect([countOf(emulator, 'presign'), countOf(emulator, 'storage-put')]).toEqual([2, 2]);
  const images = submitted(emulator).map(({ image, mask, seed }) => `${image}, ${mask}, ${seed}`);
  expect(images.toSorted()).toEqual(
    [1, 2].flatMap((seed) => ['a', 'a', 'b'].map((name) => `the bytes of ${name}, the bytes of a, ${seed}`)).toSorted(),
  );
});

test('a file_key of an earlier upload is passed as it is', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  const with_ = { workflow: 'quick', parameters: 'image: sketch.png' };
  await using first = runAction({ emulator, files: { 'sketch.png': 'a sketch' }, with: with_ });
  const [task] = JSON.parse((await first.done).outputs.tasks ?? '');
  await using second = runAction({
    emulator,
    with: { workflow: 'quick', parameters: `image: ${task.parameters.image}` },
  });
  const result = await second.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(submitted(emulator)).toEqual([{ image: 'a sketch' }, { image: 'a sketch' }]);
  expect(countOf(emulator, 'presign')).toBe(1);
  expect(result.log).toContain(
    `Nothing in the workspace is called ${task.parameters.image}, so it is passed on as a file_key`,
  );
});

test('any other key is written as one', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  const object = createObject(Buffer.from('a picture'), 'image/png');
  for (const key of ['tasks/1/a.png', 'b']) emulator.objects.set(key, object);
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', parameters: 'image: { file_key: tasks/1/a.png }', matrix: 'mask: [{ file_key: b }]' },
  });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(emulator.tasks[0]?.submission.parameters).toEqual({ image: 'tasks/1/a.png', mask: 'b' });
  expect(countOf(emulator, 'presign')).toBe(0);
});

test('a file that the checkout does not have is no key, and spends no run', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'image: assets/sketch.png' } });
  expect(annotationsOf(await action.done, 'error')).toEqual([
    expect.stringContaining('image: given "assets/sketch.png", and there is no such file in the workspace; is the'),
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200']);
});

test.each([
  ['.git/config', '.git may hold secrets'],
  ['config.png', '.git may hold secrets'],
  ['gha-creds-1.json', 'gha-creds-1.json may hold secrets'],
  ['a lighthouse', 'which looks like no path'],
])('a service that declares what was a text as a file does not get %s', async (value, reason) => {
  await using emulator = await startEmulator({ workflows: [quick({ parameters: [{ key: 'prompt', type: 'file' }] })] });
  await using action = runAction({
    emulator,
    files: { '.git/config': 'a token', 'gha-creds-1.json': '{}', 'a lighthouse': 'a token' },
    links: { 'config.png': '.git/config' },
    with: { workflow: 'quick', parameters: `prompt: ${value}` },
  });
  expect(annotationsOf(await action.done, 'error')).toEqual([expect.stringContaining(reason)]);
  expect(callsOf(emulator)).toEqual(['workflow 200']);
});

test('what is wrong with files is one error together with the rest, and nothing is uploaded', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  await using action = runAction({
    emulator,
    files: { 'sketch.png': 'a sketch', 'notes.txt': 'text' },
    links: { 'out.png': '/etc/hostname' },
    with: {
      workflow: 'quick',
      parameters: 'image: out.png\nseed: x',
      matrix: 'mask: [sketch.png, notes.txt, none.png]',
    },
  });
  const result = await action.done;
  expect(annotationsOf(result, 'error')).toEqual([
    'The values in the inputs parameters and matrix do not fit the workflow quick: ' +
      'seed: given "x", accepted: a number. ' +
      'image: given "out.png", which leads out of the workspace; accepted: the path of a file inside it. ' +
      'mask: given "notes.txt", which is text/plain by its name; accepted: image/png (in notes.txt). ' +
      'mask: given "none.png", and there is no such file in the workspace; is the repository checked out, or the file made, before this step? (a file_key is written {file_key: ...}) (in none.png). ' +
      'Nothing was submitted.',
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200']);
});

test('an upload survives faults of the storage, each try with a fresh presign', async () => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  emulator.fault({ kind: 'storage-put', fault: { type: 'refuse', afterBytes: 100_000 } });
  emulator.fault({ kind: 'storage-put', fault: { type: 'expired', form: 'aws' } });
  emulator.fault({ kind: 'storage-put', fault: { type: 'status', status: 412 } });
  const sketch = Buffer.alloc(400_000, 'sketch');
  await using action = runAction({
    emulator,
    files: { 'sketch.png': sketch },
    with: { workflow: 'quick', parameters: 'image: sketch.png' },
  });
  expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
  expect(submitted(emulator)).toEqual([{ image: sketch.toString() }]);
  const paths = emulator.requests.filter(({ kind }) => kind === 'storage-put').map(({ path }) => path);
  expect(new Set(paths).size).toBe(4);
  expect(countOf(emulator, 'presign')).toBe(4);
});

test.each([
  [403, 'The storage answered 403 Forbidden: Forbidden.'],
  [
    413,
    'The storage answered 413 PayloadTooLarge: Payload Too Large. The file is larger than it takes, or a proxy before it (nginx: client_max_body_size). Have the deployment allow more, or send a smaller file.',
  ],
])('nothing is submitted when an upload is refused with %i', async (status, said) => {
  await using emulator = await startEmulator({ workflows: [FILES] });
  emulator.fault({ kind: 'storage-put', times: 9, fault: { type: 'status', status } });
  await using action = runAction({
    emulator,
    files: { 'sketch.png': 'a sketch' },
    with: { workflow: 'quick', matrix: 'seed: [1, 2]', parameters: 'image: sketch.png' },
  });
  const result = await action.done;
  const error = `Nothing was submitted, as sketch.png (8 B) could not be uploaded. ${said}`;
  expect(annotationsOf(result, 'error')).toEqual([error]);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed', tasks: '[]', error } });
  expect(countOf(emulator, 'submit')).toBe(0);
});

test('the picture that was sent is the one that is worked on', async () => {
  const workflow = { ...imageToImage, behaviour: { outputs: [SMALL], steps: 1 } };
  await using emulator = await startEmulator({ workflows: [workflow] });
  await using action = runAction({
    emulator,
    files: { 'photo.jpg': 'a photo' },
    with: { workflow: 'image-to-image', parameters: 'image: photo.jpg' },
  });
  expect((await action.done).exitCode).toBe(0);
  expect(submitted(emulator)).toEqual([{ image: 'a photo' }]);
  const presign = emulator.requests.find(({ kind }) => kind === 'presign');
  expect(presign?.body).toEqual({ file_name: 'photo.jpg', file_size: 7, content_type: 'image/jpeg' });
});
