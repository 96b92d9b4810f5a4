import type { Clock } from '../base/clock.ts';
import { amount, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { endingOf, gpuTime, type TaskReport } from '../files/report.ts';

/** How often the overview is shown, in milliseconds. */
const OVERVIEW_INTERVAL = 30_000;

/** What it tells of a task that is done. */
type Done = Pick<TaskReport, 'taskId' | 'status' | 'problem' | 'runTime' | 'tries' | 'reused'>;

/** Says now and then how far many tasks are, and once more when all of them are over. */
export function createOverview(total: number, clock: Pick<Clock, 'after'>, log: Pick<Log, 'info'>) {
  const running = new Set<symbol>();
  let begun = 0;
  let over = 0;
  const reports: Done[] = [];
  let said = '';

  function say(ofRest: 'to come' | 'not submitted', last = ''): void {
    const counts = new Map<string, number>();
    const add = (word: string, count: number) => count > 0 && counts.set(word, (counts.get(word) ?? 0) + count);
    for (const report of reports) add(endingOf(report), 1);
    add('bringing files home', over - reports.length);
    add('running', running.size);
    add('queued', begun - over - running.size);
    add(ofRest, total - begun);
    const parts = [...counts].map(([word, count]) => inert`${count} ${word}`);
    const text = inert`${amount(total, 'task')}: ${joinInert(parts)}${last}`;
    if (text !== said) log.info(text);
    said = text;
  }

  let forget = () => {};
  function sayAgain(): void {
    forget = clock.after(OVERVIEW_INTERVAL, () => {
      say('to come');
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
      if (begun > 0) say('not submitted', time === undefined ? '' : `; GPU time ${time}`);
    },
  };
}
