import { isTaskId } from '../base/task-id.ts';
import type { Ledger, LedgerEntry } from '../task/context.ts';
import type { LeftOpen } from '../task/leftovers.ts';
import { saveState } from './runner-files.ts';

/**
 * The ledger in the runner's state file, which outlives a SIGKILL. Each entry has a slot that is reused once closed, so
 * that the state which reaches post stays as small as the number of tasks open at one time.
 */
export function createLedger(
  clock: { date(): number },
  save: (name: string, value: string) => void = saveState,
): Ledger {
  const slots: boolean[] = [];
  const tasks = new Map<string, LedgerEntry>();

  function take(left: LeftOpen): LedgerEntry {
    const free = slots.indexOf(false);
    const slot = free === -1 ? slots.length : free;
    slots[slot] = true;
    const name = `${PREFIX}${slot}`;
    save(name, JSON.stringify(left));
    return {
      opened: (taskId) => save(name, JSON.stringify({ taskId } satisfies LeftOpen)),
      closed() {
        slots[slot] = false;
        save(name, '');
      },
    };
  }

  return {
    open(target) {
      if ('workflow' in target) return take({ workflow: target.workflow, since: clock.date() });
      const entry = tasks.get(target.taskId) ?? take({ taskId: target.taskId });
      tasks.set(target.taskId, entry);
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
    if (typeof open.taskId === 'string' && isTaskId(open.taskId)) return { taskId: open.taskId };
    if (typeof open.workflow === 'string' && typeof open.since === 'number') {
      return { workflow: open.workflow, since: open.since };
    }
  } catch {
    // Not ours.
  }
  return undefined;
}
