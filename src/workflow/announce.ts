import { type Inert, inert, joinInert, shown } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import { describeEarlier } from '../files/reuse.ts';
import {
  commonParameters,
  describeShare,
  type LabelledOrder,
  ordersOf,
  type Plan,
  parametersOf,
  reportOfEarlier,
} from '../matrix/plan.ts';
import type { Target } from '../task/context.ts';

/**
 * Says what is about to be submitted, and what is not, as it is here already; nothing where a task is attached to.
 *
 * @param isDryRun It would be submitted, but is not.
 */
export function announce(plan: Plan, target: Target, host: string, isDryRun: boolean, log: Log): void {
  if ('taskId' in target) return;
  const { workflow } = plan;
  const share = describeShare(plan);
  if (share !== undefined) log.info(share);
  if (ordersOf(plan).length === 0) return;
  const version = workflow?.version === undefined ? '' : ` (version ${workflow.version})`;
  const what = inert`${workflow?.workflow_slug ?? target.workflow}${version}`;
  log.info(isDryRun ? inert`Plan for ${what} at ${host}: ${planned(plan)}` : submitted(plan, what, host));
  const lines = plan.kind === 'one' ? showAll(parametersOf(plan.order)) : showMatrix(plan.orders);
  if (lines.length > 0) log.group(inert`parameters`, lines);
  sayEarlier(plan, log);
  sayRandom(plan, log);
}

/** How many tasks there are, and how many of them are here already. */
function countsOf(plan: Plan): { readonly all: number; readonly reused: number; readonly fresh: number } {
  const orders = ordersOf(plan);
  const reused = orders.filter((order) => reportOfEarlier(order) !== undefined).length;
  return { all: orders.length, reused, fresh: orders.length - reused };
}

function planned(plan: Plan): Inert {
  const { all, reused, fresh } = countsOf(plan);
  if (plan.kind === 'one') return reused === 0 ? inert`it would run` : inert`it would be reused, and nothing run`;
  return inert`${fresh} of ${all} tasks would run${reused === 0 ? '' : `, ${reused} would be reused`}`;
}

function submitted(plan: Plan, what: Inert, host: string): Inert {
  const { all, reused, fresh } = countsOf(plan);
  if (fresh === 0) return inert`Nothing to submit of ${what} to ${host}`;
  if (plan.kind === 'one') return inert`Submitting ${what} to ${host}`;
  const tasks = reused === 0 ? `${all} tasks` : `${fresh} of ${all} tasks`;
  return inert`Submitting ${what} to ${host}, ${tasks}, ${Math.min(plan.maxParallel, fresh)} at a time`;
}

/** What came of looking for earlier runs, where somebody did. */
function sayEarlier(plan: Plan, log: Log): void {
  if (plan.kind === 'one') {
    const { earlier } = plan.order;
    if (earlier !== undefined) log.info(describeEarlier(earlier));
    return;
  }
  const found = plan.orders.flatMap(({ label, order: { earlier } }) =>
    earlier === undefined ? [] : [{ label, text: describeEarlier(earlier) }],
  );
  const [first] = found;
  if (first === undefined) return;
  const { all, reused } = countsOf(plan);
  if (reused === 0 && found.every(({ text }) => text === first.text)) {
    log.info(inert`None of ${all} tasks is reused. ${first.text}`);
    return;
  }
  const lines = found.map(({ label, text }) => inert`[${label}]  ${text}`);
  log.group(inert`${reused} of ${all} tasks are reused`, lines);
}

/** Somebody who expects another picture each time should know why there is none. */
function sayRandom({ workflow, ...plan }: Plan, log: Log): void {
  const reused = ordersOf(plan).filter((order) => reportOfEarlier(order) !== undefined);
  const seeds = (workflow?.parameters ?? []).flatMap(({ key }) => (SEED.test(key) ? key : []));
  const open = seeds.find((key) => reused.some((order) => !Object.hasOwn(parametersOf(order), key)));
  if (open === undefined) return;
  log.info(
    inert`${open} is not given, and what is reused has that of then: the same comes back. Give a ${open}, or leave reuse out, for another.`,
  );
}

const SEED = /(?:^|_)seed$/i;

function showAll(parameters: Mapping): Inert[] {
  return Object.entries(parameters).map(([key, value]) => inert`${key}: ${showValue(value)}`);
}

/** What all combinations have in common once, then of each what tells it apart. */
function showMatrix(orders: readonly LabelledOrder[]): Inert[] {
  const [first] = orders;
  if (first === undefined) return [];
  const common = commonParameters(orders);
  const pick = (parameters: Mapping, wanted: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([key]) => common.has(key) === wanted));
  return [
    ...showAll(pick(parametersOf(first.order), true)),
    ...orders.map(({ label, order }) => {
      const own = showAll(pick(parametersOf(order), false));
      return own.length === 0 ? inert`[${label}]` : joinInert([inert`[${label}]`, joinInert(own)], '  ');
    }),
  ];
}

function showValue(value: unknown): Inert {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  // The runner masks a secret of several lines line by line, and so may lines be left out.
  const [first = '', ...more] = text.trim().split(/\r\n|[\n\r]/);
  const count = more.length;
  return count > 0 ? inert`${shown(first)} (and ${count} more ${count === 1 ? 'line' : 'lines'})` : shown(first);
}
