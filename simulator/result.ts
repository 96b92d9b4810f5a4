import type { SimulatedTask } from './task.ts';

/** The key of a task's output. */
export function keyOf(task: SimulatedTask, index: number): string {
  return `tasks/${task.id}/output_${index}.bin`;
}

/** What the event of a task's end says of its outputs, if it does. */
export function announcedOutputs(task: SimulatedTask): object | undefined {
  if (task.plan.lateUrls?.promise !== 'event' || task.now().status !== 'completed') return undefined;
  return described(task, task.plan.outputs.length);
}

/** When an output has a URL, if the task completes; `undefined` before its end. */
export function urlTime({ plan, endedAt }: SimulatedTask, index: number): number | undefined {
  const { lateUrls, resultDelay } = plan;
  const isLate = lateUrls !== undefined && index >= lateUrls.prompt;
  return endedAt === undefined ? undefined : endedAt + Math.max(resultDelay, isLate ? lateUrls.delay : 0);
}

/** What a completed task left behind, as its result tells it then. */
export function resultOf(task: SimulatedTask, now: number, sign: (key: string) => string) {
  const { outputs, lateUrls } = task.plan;
  const isThere = (index: number) => (urlTime(task, index) ?? now) <= now;
  const there = outputs.filter((_, index) => isThere(index)).length;
  const promise = lateUrls?.promise ?? 'keys';
  const blank = lateUrls?.until === 'null' ? null : lateUrls?.until === 'empty' ? '' : undefined;
  return {
    task_output: {
      ...described(task, promise === 'keys' ? outputs.length : there),
      ...(promise === 'count' && { image_count: outputs.length }),
    },
    download_urls: Object.fromEntries(
      outputs.map((_, index) => [idOf(index), isThere(index) ? sign(keyOf(task, index)) : blank]),
    ),
  };
}

function described(task: SimulatedTask, count: number): object {
  const indices = Array.from({ length: count }, (_, index) => index);
  return Object.fromEntries(indices.map((index) => [idOf(index), { s3_key: keyOf(task, index) }]));
}

function idOf(index: number): string {
  return `${index}.images.0`;
}
