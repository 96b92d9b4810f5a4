import { formatClock } from '../base/durations.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Earlier } from '../files/reuse.ts';
import {
  commonParameters,
  describeWould,
  type LabelledOrder,
  ordersOf,
  type Plan,
  parametersOf,
} from '../matrix/plan.ts';
import { code, list, listed, shownValue, span, whole } from './markdown.ts';
import { appendSummary } from './runner-files.ts';
import { factsTable, noteLine, parameters, reusedOf, type SummaryHead, shareLine, title } from './summary.ts';

/**
 * Appends the summary of a plan to the job's.
 *
 * @param takers Who could take its tasks, where that is known.
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writePlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): Promise<void> {
  await appendSummary(`${formatPlan(head, plan, takers)}\n`);
}

/** The summary of what would run, and what would be reused: of a matrix, a row a task. At most about 400 KB. */
export function formatPlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): string {
  const isOne = plan.kind === 'one';
  const would = describeWould(plan).replace(/^it/, 'It');
  const facts: [string, string | undefined][] = [
    ['Service', code(head.host)],
    ['Plan', isOne ? planned(plan.order.earlier) : undefined],
    ['Agents', takers === undefined ? undefined : code(takers)],
    ['Release', head.release === undefined ? undefined : code(head.release)],
    ['Fingerprint', plan.fingerprint === undefined ? undefined : code(plan.fingerprint)],
  ];
  return [
    `### 📝 Plan: ${title(head)}`,
    shareLine(head),
    ...(ordersOf(plan).length === 0 ? [] : [`${would}. Nothing was submitted.`]),
    noteLine(head),
    factsTable(facts),
    isOne ? parameters(parametersOf(plan.order)) : planRows(plan.orders),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function planRows(orders: readonly LabelledOrder[]): string {
  if (orders.length === 0) return '';
  const common = commonParameters(orders);
  const [first] = orders;
  const shared =
    first === undefined ? [] : Object.entries(parametersOf(first.order)).filter(([key]) => common.has(key));
  const row = ({ label, order }: LabelledOrder) => [
    code(label),
    Object.entries(parametersOf(order))
      .flatMap(([key, value]) => (common.has(key) ? [] : [code(inert`${key}: ${shownValue(value)}`)]))
      .join(' '),
    planned(order.earlier),
  ];
  const rows = list(['Combination', 'Parameters', 'Plan'], orders, row);
  return [rows, parameters(Object.fromEntries(shared))].filter((part) => part !== '').join('\n\n');
}

function planned(earlier: Earlier | undefined): string {
  if (earlier === undefined) return '▶️ runs';
  if ('why' in earlier) return `▶️ runs ${code(earlier.why)}`;
  const { reused, runTime } = 'report' in earlier ? earlier.report : earlier.followed;
  const ran = runTime === undefined ? '' : ` (${formatClock(runTime)})`;
  return `♻️ ${reusedOf(reused)}${ran}${'report' in earlier ? '' : ', its files are fetched'}`;
}

/**
 * Appends what keeps a plan from being made to the job's summary.
 *
 * @param workflow The reference as it was given; empty where none was.
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeFailedPlan(workflow: string, problems: readonly Inert[]): Promise<void> {
  const name = workflow === '' ? '' : `: ${span(workflow)}`;
  const { text, more } = listed(problems, (problem) => `- ${whole(problem)}`);
  await appendSummary(`### ❌ Plan${name}\n\nNothing was submitted.\n\n${text}${more}\n\n`);
}
