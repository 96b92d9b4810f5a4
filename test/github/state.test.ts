import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasLeftOpen } from '../../src/github/saved.ts';
import { createLedger, readParting, readLeftOpen as readWith, type Seal, sealOf } from '../../src/github/state.ts';
import type { LedgerEntry } from '../../src/task/context.ts';

const RUN = { GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '1', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'build' };
const CREDENTIALS = { apiKey: 'sk-key', apiUrl: 'https://core.example/api' };
/** The seal of this run. */
const ofThisRun = () => sealOf(CREDENTIALS, RUN);

/** What post takes for open; what it warns of comes first. */
function readAll(env: Record<string, string | undefined>, seal: Seal = ofThisRun()) {
  const warnings: string[] = [];
  const open = readWith(env, seal, { warning: (message) => void warnings.push(message) });
  return { open, warnings };
}

function readLeftOpen(env: Record<string, string | undefined>) {
  const { open, warnings } = readAll(env);
  expect(warnings).toEqual([]);
  expect(hasLeftOpen(env)).toBe(open.length > 0);
  return open;
}

/** A ledger, and the environment that post would see if main were killed now. */
function createKept() {
  const env: Record<string, string> = { STATE_other: 'x', INPUT_OPEN_0: 'x' };
  const ledger = createLedger({ date: () => 1234 }, ofThisRun(), (name, value) => {
    env[`STATE_${name}`] = value;
  });
  return { ledger, env };
}

