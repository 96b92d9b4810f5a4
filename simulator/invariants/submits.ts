import type { SimulatedTask } from '../task.ts';
import { isStrange } from '../words.ts';
import type { Lived } from '../world.ts';
import { at, ordersOf } from './orders.ts';

/**
 * Never more tasks than orders, and none submitted twice, but for one that failed: again at most as often as `retries`
 * says, once a record said that it failed, where that may help, and never after an abort.
 */
export function checkSubmits({ plan, service, trace }: Lived): string[] {
  const { orders, retries } = plan.inputs;
  const made = Map.groupBy(service.tasks, ({ order }) => order);
  const more = made.size > orders ? [`tasks of ${made.size} orders were made`] : [];
  const { abortedAt = Number.POSITIVE_INFINITY } = trace;
  const late = trace.calls.filter(({ route, askedAt }) => route === 'submit' && askedAt > abortedAt);
  const often = [...made].flatMap(([order, { length }]) => {
    return length > 1 + retries ? [`order ${order} was submitted ${length} times`] : [];
  });
  const early = [...made.values()].flatMap((tasks) =>
    tasks.slice(1).flatMap(({ id, createdAt }, index) => {
      const former = tasks[index];
      return former !== undefined && mayFollow(former, createdAt)
        ? []
        : [`${id} was made, and ${former?.id} had not failed`];
    }),
  );
  return [...more, ...often, ...early, ...late.map(({ askedAt }) => `${at(askedAt)} is a submit after the abort`)];

  function mayFollow(
    { id, plan: script, now, endedAt = Number.POSITIVE_INFINITY }: SimulatedTask,
    time: number,
  ): boolean {
    const isRead = trace.heard.some(
      (heard) => heard.by === 'main' && heard.taskId === id && heard.via === 'record' && heard.end && heard.at <= time,
    );
    const word = script.words.failed ?? '';
    const isHopeless = script.error.includes('out of memory') || isStrange(word) || /time|expired/i.test(word);
    return now().status === 'failed' && endedAt <= time && isRead && !isHopeless;
  }
}

/**
 * No task is left running after main and post, but where nobody can know of it or somebody wants it; and where it could
 * not be helped, that was said.
 */
export function checkLeftRunning(lived: Lived): string[] {
  const { plan, trace, told, leftRunning } = lived;
  const { cancelOnAbort, wait, kind } = plan.inputs;
  const wasCutOff = trace.abortedAt !== undefined || trace.killedAt !== undefined;
  const texts = trace.lines.map(({ text }) => text);
  const problems = told?.reports.flatMap(({ problem }) => problem?.message ?? []) ?? [];
  const isSaid = (text: string) =>
    texts.some((line) => line.includes(text)) || problems.some((one) => one.includes(text));
  return leftRunning.flatMap((id) => {
    const isKnown = trace.begun.has(id) || kind === 'attach';
    if (!isKnown) {
      const said = isSaid('A task may be running') || isSaid('was killed while it submitted');
      return said ? [] : [`task ${id} was made, its id was lost, and nobody said so`];
    }
    const report = told?.reports.find(({ taskId }) => taskId === id);
    const wasMisled = ordersOf(lived).some(({ task, wasMisled }) => task?.id === id && wasMisled);
    // Before anybody followed it, what ended main left it as it was.
    const isLeft = wasCutOff || wasMisled || told === undefined || report?.problem?.kind === 'task';
    const isWanted = !cancelOnAbort && isLeft;
    // Killed before it could write anything down: an other's task stays as it was.
    const isForeign = kind === 'attach' && trace.saves === 0;
    const isDetached = !wait && (report?.status === 'submitted' || trace.killedAt !== undefined);
    if (
      isWanted ||
      isForeign ||
      isDetached ||
      isSaid(`Task ${id} could not be cancelled`) ||
      isSaid(`Task ${id} is not known to be cancelled`) ||
      isSaid(`There is no task ${id}`)
    )
      return [];
    return [`task ${id} is left running, and nobody said so`];
  });
}
