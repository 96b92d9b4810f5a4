import { isDeepStrictEqual } from 'node:util';
import { type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import type { Shard } from '../base/shard.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { HomeOptions } from '../files/context.ts';
import type { TaskReport } from '../files/report.ts';
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

/** The parameters of which all orders of a matrix have the same value. */
export function commonParameters(orders: readonly LabelledOrder[]): ReadonlySet<string> {
  const [first = {}, ...others] = orders.map(({ order }) => parametersOf(order));
  const isCommon = (key: string) => others.every((other) => isDeepStrictEqual(other[key], first[key]));
  return new Set(Object.keys(first).filter(isCommon));
}

/** Which share of a matrix a plan is, if it is one. */
export function describeShare(plan: One | Many): Inert | undefined {
  if (plan.kind === 'one' || plan.shard === undefined) return undefined;
  const { shard, total, orders } = plan;
  const amount = orders.length === 0 ? inert`none: there is nothing to submit` : inert`${orders.length}`;
  return inert`Matrix: ${total} combination${total === 1 ? '' : 's'}, of which this share (${shard.index}/${shard.count}) has ${amount}`;
}

/** The task that an order need not submit again, and whose files it fetches. */
export function followedEarlier({ earlier }: Order): Followed | undefined {
  return earlier !== undefined && 'followed' in earlier ? earlier.followed : undefined;
}

/** Whether a new task is to be made for an order. */
export function willSubmit(order: Order): boolean {
  return !('taskId' in order.target) && reportOfEarlier(order) === undefined && followedEarlier(order) === undefined;
}
