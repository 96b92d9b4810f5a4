import { keyOf } from '../result.ts';
import type { Call } from '../trace.ts';
import type { Lived } from '../world.ts';
import { at } from './orders.ts';

/** Before there is a task, faults are borne for that long; the last try comes then, whatever wait was asked for. */
const BUDGET = 180_000;
/** No wait that is asked for is kept for longer. */
const LONGEST_WAIT = 300_000;
const SLACK = 20;
const UPLOAD_TRIES = 3;
const NAME_PATIENCE = 31_000;

/** The service is asked as seldom as it wishes, and never in a storm. */
export function checkManners(lived: Lived): string[] {
  const { trace, plan } = lived;
  const calls = trace.calls.filter(({ by }) => by === 'main');
  const minutes = (trace.mainOverAt ?? trace.killedAt ?? 0) / 60_000;
  const { orders, retries } = plan.inputs;
  const files = plan.tasks.reduce((sum, { outputs }) => sum + outputs.length, 0);
  const most =
    orders * (60 * (1 + retries) + 40 * minutes) + files * (60 + 20 * minutes) + plan.inputs.uploads.length * 40;
  const storm =
    calls.length <= most
      ? []
      : [`${calls.length} requests were made in ${minutes.toFixed(1)} min, more than ${Math.ceil(most)}`];
  return [
    ...storm,
    ...checkUploads(lived),
    ...checkUnframed(lived),
    ...checkUnknownHost(calls),
    ...checkWaits(calls.filter(({ route }) => route === 'workflow')),
    ...submitWaits(),
  ];

  function submitWaits(): string[] {
    // Of several orders or tries nobody can tell which one asks again.
    return orders > 1 || retries > 0 ? [] : checkWaits(calls.filter(({ route }) => route === 'submit'));
  }
}

/** A refused upload is tried three times at most, also where the refusal arrives as a reset. */
function checkUploads({ trace, plan }: Lived): string[] {
  // Whoever is slower to answer than an upload hesitates cannot be heard.
  if (plan.network.storage.most > 1_200) return [];
  const refused = trace.calls.filter(({ trouble }) => trouble === 'refused-early').length;
  // Another fault between two refusals begins their row anew.
  const others = trace.calls.filter(({ route, trouble }) => {
    return route === 'put' && trouble !== undefined && trouble !== 'refused-early';
  });
  const most = UPLOAD_TRIES * (plan.inputs.uploads.length + others.length);
  return refused <= most ? [] : [`${refused} uploads of ${plan.inputs.uploads.length} files were refused`];
}

/** Where neither a length nor a range tells where a file ends, asking for it again tells nothing more. */
function checkUnframed({ trace, service }: Lived): string[] {
  return service.tasks.flatMap((task) =>
    task.plan.outputs.flatMap((output, index) => {
      if (output.framing !== 'close' || output.ranges) return [];
      const gets = trace.calls.filter(({ route, subject }) => route === 'get' && subject === keyOf(task, index));
      const isTroubled = gets.some(
        ({ trouble, over, status = 0 }) => trouble !== undefined || over !== 'whole' || status > 299,
      );
      return gets.length <= 1 || isTroubled
        ? []
        : [`${keyOf(task, index)} was fetched ${gets.length} times, whole each time`];
    }),
  );
}

/** A name that nobody ever knew is a mistyped one. */
function checkUnknownHost(calls: readonly Call[]): string[] {
  const [first] = calls;
  const last = calls.at(-1);
  if (first === undefined || last === undefined || calls.some(({ trouble }) => trouble !== 'unknown-host')) return [];
  if (last.askedAt - (first.overAt ?? 0) <= NAME_PATIENCE) return [];
  return [`a host that nobody knows was asked for until ${at(last.askedAt)}`];
}

/** Tries of one call that follow each other: a wait that an answer asked for is kept. */
function checkWaits(tries: readonly Call[]): string[] {
  const [first] = tries;
  return tries.flatMap(({ route, overAt = 0, retryAfter }, index) => {
    const next = tries[index + 1];
    if (first === undefined || next === undefined || retryAfter === 0) return [];
    const due = Math.min(overAt + Math.min(retryAfter, LONGEST_WAIT), first.askedAt + BUDGET);
    if (next.askedAt >= due - SLACK) return [];
    return [`${route} was asked again at ${at(next.askedAt)}, and not before ${at(due)} had been asked for`];
  });
}
