import { isDeepStrictEqual } from 'node:util';
import { type Inert, inert, joinInert, shown } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import type { LabelledOrder, Order, Plan } from '../matrix/plan.ts';
import type { Target } from '../task/context.ts';

/** Says what is about to be submitted; nothing where nothing is. */
export function announce(plan: Plan, target: Target, host: string, log: Log): void {
  if ('taskId' in target) return;
  const { workflow } = plan;
  const version = workflow?.version === undefined ? '' : ` (version ${workflow.version})`;
  const many =
    plan.kind === 'one'
      ? ''
      : `, ${plan.orders.length} tasks, ${Math.min(plan.maxParallel, plan.orders.length)} at a time`;
  log.info(inert`Submitting ${workflow?.workflow_slug ?? target.workflow}${version} to ${host}${many}`);
  const lines = plan.kind === 'one' ? showAll(parametersOf(plan.order)) : showMatrix(plan.orders);
  if (lines.length > 0) log.group(inert`parameters`, lines);
}

function parametersOf({ target }: Order): Mapping {
  return 'workflow' in target ? target.submission.parameters : {};
}

function showAll(parameters: Mapping): Inert[] {
  return Object.entries(parameters).map(([key, value]) => inert`${key}: ${showValue(value)}`);
}

/** What all combinations have in common once, then of each what tells it apart. */
function showMatrix(orders: readonly LabelledOrder[]): Inert[] {
  const [first = {}, ...others] = orders.map(({ order }) => parametersOf(order));
  const isCommon = (key: string) => others.every((other) => isDeepStrictEqual(other[key], first[key]));
  const common = new Set(Object.keys(first).filter(isCommon));
  const pick = (parameters: Mapping, wanted: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([key]) => common.has(key) === wanted));
  return [
    ...showAll(pick(first, true)),
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
