import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { annotationsOf, countOf, filesOf, namesOf, ONLY_RECORD, quick, runAction } from './harness.ts';

const OUTPUTS = ['a', 'b'].map((name) => ({ output: name, name: `${name}.bin`, bytes: 3_000_000 }));
const HOURS = 7_200_000;
const BREAK = 1_000_000;
const start = () => startEmulator({ workflows: [quick({ behaviour: { outputs: OUTPUTS } })] });
const sha256 = (bytes: Uint8Array = Buffer.of()) => createHash('sha256').update(bytes).digest('hex');

/** Digests by name, of what the storage has and of what came. */
function digests({ objects }: Emulator, workspace: string) {
  const files = filesOf(join(workspace, 'cyberun-outputs'));
  const stored = OUTPUTS.map(({ name }) => [...objects].find(([key]) => key.endsWith(`/${name}`))?.[1].bytes);
  return [stored.map((bytes) => sha256(bytes)), OUTPUTS.map(({ name }) => sha256(files[name]))];
}

/** What was asked of the storage, and where the range begins. */
const askedFor = ({ requests }: Emulator) =>
  requests.flatMap(({ kind, path, status, headers }) =>
    kind === 'storage-get' ? [{ path, status, from: Number(/\d+/.exec(headers.range ?? '')?.[0]) }] : [],
  );

/** Has URLs expire by the first request that begins there, one after the other. */
function age(emulator: Emulator, starts: readonly number[]): void {
  const ages = [...starts];
  const when = () => {
    const isNow = askedFor(emulator).some(({ from }) => from === ages[0]);
    if (isNow) emulator.skipTime(HOURS);
    if (isNow) ages.shift();
    return false;
  };
  emulator.fault({ kind: 'storage-get', when, fault: { type: 'refuse' } });
}

test('URLs of a task that expire twice are renewed twice, and nothing that came is sent again', async () => {
  await using emulator = await start();
  age(emulator, [0, BREAK]);
  const isFirst = ({ headers }: { readonly headers: { readonly range?: string | undefined } }) =>
    headers.range?.startsWith('bytes=0-') === true;
  const cut: Fault = { type: 'drop', afterBytes: BREAK };
  emulator.fault({ kind: 'storage-get', when: isFirst, times: Number.POSITIVE_INFINITY, fault: cut });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  const result = await action.done;
  expect(result).toMatchObject({ exitCode: 0, annotations: [] });
  expect(countOf(emulator, 'result')).toBe(3);
  for (const { name } of OUTPUTS) {
    const came = askedFor(emulator).filter(({ path, status }) => path.endsWith(name) && status === 206);
    expect(came.map(({ from }) => from)).toEqual([0, BREAK]);
  }
  const [stored, came] = digests(emulator, action.workspace);
  expect(came).toEqual(stored);
  expect(result.log.join('\n')).not.toMatch(/403|expired/);
});

describe('a renewal that fails', () => {
  test.each<[string, Fault, RegExp]>([
    ['is answered with 503', { type: 'status', status: 503 }, /\(503: /],
    ['is answered with 404', { type: 'status', status: 404 }, /\(404: /],
    ['breaks off', { type: 'drop', afterBytes: 10, reset: true }, /got no whole answer/],
    ['is never answered', { type: 'reset-after' }, /got no whole answer/],
  ])('once, as it %s, is asked for again, and the files come', async (_, fault, said) => {
    await using emulator = await start();
    age(emulator, [0]);
    emulator.fault({ kind: 'result', skip: 1, fault });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [] });
    expect(countOf(emulator, 'result')).toBe(3);
    const [stored, came] = digests(emulator, action.workspace);
    expect(came).toEqual(stored);
    expect(result.log.filter((line) => said.test(line))).toEqual([
      expect.stringMatching(/Trying again for up to 10?m\.$/),
    ]);
    expect(result.log.filter((line) => line.endsWith(' answers again'))).toHaveLength(1);
  });

  test('for good is what the files did not arrive for', async () => {
    await using emulator = await start();
    emulator.fault({ kind: 'storage-get', times: 9, fault: { type: 'expired', form: 'gcs' } });
    emulator.fault({ kind: 'result', skip: 1, times: 9, fault: { type: 'status', status: 403 } });
    await using action = runAction({ emulator, with: { workflow: 'quick' } });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, outputs: { status: 'completed', files: '[]' } });
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(/^2 of 2 files did not arrive\. a\.bin: .*403.* b\.bin: .*403.* The task itself completed/),
    ]);
    // Both waited for the same, or the second one asked anew.
    expect(countOf(emulator, 'result')).toBeLessThanOrEqual(3);
    expect(namesOf(action.workspace)).toEqual(ONLY_RECORD);
  });
});
