import { canonicalJson } from '../base/canonical.ts';
import { amount, type Inert, inert, joinInert, shown } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import { describeEarlier } from '../files/reuse.ts';
import {
  commonParameters,
  countsOf,
  describeOpenSeed,
  describeShare,
  describeWould,
  type LabelledOrder,
  ordersOf,
  type Plan,
  parametersOf,
  willSubmit,
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
  log.info(isDryRun ? inert`Plan for ${what} at ${host}: ${describeWould(plan)}` : submitted(plan, what, host));
  const lines = plan.kind === 'one' ? showAll(parametersOf(plan.order)) : showMatrix(plan.orders);
  if (lines.length > 0) log.group(inert`parameters`, lines);
  sayEarlier(plan, log);
  const seed = describeOpenSeed(plan);
  if (seed !== undefined) log.info(seed);
  if (plan.kind === 'many') warnOfEqual(plan.orders, log);
}

function submitted(plan: Plan, what: Inert, host: string): Inert {
  const { all, reused, fresh } = countsOf(plan);
  if (fresh === 0) return inert`Nothing to submit: what ${what} would make is here already`;
  if (plan.kind === 'one') return inert`Submitting ${what} to ${host}`;
  const tasks = reused === 0 ? amount(all, 'task') : inert`${fresh} of ${amount(all, 'task')}`;
  const pace = fresh === 1 ? '' : `, ${Math.min(plan.maxParallel, fresh)} at a time`;
  return inert`Submitting ${what} to ${host}, ${tasks}${pace}`;
}

/** What came of looking for earlier runs, where somebody did. */
function sayEarlier(plan: Plan, log: Log): void {
  if (plan.kind === 'one') {
    const { earlier } = plan.order;
    if (earlier !== undefined) log.info(describeEarlier(earlier));
    return;
  }
  const found = plan.orders.flatMap(({ label, order: { earlier, folderName } }) =>
    earlier === undefined ? [] : [{ label, earlier, folderName }],
  );
  const [first] = found;
  if (first === undefined) return;
  const whys = new Set(found.map(({ earlier }) => ('why' in earlier ? earlier.why : undefined)));
  const [why] = whys;
  if (why !== undefined && whys.size === 1) {
    const { folderName } = first;
    log.info(
      found.length === 1
        ? inert`The task runs: ${why} (${folderName})`
        : inert`All ${found.length} tasks run, each for this reason: ${why} (such as ${folderName})`,
    );
    return;
  }
  const lines = found.map(({ label, earlier }) => inert`[${label}]  ${describeEarlier(earlier)}`);
  log.group(reusedAndNot(plan), lines);
}

function reusedAndNot(plan: Plan): Inert {
  const { all, reused, fresh } = countsOf(plan);
  if (fresh > 0 && reused > 0) {
    return inert`${reused} of ${all} tasks ${reused === 1 ? 'is' : 'are'} reused, ${fresh} ${fresh === 1 ? 'runs' : 'run'}`;
  }
  if (fresh > 0) return inert`All ${all} tasks run`;
  return all === 1 ? inert`The task is reused` : inert`All ${all} tasks are reused`;
}

/** Names of equal combinations, or of groups of them, that are said. */
const MOST_NAMES = 5;

/** Two that are equal make the same twice. */
function warnOfEqual(orders: readonly LabelledOrder[], log: Log): void {
  const alike = Map.groupBy(orders, ({ order }) => order.fingerprint ?? canonicalJson(parametersOf(order)));
  const isPaidTwice = (group: readonly LabelledOrder[]) =>
    group.length > 1 && group.some(({ order }) => willSubmit(order));
  const [first, ...others] = [...alike.values()].filter(isPaidTwice);
  if (first === undefined) return;
  const names = first.slice(0, MOST_NAMES).map(({ label }) => inert`[${label}]`);
  const more = first.length > MOST_NAMES ? `, and ${first.length - MOST_NAMES} more` : '';
  const also = others.length === 0 ? '' : `; so are those of ${amount(others.length, 'other group')}`;
  log.warning(
    inert`${first.length} combinations are equal: ${joinInert(names, first.length === 2 ? ' and ' : ', ')}${more}${also}. Each is a task of its own, and paid for.`,
  );
}

function showAll(parameters: Mapping): Inert[] {
  return Object.entries(parameters).map(([key, value]) => inert`${key}: ${showValue(value)}`);
}

/** What all combinations have in common once, then of each what tells it apart. */
function showMatrix(orders: readonly LabelledOrder[]): Inert[] {
  const [first] = orders;
  if (first === undefined) return [];
  const common = commonParameters(orders.map(({ order }) => parametersOf(order)));
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
  return more.length > 0 ? inert`${shown(first)} (and ${amount(more.length, 'more line')})` : shown(first);
}
