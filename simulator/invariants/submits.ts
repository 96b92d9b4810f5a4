import type { Lived } from '../world.ts';
import { ordersOf } from './orders.ts';

/** Never more tasks than orders, and none submitted twice. */
export function checkSubmits({ plan, service }: Lived): string[] {
  const counts = new Map<number, number>();
  for (const { order } of service.tasks) counts.set(order, (counts.get(order) ?? 0) + 1);
  const twice = [...counts].filter(([, count]) => count > 1);
  const more = service.tasks.length > plan.inputs.orders ? [`${service.tasks.length} tasks were made`] : [];
  return [...twice.map(([order, count]) => `order ${order} was submitted ${count} times`), ...more];
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
      isSaid(`There is no task ${id}`)
    )
      return [];
    return [`task ${id} is left running, and nobody said so`];
  });
}
