import type { Clock } from '../base/clock.ts';
import { formatClock } from '../base/durations.ts';
import { amount, type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { quietUntil } from '../base/quiet.ts';
import { endingOf, gpuTime, type TaskReport } from '../files/report.ts';

/** How often the overview is shown, in milliseconds; the longer it goes on, the less often. */
const OVERVIEW_INTERVAL = 30_000;
const SHARE = 1 / 20;
/** An estimate of less is none, in milliseconds. */
const SHORTEST_LEFT = 5_000;

/** What it tells of a task that is done. */
type Done = Pick<TaskReport, 'taskId' | 'status' | 'problem' | 'runTime' | 'tries' | 'reused'>;

/** Says now and then how far many tasks are, and once more when all of them are over. */
export function createOverview(total: number, clock: Pick<Clock, 'now' | 'after'>, log: Pick<Log, 'info'>) {
  const running = new Set<symbol>();
  let begun = 0;
  let over = 0;
  const reports: Done[] = [];
  const start = clock.now();
  let said = '';
  let saidAt = start;
  /** How often it was said since then that nothing is new. */
  let quiet = 0;

  function describe(ofRest: 'to come' | 'not submitted'): Inert {
    const counts = new Map<string, number>();
    const add = (word: string, count: number) => count > 0 && counts.set(word, (counts.get(word) ?? 0) + count);
    for (const report of reports) add(endingOf(report), 1);
    add('bringing files home', over - reports.length);
    add('running', running.size);
    add('queued', begun - over - running.size);
    add(ofRest, total - begun);
    return joinInert([...counts].map(([word, count]) => inert`${count} ${word}`));
  }

  /** From how many came in that time; those that were reused took none. */
  function timeLeft(): Inert {
    const fresh = reports.filter(({ reused }) => reused === undefined).length;
    const left = ((clock.now() - start) / fresh) * (total - reports.length);
    return fresh < 2 || left < SHORTEST_LEFT ? inert`` : inert`, about ${formatClock(left)} left`;
  }

  function say(): void {
    const text = describe('to come');
    const since = clock.now() - saidAt;
    if (text === said && since < quietUntil(quiet)) return;
    if (text === said) quiet += 1;
    else [said, saidAt, quiet] = [text, clock.now(), 0];
    log.info(inert`${reports.length} of ${amount(total, 'task')} done: ${text}${timeLeft()}`);
  }

  let forget = () => {};
  function sayAgain(): void {
    forget = clock.after(Math.max(OVERVIEW_INTERVAL, (clock.now() - start) * SHARE), () => {
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
          reports.push(report);
        },
      };
    },
    end() {
      forget();
      const time = gpuTime(reports);
      if (begun === 0) return;
      const last = time === undefined ? '' : `; GPU time ${time}`;
      log.info(inert`${amount(total, 'task')}: ${describe('not submitted')}${last}`);
    },
  };
}
