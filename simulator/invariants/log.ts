import type { SimulatedTask } from '../task.ts';
import type { Lived } from '../world.ts';
import { at } from './orders.ts';

/** A wait longer than that is one a reader wonders about, in milliseconds. */
const LONG_WAIT = 20_000;
/** The order of a task's life, as documented. */
const LIFE = ['pending', 'waiting', 'provisioning', 'queued', 'running', 'completed', 'failed', 'cancelled'];

/** The log stays readable: so many lines, and so many more for each task and each minute. */
export function checkLog(lived: Lived): string[] {
  const { trace, plan } = lived;
  const over = trace.mainOverAt ?? trace.killedAt ?? 0;
  const most = 100 + 15 * plan.inputs.orders * (1 + plan.inputs.retries) + (over / 60_000) * 10;
  const lines = trace.lines.filter(({ by }) => by === 'main').length;
  const many = lines <= most ? [] : [`the log has ${lines} lines after ${at(over)}, more than ${Math.floor(most)}`];
  return [...many, ...checkOrder(lived), ...checkLongWaits(lived)];
}

/** A task that is shown to go back in its life did: the service tried it again. */
function checkOrder({ trace, service }: Lived): string[] {
  const begun = (task: SimulatedTask | undefined) => trace.begun.get(task?.id ?? '') ?? Number.POSITIVE_INFINITY;
  return service.tasks.flatMap((task) => {
    const next = service.tasks.find((one) => one.order === task.order && begun(one) > begun(task));
    const shown = trace.shown.filter((one) => {
      return one.order === task.order && one.at >= begun(task) && one.at < begun(next);
    });
    const back = shown.filter(({ status }, index) => {
      const place = LIFE.indexOf(status);
      return place !== -1 && place < LIFE.indexOf(shown[index - 1]?.status ?? '');
    });
    const last = back.at(-1);
    // A record has no time. One that lags may tell of a try after the stream told what became of it, and after one that
    // tells of a new try, a stream may still replay the former one: then each is told twice.
    if (last === undefined || back.length <= triesUntil(last.at) * 2) return [];
    const states = shown.map(({ status }) => status).join(', ');
    return [`the log shows ${task.id} go back to ${last.status} at ${at(last.at)}, and it did not: ${states}`];

    function triesUntil(time: number): number {
      return Math.max(0, ...task.turns.filter((turn) => turn.at <= time).map(({ tries }) => tries));
    }
  });
}

/** A long wait that was asked for is said, with its length. */
function checkLongWaits({ trace }: Lived): string[] {
  const over = trace.abortedAt ?? trace.killedAt ?? trace.mainOverAt ?? 0;
  const isSaid = trace.lines.some(({ text }) => /Trying again in \d+[ms]/.test(text));
  const silent = trace.calls.find(
    ({ by, route, status, retryAfter, overAt = 0 }) =>
      by === 'main' &&
      SAYS.has(route) &&
      // A submit that may have been accepted is not sent again.
      (route !== 'submit' || status === 429 || status === 503) &&
      retryAfter > LONG_WAIT &&
      over - overAt > LONG_WAIT,
  );
  if (silent === undefined || isSaid) return [];
  return [
    `a wait of ${at(silent.retryAfter)} was asked for at ${at(silent.overAt)} (${silent.route}), and nobody said so`,
  ];
}

/** What everything else waits for. */
const SAYS: ReadonlySet<string> = new Set(['workflow', 'submit', 'task', 'result', 'presign', 'get', 'put']);
