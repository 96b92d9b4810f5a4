import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLedger, readLeftOpen } from '../../src/github/state.ts';
import type { LedgerEntry } from '../../src/task/context.ts';

/** A ledger, and the environment that post would see if main were killed now. */
function createKept() {
  const env: Record<string, string> = { STATE_other: 'x', INPUT_OPEN_0: 'x' };
  const ledger = createLedger({ date: () => 1234 }, (name, value) => {
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

  test('is not misled by values that it did not write', () => {
    const values = [
      'null',
      '{',
      '[]',
      '7',
      '{"taskId":7}',
      '{"taskId":"../a"}',
      '{"workflow":"w"}',
      '{"workflow":"w","since":"1"}',
      '{"since":1}',
    ];
    const env = Object.fromEntries(values.map((value, index) => [`STATE_open_${index}`, value]));
    expect(readLeftOpen({ ...env, STATE_open_x: '', STATE_open_y: undefined, open_0: '{"taskId":"a"}' })).toEqual([]);
  });
});
