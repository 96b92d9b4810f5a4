import { formatClock } from '../base/durations.ts';
import type { Inert } from '../base/inert.ts';
import type { Earlier } from '../files/reuse.ts';
import { type LabelledOrder, ordersOf, type Plan, parametersOf, sparedBy, wouldOf } from '../matrix/plan.ts';
import { code, folded, page, span, table } from './markdown.ts';
import { appendSummary } from './runner-files.ts';
import {
  factList,
  headline,
  parameters,
  reusedOf,
  type SummaryHead,
  splitParameters,
  warnings,
} from './summary-parts.ts';

/**
 * Appends the summary of a plan to the job's.
 *
 * @param takers Who could take its tasks, where that is known.
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writePlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): Promise<void> {
  await appendSummary(`${formatPlan(head, plan, takers)}\n`);
}

/** The summary of what would run, and what would be reused: of a matrix, a row a task. At most about 300 KB. */
export function formatPlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): string {
  const spared = sparedBy(plan);
  const isEmpty = ordersOf(plan).length === 0;
  return page([
    headline('📝 Plan of', head, isEmpty ? 'nothing to run' : wouldOf(plan)),
    head.share === undefined ? '' : `${head.share}.`,
    isEmpty ? '' : `Nothing was submitted or uploaded${spared === undefined ? '' : `; ${spared}`}.`,
    head.note === undefined ? '' : span(head.note),
    warnings(head),
    factList([
      ['Plan', plan.kind === 'one' && plan.order.earlier !== undefined ? planned(plan.order.earlier) : undefined],
      ['Agents', takers && code(takers)],
      ['Release', head.release && code(head.release)],
    ]),
    ...(plan.kind === 'one' ? [parameters(parametersOf(plan.order))] : planRows(plan.orders)),
    folded('Fingerprint and service', [
      factList([
        ['Fingerprint', plan.fingerprint && code(plan.fingerprint)],
        ['Service', code(head.host)],
      ]),
    ]),
  ]);
}

function planRows(orders: readonly LabelledOrder[]): string[] {
  const { shared, own } = splitParameters(orders.map(({ order }) => parametersOf(order)));
  return [
    table(
      [
        ['Plan', ({ order }) => planned(order.earlier)],
        ['Combination', ({ label }) => code(label)],
        ['Parameters', ({ order }) => own(parametersOf(order))],
      ],
      orders,
    ),
    parameters(shared, 'Parameters that all tasks share'),
  ];
}

function planned(earlier: Earlier | undefined): string {
  if (earlier === undefined) return '▶️ runs';
  if ('why' in earlier) return `▶️ runs: ${code(earlier.why)}`;
  const { reused, runTime } = 'report' in earlier ? earlier.report : earlier.followed;
  const ran = runTime === undefined ? '' : ` (${formatClock(runTime)})`;
  return `♻️ ${reusedOf(reused)}${ran}${'report' in earlier ? '' : ', its files are fetched'}`;
}
