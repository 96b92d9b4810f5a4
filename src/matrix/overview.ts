import type { Clock } from '../base/clock.ts';
import { formatClock } from '../base/durations.ts';
import { inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { gpuSeconds, type TaskReport } from '../files/report.ts';

/** How often the overview is shown, in milliseconds. */
const OVERVIEW_INTERVAL = 30_000;

/** Says now and then how far many tasks are, and once more when all of them are over. */
export function createOverview(total: number, clock: Pick<Clock, 'after'>, log: Pick<Log, 'info'>) {
  const endings = new Map<string, number>();
  const running = new Set<symbol>();
  let begun = 0;
  let over = 0;
  let done = 0;
  let seconds = 0;
  let said = '';

  function say(never = 0, last = ''): void {
    const ways = [...endings].map(([status, amount]) => `${amount} ${status}`).join(', ');
    const now = [
      { amount: running.size, word: 'running' },
      { amount: begun - over - running.size, word: 'queued' },
      { amount: over - done, word: 'bringing files home' },
      { amount: never, word: 'not submitted' },
    ].filter(({ amount }) => amount > 0);
    const rest = now.map(({ amount, word }) => `; ${amount} ${word}`).join('');
    const text = inert`${done} of ${total} tasks done${ways === '' ? '' : `: ${ways}`}${rest}${last}`;
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
        done(report: Pick<TaskReport, 'status' | 'problem' | 'runTime' | 'tries'>) {
          const { status, problem } = report;
          const ending = status === 'completed' && problem !== undefined ? 'completed without all files' : status;
          endings.set(ending, (endings.get(ending) ?? 0) + 1);
          done += 1;
          seconds += gpuSeconds([report]);
        },
      };
    },
    end() {
      forget();
      const spent = seconds === 0 ? '' : `; GPU time ${formatClock(seconds * 1000)}`;
      if (begun > 0) say(total - begun, spent);
    },
  };
}
