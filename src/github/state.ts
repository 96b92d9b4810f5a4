import * as core from '@actions/core';
import type { Ledger, LedgerEntry } from '../task/context.ts';

/** What main left open when it was killed. */
export type LeftOpen =
  | { readonly kind: 'task'; readonly taskId: string }
  /** A submit was on the wire; whether it made a task is not known. `since`: milliseconds since the epoch. */
  | { readonly kind: 'submit'; readonly workflow: string; readonly since: number };

/**
 * The ledger in the runner's state file, which outlives a SIGKILL. Each entry has a slot that is reused once closed, so
 * that the state which reaches post stays as small as the number of tasks open at one time.
 */
export function createLedger(
  clock: { date(): number },
  save: (name: string, value: string) => void = core.saveState,
): Ledger {
  const slots: boolean[] = [];
  const attached = new Map<string, LedgerEntry>();

  function take(value: LeftOpen): LedgerEntry {
    const free = slots.indexOf(false);
    const slot = free === -1 ? slots.length : free;
    slots[slot] = true;
    const name = `${PREFIX}${slot}`;
    save(name, JSON.stringify(value));
    return {
      opened: (taskId) => save(name, JSON.stringify({ kind: 'task', taskId } satisfies LeftOpen)),
      closed() {
        slots[slot] = false;
        save(name, '');
      },
    };
  }

  return {
    submitting: (workflow) => take({ kind: 'submit', workflow, since: clock.date() }),
    attached(taskId) {
      const entry = attached.get(taskId) ?? take({ kind: 'task', taskId });
      attached.set(taskId, entry);
      return entry;
    },
  };
}

/** What the environment of post says is open. Values that no ledger wrote are left out. */
export function readLeftOpen(env: Readonly<Record<string, string | undefined>>): LeftOpen[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!name.startsWith(`STATE_${PREFIX}`) || !value) return [];
    const open = parse(value);
    return open === undefined ? [] : [open];
  });
}

const PREFIX = 'open_';

function parse(value: string): LeftOpen | undefined {
  try {
    const open = JSON.parse(value) as Partial<Record<string, unknown>>;
    if (open.kind === 'task' && typeof open.taskId === 'string') return { kind: 'task', taskId: open.taskId };
    if (open.kind === 'submit' && typeof open.workflow === 'string' && typeof open.since === 'number') {
      return { kind: 'submit', workflow: open.workflow, since: open.since };
    }
  } catch {
    // Not ours.
  }
  return undefined;
}
