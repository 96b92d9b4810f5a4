import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { isSignedBy, sign } from '../base/sign.ts';
import { isTaskId } from '../base/task-id.ts';
import type { Ledger, LedgerEntry } from '../task/context.ts';
import type { LeftOpen, Parting } from '../task/leftovers.ts';
import { saveState } from './runner-files.ts';
import { type Environment, PREFIX, savedIn } from './saved.ts';

/** What shows that a state was written in this run. */
export interface Seal {
  readonly apiKey: string;
  /** The run, and the service that its tasks are at. */
  readonly run: string;
}

/** The seal of this run: what main and post are told alike, so that post knows what main wrote. */
export function sealOf(
  { apiKey, apiUrl }: { readonly apiKey: string; readonly apiUrl: string },
  env: Environment,
): Seal {
  return { apiKey, run: JSON.stringify([apiUrl, ...RUN.map((name) => env[name] ?? '')]) };
}

// Not GITHUB_ACTION: inside of a composite action the runner gives post another one than main (actions/runner,
// CreatePostChild in ExecutionContext.cs).
const RUN = ['GITHUB_REPOSITORY', 'GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB'] as const;

/**
 * The ledger in the runner's state file, which outlives a SIGKILL. Each entry has a slot that is reused once closed, so
 * that the state which reaches post stays as small as the number of tasks open at one time.
 */
export function createLedger(
  clock: { date(): number },
  seal: Seal,
  save: (name: string, value: string) => void = saveState,
): StepLedger {
  const slots: boolean[] = [];
  const tasks = new Map<string, LedgerEntry>();

  function take(left: LeftOpen): LedgerEntry {
    const free = slots.indexOf(false);
    const slot = free === -1 ? slots.length : free;
    slots[slot] = true;
    const name = `${PREFIX}${slot}`;
    const keep = (open: LeftOpen) => {
      const signature = sign(PURPOSE, textOf(name, open, seal), seal.apiKey);
      save(name, JSON.stringify({ ...open, signature }));
    };
    keep(left);
    return {
      opened: (taskId) => keep({ taskId }),
      closed() {
        slots[slot] = false;
        save(name, '');
      },
    };
  }

  let parting: Parting = 'killed';

  function part(how: Parting): void {
    // Without anything open, nobody will ask.
    if (parting !== 'killed' || !slots.includes(true)) return;
    parting = how;
    try {
      save(PARTING, how);
    } catch {
      // Costs post a word. An entry would have ended the step.
    }
  }

  return {
    open(target) {
      if ('workflow' in target) return take({ workflow: target.workflow, since: clock.date() });
      const entry = tasks.get(target.taskId) ?? take({ taskId: target.taskId });
      tasks.set(target.taskId, entry);
      return entry;
    },
    aborted: () => part('aborted'),
    [Symbol.dispose]: () => part('over'),
  };
}

/** A ledger that says how main parted from what is open in it: disposed of, that main was done. */
export interface StepLedger extends Ledger, Disposable {
  /** The job was cancelled or timed out: said at once, as there may be no time later. */
  aborted(): void;
}

/** How main parted from what it left open. Any step of the job could have written it, so it is good for words alone. */
export function readParting(env: Environment): Parting {
  const how = env[`STATE_${PARTING}`];
  return how === 'aborted' || how === 'over' ? how : 'killed';
}

/**
 * What the environment of post says is open. A value that no ledger of this run wrote is left out with a warning: any step
 * of the job can put one into the environment.
 */
export function readLeftOpen(env: Environment, seal: Seal, log: Pick<Log, 'warning'>): LeftOpen[] {
  const saved = savedIn(env);
  const open = saved.flatMap(([name, value]) => unseal(name, value, seal) ?? []);
  const ignored = saved.length - open.length;
  if (ignored > 0) {
    log.warning(
      inert`Of what is saved as open, ${ignored} of ${saved.length} ${ignored === 1 ? 'is' : 'are'} ignored, as nothing shows that this step wrote it: another step may have, or api-key or api-url changed since. Should a task of this step still run, cancel it in Cyberun.`,
    );
  }
  return open;
}

const PARTING = 'parting';
const PURPOSE = 'cyberun-run state';

/** What is signed: with the run and the place, so that no value can be used in another. */
function textOf(name: string, open: LeftOpen, { run }: Seal): string {
  return JSON.stringify([run, name, open]);
}

function unseal(name: string, value: string, seal: Seal): LeftOpen | undefined {
  try {
    const { signature, ...saved } = JSON.parse(value) as Partial<Record<string, unknown>>;
    const open = openOf(saved);
    if (open === undefined || typeof signature !== 'string') return undefined;
    return isSignedBy(signature, PURPOSE, textOf(name, open, seal), seal.apiKey) ? open : undefined;
  } catch {
    // No JSON.
    return undefined;
  }
}

/** In the order of keys in which it is signed. */
function openOf({ taskId, workflow, since }: Partial<Record<string, unknown>>): LeftOpen | undefined {
  if (typeof taskId === 'string') return isTaskId(taskId) ? { taskId } : undefined;
  return typeof workflow === 'string' && typeof since === 'number' ? { workflow, since } : undefined;
}
