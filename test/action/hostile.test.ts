import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour } from '../../emulator/workflows.ts';
import {
  annotationsOf,
  callsOf,
  filesOf,
  namesOf,
  ONLY_RECORD,
  outsideOfCode,
  quick,
  runAction,
  wordsOf,
} from './harness.ts';

const KEY = 'sk-live-0123456789abcdef';
const PRESIGNED =
  'https://s3.example.com/b/k.png?X-Amz-Credential=AKIAEXAMPLE%2F20250210&X-Amz-Expires=3600&X-Amz-Signature=5eb63bbbe01eeed0';

/** Signed in a way that nobody has heard of. */
const TICKET = 'https://cdn.example.com/k.png?ticket=0pen5e5ame';

/** Whatever a service could send to reach the runner, the reader or a secret: whole, and line by line. */
const HOSTILE = [
  '::set-output name=task-id::stolen',
  ' ::save-state name=open_0::stolen',
  'text ##[error]shown as an error',
  '##[group]folded away',
  '##\u200b[add-mask]e',
  '\u0085::add-mask::e',
  '::stop-commands::never',
  `a\r::error::after a return\u2028::warning::after a separator\u2029::notice::again`,
  '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u0007\u0000',
  'left \u202eright\u202c \u2066isolated\u2069',
  '%0A::error::decoded',
  `key ${KEY} and Bearer ${KEY}`,
  PRESIGNED,
  TICKET,
  '<script>alert(1)</script> | a | b | ![x](https://evil.example/x.png) </details>',
].join('\n');

/** A service that says that wherever it says anything of its own. */
const hostileTexts: Behaviour = {
  steps: 3,
  stages: [HOSTILE, 'running'],
  holdAt: HOSTILE,
  outputs: [{ output: HOSTILE, name: 'picture.png', bytes: 1000, contentType: `image/png; ${PRESIGNED}` }],
  extra: {
    workflow: {
      display_name: HOSTILE,
      workflow_slug: HOSTILE,
      version: HOSTILE,
      required_labels: ['gpu', 'comfyui', HOSTILE],
      workflow_json: { '3': { class_type: HOSTILE } },
    },
    task: { agent_id: HOSTILE, gpu_type: HOSTILE, workflow_id: HOSTILE },
    event: { message: HOSTILE },
    result: { task_output: { [HOSTILE]: HOSTILE, list: [HOSTILE] }, expires_at: HOSTILE },
  },
};

const startHostile = (behaviour: Behaviour): Promise<Emulator> =>
  startEmulator({ apiKey: KEY, workflows: [quick({ behaviour })] });

/** Whatever came, the runner was told nothing by it, and nobody reads a secret in it; see `misdeeds` too. */
function expectNothingTold(result: Awaited<ReturnType<typeof runAction>['done']>): void {
  expect(result.violations).toEqual([]);
  const words = Object.values(wordsOf(result)).join('\n');
  expect(words).not.toContain(KEY);
  expect(words).not.toContain('5eb63bbbe01eeed0');
  expect(words).not.toContain('AKIAEXAMPLE');
  expect(words).not.toContain('0pen5e5ame');
  expect(outsideOfCode(result)).not.toMatch(/<script|!\[|https?:\/\//);
  expect([...new Set(result.masks)].filter((mask) => !mask.startsWith('ghs_'))).toEqual([KEY]);
  expect(Object.keys(result.state).filter((name) => !/^open_\d+$/.test(name))).toEqual([]);
  expect(result.exports).toEqual({});
}

test('commands, escapes and secrets in whatever the service says of a good run do nothing', async () => {
  await using emulator = await startHostile(hostileTexts);
  await using action = runAction({ emulator, with: { workflow: 'quick', parameters: 'prompt: a' }, debug: true });
  // The stream is open by then, and nothing of it is missed.
  await action.waitForLine(/^ {2}\d+:\d\d {2}: :set-output/);
  const [task] = emulator.tasks;
  emulator.release(task?.id ?? '');
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 0, annotations: [], state: { open_0: '' } });
  expect(result.outputs).toMatchObject({ 'task-id': task?.id, status: 'completed' });
  expect(namesOf(action.workspace)).toEqual([
    'cyberun-outputs/SHA256SUMS',
    'cyberun-outputs/cyberun-run.json',
    'cyberun-outputs/picture.png',
  ]);
  // What is harmless is still told.
  expect(result.log.join('\n')).toContain(': :set-output name=task-id::stolen ⏎');
  expect(result.log.join('\n')).toMatch(/step 1\/3 .*red link.*\(node 3\)/);
  expect(result.summary).toContain('<script>alert(1)</script>');
  expect(JSON.parse(result.outputs.result ?? '')).toMatchObject({ list: [expect.stringContaining('<script>')] });
});

test('neither do they in what it says of a failure', async () => {
  await using emulator = await startHostile({ ...hostileTexts, holdAt: '', ending: 'failed', error: HOSTILE });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, debug: true });
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 1, outputs: { 'task-id': emulator.tasks[0]?.id, status: 'failed' } });
  expect(result.annotations).toHaveLength(1);
  expect(annotationsOf(result, 'error')).toEqual([result.outputs.error]);
  expect(result.outputs.error).toContain(': :set-output name=task-id::stolen […] ');
});

test.each(['workflow', 'submit', 'result'] as const)('neither do they in the body of an error of %s', async (kind) => {
  await using emulator = await startHostile({});
  emulator.fault({
    kind,
    times: Number.POSITIVE_INFINITY,
    fault: { type: 'status', status: 401, body: JSON.stringify({ error: { message: HOSTILE } }) },
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, debug: true });
  const result = await action.done;
  expectNothingTold(result);
  expect(result.exitCode).toBe(1);
  expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining('(401: ::set-output')]);
});