describe('the ledger', () => {
  test('tells post of a submit, then of its task, then of nothing', () => {
    const { ledger, env } = createKept();
    expect(readLeftOpen(env)).toEqual([]);
    const entry = ledger.open({ workflow: 'text-to-image' });
    expect(readLeftOpen(env)).toEqual([{ workflow: 'text-to-image', since: 1234 }]);
    entry.opened('task-1');
    expect(readLeftOpen(env)).toEqual([{ taskId: 'task-1' }]);
    entry.closed();
    expect(readLeftOpen(env)).toEqual([]);
    ledger.open({ taskId: 'task-2' });
    expect(readLeftOpen(env)).toEqual([{ taskId: 'task-2' }]);
  });

  test('tells post how main parted from what is open, and of nothing else', () => {
    const { ledger, env } = createKept();
    ledger.aborted();
    expect(Object.keys(env)).not.toContain('STATE_parting');
    ledger.open({ taskId: 'task-1' });
    expect(readParting(env)).toBe('killed');
    ledger.aborted();
    expect(readParting(env)).toBe('aborted');
    ledger[Symbol.dispose]();
    expect(readParting(env)).toBe('aborted');
    const other = createKept();
    other.ledger.open({ taskId: 'task-2' });
    other.ledger[Symbol.dispose]();
    expect(readParting(other.env)).toBe('over');
    expect(readParting({ STATE_parting: '::warning::x' })).toBe('killed');
  });

  test('always knows just what is open, in no more slots than were open at one time', () => {
    const step = fc.record({ act: fc.constantFrom('submit', 'attach', 'open', 'close'), at: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { ledger, env } = createKept();
        let open: { entry: LedgerEntry; is: string }[] = [];
        let most = 0;
        steps.forEach(({ act, at }, index) => {
          const one = open[at % Math.max(1, open.length)];
          if (act === 'submit') open.push({ entry: ledger.open({ workflow: `w${index}` }), is: `w${index}` });
          if (act === 'attach') open.push({ entry: ledger.open({ taskId: `t${index}` }), is: `t${index}` });
          if (act === 'open' && one !== undefined) {
            one.is = `o${index}`;
            one.entry.opened(one.is);
          }
          if (act === 'close' && one !== undefined) {
            one.entry.closed();
            open = open.filter((other) => other !== one);
          }
          most = Math.max(most, open.length);
          const kept = readLeftOpen(env).map((left) => ('taskId' in left ? left.taskId : left.workflow));
          expect(kept.sort()).toEqual(open.map(({ is }) => is).sort());
        });
        expect(Object.keys(env)).toHaveLength(2 + most);
      }),
    );
  });

  test.each<[string, Partial<typeof CREDENTIALS>, Partial<typeof RUN>]>([
    ['another key', { apiKey: 'sk-other' }, {}],
    ['another service', { apiUrl: 'https://evil.example' }, {}],
    ['another repository', {}, { GITHUB_REPOSITORY: 'o/fork' }],
    ['another run', {}, { GITHUB_RUN_ID: '2' }],
    ['another attempt', {}, { GITHUB_RUN_ATTEMPT: '2' }],
    ['another job', {}, { GITHUB_JOB: 'test' }],
  ])('is not taken for one of this run when it is of %s', (_, credentials, run) => {
    const { ledger, env } = createKept();
    ledger.open({ taskId: 'task-1' });
    ledger.open({ workflow: 'text-to-image' });
    const { open, warnings } = readAll(env, sealOf({ ...CREDENTIALS, ...credentials }, { ...RUN, ...run }));
    expect(open).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^Of what is saved as open, 2 of 2 are ignored, .* cancel it in/)]);
  });

  test('is taken for one of this run, whatever else the environment says', () => {
    const { ledger, env } = createKept();
    ledger.open({ taskId: 'task-1' });
    const seal = sealOf(CREDENTIALS, { ...RUN, GITHUB_ACTION: '__cyberun_run', GITHUB_SHA: 'f0' });
    expect(readAll(env, seal)).toEqual({ open: [{ taskId: 'task-1' }], warnings: [] });
  });

  test('has one entry for one task, however often it is opened', () => {
    const { ledger, env } = createKept();
    const first = ledger.open({ taskId: 'task-1' });
    expect(ledger.open({ taskId: 'task-1' })).toBe(first);
    expect(readLeftOpen(env)).toEqual([{ taskId: 'task-1' }]);
    ledger.open({ taskId: 'task-2' });
    first.closed();
    expect(readLeftOpen(env)).toEqual([{ taskId: 'task-2' }]);
  });

  test('says how main parted, or costs post a word, and no more', () => {
    const ledger = createLedger({ date: () => 1234 }, ofThisRun(), (name) => {
      if (name === 'parting') throw new Error('the disk is full');
    });
    ledger.open({ taskId: 'task-1' });
    expect(() => ledger.aborted()).not.toThrow();
  });

  test('does not count what was changed, or put into another place', () => {
    const { ledger, env } = createKept();
    ledger.open({ taskId: 'task-1' });
    ledger.open({ workflow: 'text-to-image' });
    const [first = '', second = ''] = [env.STATE_open_0, env.STATE_open_1];
    expect(readAll({ STATE_open_0: first, STATE_open_1: first })).toMatchObject({
      open: [{ taskId: 'task-1' }],
      warnings: [expect.stringContaining('1 of 2 is ignored')],
    });
    for (const [saved, from, to] of [
      [first, 'task-1', 'task-2'],
      [second, '1234', '1235'],
      [second, 'text-to-image', 'other'],
    ] as const) {
      const name = saved === first ? 'STATE_open_0' : 'STATE_open_1';
      expect(readAll({ [name]: saved }).open).toHaveLength(1);
      expect(readAll({ [name]: saved.replace(from, to) }).open).toEqual([]);
    }
  });

  test('is not misled by values that it did not write', () => {
    const signature = '0'.repeat(64);
    const values = [
      ...['null', '{', '[]', '7', '{"taskId":7}', '{"taskId":"../a"}', '{"workflow":"w"}', '{"since":1}'],
      '{"taskId":"task-1"}',
      '{"workflow":"w","since":"1"}',
      '{"workflow":"w","since":1}',
      JSON.stringify({ taskId: 'task-1', signature }),
      JSON.stringify({ taskId: 'task-1', signature: [signature] }),
    ];
    const env = Object.fromEntries(values.map((value, index) => [`STATE_open_${index}`, value]));
    const { open, warnings } = readAll({ ...env, STATE_open_x: '', STATE_open_y: undefined, open_0: '{"taskId":"a"}' });
    expect(open).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`${values.length} of ${values.length} are ignored`)]);
  });
});
