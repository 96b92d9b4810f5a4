import { isDeepStrictEqual } from 'node:util';
import { formatClock } from '../base/durations.ts';
import { amount, type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import type { Shard } from '../base/shard.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Offer } from '../files/collect.ts';
import type { HomeOptions } from '../files/context.ts';
import { sparedSeconds, type TaskReport } from '../files/report.ts';
import type { Earlier } from '../files/reuse.ts';
import type { TaskOrder } from '../task/context.ts';
import type { Followed } from '../task/followed.ts';

/** One task to run, and what to bring home of it. */
export interface Order extends TaskOrder, HomeOptions {
  /** What its folder has of an earlier run; `undefined` where nobody looked. */
  readonly earlier: Earlier | undefined;
}

/** One combination of a matrix, ready to run. */
export interface LabelledOrder {
  /** What the log calls it. Foreign text. */
  readonly label: string;
  readonly order: Order;
}

/** A single task. */
export interface One {
  readonly kind: 'one';
  readonly order: Order;
}

/** The combinations of a matrix, or one share of them. */
export interface Many {
  readonly kind: 'many';
  /** Which share; `undefined` for all of them. */
  readonly shard: Shard | undefined;
  /** How many combinations the matrix has. */
  readonly total: number;
  /** None where there are more shares than combinations. */
  readonly orders: readonly LabelledOrder[];
  /** Tasks submitted and not yet terminal at one time. */
  readonly maxParallel: number;
  /** The first task that fails cancels its siblings. */
  readonly failFast: boolean;
  /** Absolute, below the workspace as the job knows it; the folders of the combinations are below it. */
  readonly folder: string;
}

/** What is to be run. */
export type Plan = (One | Many) & {
  /** The workflow of all its tasks, where it could be read. */
  readonly workflow: Workflow | undefined;
  /** Of all its tasks together; `undefined` where that is not known. */
  readonly fingerprint: string | undefined;
};

/** The orders of a plan, in order. */
export function ordersOf(plan: One | Many): readonly Order[] {
  return plan.kind === 'one' ? [plan.order] : plan.orders.map(({ order }) => order);
}

/** What an order need not make again. */
export function reportOfEarlier({ earlier }: Order): TaskReport | undefined {
  return earlier !== undefined && 'report' in earlier ? earlier.report : undefined;
}

/** What an order sends, or would; nothing where it attaches to a task. */
export function parametersOf({ target }: Pick<Order, 'target'>): Mapping {
  return 'submission' in target ? target.submission.parameters : {};
}

/** The parameters of which all of several tasks have the same value. */
export function commonParameters(tasks: readonly Mapping[]): ReadonlySet<string> {
  const [first = {}, ...others] = tasks;
  const isCommon = (key: string) => others.every((other) => isDeepStrictEqual(other[key], first[key]));
  return new Set(Object.keys(first).filter(isCommon));
}

/** Which share of a matrix a plan is, if it is one. */
export function describeShare(plan: One | Many): Inert | undefined {
  if (plan.kind === 'one' || plan.shard === undefined) return undefined;
  const { shard, total, orders } = plan;
  const own = orders.length === 0 ? inert`none: there is nothing to submit` : inert`${orders.length}`;
  return inert`Matrix: ${amount(total, 'combination')}, of which this share (${shard.index}/${shard.count}) has ${own}`;
}

/** How many tasks a plan has, and how many of them are here already. */
export function countsOf(plan: One | Many): { readonly all: number; readonly reused: number; readonly fresh: number } {
  const all = ordersOf(plan).length;
  const reused = earlierRuns(plan).length;
  return { all, reused, fresh: all - reused };
}

/** What a plan would come to, such as `1 of 3 tasks would run, 2 would be reused (0:31 of GPU time spared)`. */
export function describeWould(plan: One | Many): Inert {
  const spared = sparedBy(plan);
  return spared === undefined ? wouldOf(plan) : inert`${wouldOf(plan)} (${spared})`;
}

/** The same without what is spared. */
export function wouldOf(plan: One | Many): Inert {
  const { all, reused, fresh } = countsOf(plan);
  if (plan.kind === 'one') return reused === 0 ? inert`it would run` : inert`it would be reused, and nothing run`;
  const rest = reused === 0 ? '' : `, ${reused} would be reused`;
  return inert`${fresh} of ${amount(all, 'task')} would run${rest}`;
}

/** `0:31 of GPU time spared`; `undefined` where nothing is. */
export function sparedBy(plan: One | Many): Inert | undefined {
  const seconds = sparedSeconds(earlierRuns(plan));
  return seconds === 0 ? undefined : inert`${formatClock(seconds * 1000)} of GPU time spared`;
}

/** For somebody who expects another picture each time, and gets that of then; `undefined` where nobody has to be told. */
export function describeOpenSeed(plan: Plan): Inert | undefined {
  const reused = ordersOf(plan).filter((order) => earlierRun(order) !== undefined);
  const seeds = (plan.workflow?.parameters ?? []).flatMap(({ key }) => (SEED.test(key) ? key : []));
  const open = seeds.find((key) => reused.some((order) => !Object.hasOwn(parametersOf(order), key)));
  if (open === undefined) return undefined;
  return inert`${open} is not given, and what is reused has that of then: the same comes back. Give a ${open}, or leave reuse out, for another.`;
}

const SEED = /(?:^|_)seed$/i;

function earlierRuns(plan: One | Many): readonly EarlierRun[] {
  return ordersOf(plan).flatMap((order) => earlierRun(order) ?? []);
}

type EarlierRun = Pick<TaskReport, 'taskId' | 'runTime' | 'tries' | 'reused'>;

/** The run that makes a new task needless, whether its files are here or are to be fetched. */
export function earlierRun(order: Order): EarlierRun | undefined {
  return reportOfEarlier(order) ?? followedEarlier(order);
}

/** The task that an order need not submit again, and whose files it fetches. */
export function followedEarlier({ earlier }: Order): Followed | undefined {
  return earlier !== undefined && 'followed' in earlier ? earlier.followed : undefined;
}

/** What that task offered, where all that is wanted of it is here. */
export function offerHere({ earlier }: Order): Offer | undefined {
  return earlier !== undefined && 'offer' in earlier ? earlier.offer : undefined;
}

/** Whether a new task is to be made for an order. */
export function willSubmit(order: Order): boolean {
  return !('taskId' in order.target) && earlierRun(order) === undefined;
}