test('neither do they in the answer of a storage', async () => {
  await using emulator = await startHostile({});
  const body = `<Error><Code>${HOSTILE.slice(0, 90)}</Code><Message>${PRESIGNED.replaceAll('&', '&amp;')}\n::error::x</Message></Error>`;
  emulator.fault({ kind: 'storage-get', times: 9, fault: { type: 'status', status: 404, body } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, debug: true });
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed' } });
  expect(result.annotations).toHaveLength(1);
});

test('neither do they in the event stream, be it events, comments, ids or what is none of it', async () => {
  await using emulator = await startHostile({ steps: 3, holdAt: 'running' });
  const data = JSON.stringify({ error: HOSTILE, stage: HOSTILE, status: HOSTILE, current_node: HOSTILE });
  const lines = HOSTILE.split('\n');
  emulator.fault({
    kind: 'events',
    fault: {
      type: 'raw-events',
      text: [
        ...['error', 'status', 'progress', '::error::x'].map((event) => `event: ${event}\ndata: ${data}\n\n`),
        ...lines.map((line) => `: ${line}\nid: ${line}\nevent: error\ndata: ${line}\n\n`),
        `retry: ${lines[0]}\n\n`,
      ].join(''),
    },
  });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, debug: true });
  await action.waitForLine('An event of the stream was left out: it was not JSON.');
  emulator.release(emulator.tasks[0]?.id ?? '');
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
});

test('a task id that is no id is none: the submit counts as one whose answer was lost', async () => {
  const task_id = `../../x\n::set-output name=status::stolen\nstatus=stolen`;
  await using emulator = await startHostile({ extra: { submit: { task_id } } });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'failed' } });
  expect(result.outputs).not.toHaveProperty('task-id');
  expect(annotationsOf(result, 'error')).toEqual([
    expect.stringMatching(/^Nobody knows whether the run was accepted: .* not by an id as tasks have\. A task may be/),
  ]);
  expect(callsOf(emulator)).toEqual(['workflow 200', 'submit 202', 'tasks 200']);
});

test('names that lead elsewhere, are reserved, too long or the same become files of their own in the folder', async () => {
  const names = [
    ...['../../etc/passwd', '..\\..\\boot.ini', '/etc/shadow', '..', '.', ' ', 'CON', 'aux.png', 'SHA256SUMS'],
    ...['.bashrc', '-rf', '~', `${'x'.repeat(300)}.png`, `${'é'.repeat(200)}.png`, 'A.png', 'a.png', 'a.PNG'],
    ...[
      '\u00c5.png',
      'A\u030a.png',
      'a\nb\r.png',
      'photo\u202egnp.exe',
      '::set-output name=status::stolen',
      '##[error]x',
    ],
    ...['$(touch x).png', 'a:b*c?.png', `x${'.'.repeat(400)}`, '🎉'.repeat(100)],
  ];
  const outputs = names.map((_, index) => ({ output: `o${index}`, name: `o${index}`, bytes: 10 + index }));
  const task_output = Object.fromEntries(names.map((name, index) => [`o${index}`, { s3_key: name }]));
  await using emulator = await startHostile({ outputs, extra: { result: { task_output } } });
  await using action = runAction({
    emulator,
    with: { workflow: 'quick', path: 'art' },
    files: { 'keep.txt': 'mine' },
  });
  const result = await action.done;
  expectNothingTold(result);
  expect(result.exitCode).toBe(0);
  const { SHA256SUMS, 'cyberun-run.json': _, ...files } = filesOf(join(action.workspace, 'art'));
  expect(namesOf(action.workspace).filter((path) => !path.startsWith('art/'))).toEqual(['keep.txt']);
  expect(
    Object.values(files)
      .map(({ length }) => length)
      .sort((a, b) => a - b),
  ).toEqual(outputs.map(({ bytes }) => bytes));
  for (const name of Object.keys(files)) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}:*?"<>|]|^[.~-]|^(con|aux)(\.|$)/iu);
  }
  const folded = Object.keys(files).map((name) => name.normalize('NFC').toLowerCase());
  expect(new Set(folded).size).toBe(names.length);
  expect(folded).not.toContain('sha256sums');
  const listed: { name: string; output: string; path: string }[] = JSON.parse(result.outputs.files ?? '');
  expect(listed.map(({ output }) => output)).toEqual(outputs.map(({ output }) => output));
  expect(listed.map(({ path }) => path)).toEqual(listed.map(({ name }) => `art/${name}`));
  expect(listed.map(({ name }) => name).sort()).toEqual(Object.keys(files).sort());
  expect(SHA256SUMS?.toString().trim().split('\n')).toHaveLength(names.length);
});

test('a URL that is none for a browser is not fetched', async () => {
  const download_urls = { a: 'file:///etc/passwd', b: 'javascript:alert(1)', c: 7, d: '', e: 'data:text/plain,x' };
  await using emulator = await startHostile({ extra: { result: { download_urls, task_output: {} } } });
  await using action = runAction({ emulator, with: { workflow: 'quick' }, faster: 60 });
  const result = await action.done;
  expectNothingTold(result);
  expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
  const [error = ''] = annotationsOf(result, 'error');
  expect(error).toContain(
    "5 of 5 files did not arrive. passwd: The file's address at the storage begins with file:, and only https",
  );
  expect(error).toContain('The service offers no URL of c, d, and was asked for 60 s.');
  expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
});
