import type { Clock } from '../base/clock.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { gpuTime, type TaskReport } from '../files/report.ts';

/** How often the overview is shown, in milliseconds. */
const OVERVIEW_INTERVAL = 30_000;

/** What it tells of a task that is done. */
type Done = Pick<TaskReport, 'status' | 'problem' | 'runTime' | 'tries' | 'reused'>;

function endingOf({ status, problem, reused }: Done): string {
  if (reused !== undefined) return 'reused';
  return status === 'completed' && problem !== undefined ? 'completed without all files' : status;
}

/** Says now and then how far many tasks are, and once more when all of them are over. */
export function createOverview(total: number, clock: Pick<Clock, 'after'>, log: Pick<Log, 'info'>) {
  const endings = new Map<string, number>();
  const running = new Set<symbol>();
  let begun = 0;
  let over = 0;
  const reports: Done[] = [];
  let said = '';

  function say(never = 0, last = ''): void {
    const ways = [...endings].map(([status, amount]) => `${amount} ${status}`).join(', ');
    const now = [
      { amount: running.size, word: 'running' },
      { amount: begun - over - running.size, word: 'queued' },
      { amount: over - reports.length, word: 'bringing files home' },
      { amount: never, word: 'not submitted' },
    ].filter(({ amount }) => amount > 0);
    const rest = now.map(({ amount, word }) => `; ${amount} ${word}`).join('');
    const text = inert`${reports.length} of ${total} tasks done${ways === '' ? '' : `: ${ways}`}${rest}${last}`;
    if (text !== said) log.info(text);
    said = text;
  }

  let forget = () => {};
  function sayAgain(): void {
    forget = clock.after(OVERVIEW_INTERVAL, () => {
      say();
      sayAgain();
    });
  }
  sayAgain();
  return {
    /** The place of one task; what is called on it tells how it goes on. */
    place() {
      const place = Symbol('task');
      return {
        begun() {
          begun += 1;
        },
        is(status: string) {
          if (status === 'running') running.add(place);
          else running.delete(place);
        },
        over() {
          running.delete(place);
          over += 1;
        },
        done(report: Done) {
          const ending = endingOf(report);
          endings.set(ending, (endings.get(ending) ?? 0) + 1);
          reports.push(report);
        },
      };
    },
    end() {
      forget();
      const time = gpuTime(reports);
      if (begun > 0) say(total - begun, time === undefined ? '' : `; GPU time ${time}`);
    },
  };
}
