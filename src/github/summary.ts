import { basename } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import { gpuTime, type TaskReport, worstStatus } from '../files/report.ts';
import { describeEarlier } from '../files/reuse.ts';
import type { LabelledReport, Outcome } from '../matrix/outcome.ts';
import {
  commonParameters,
  type LabelledOrder,
  ordersOf,
  type Plan,
  parametersOf,
  reportOfEarlier,
} from '../matrix/plan.ts';
import { code, fenced, list, listed, shownValue, span, table } from './markdown.ts';
import { appendSummary } from './runner-files.ts';

/** What the summary says of the run as a whole. Strings are foreign. */
export interface SummaryHead {
  /** Display name or reference. */
  readonly workflow: string;
  readonly version: string | undefined;
  readonly host: string;
  /** Which share of a matrix it is, if it is one. */
  readonly share?: Inert | undefined;
}

/**
 * Appends the run's summary to the job's.
 *
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeSummary(head: SummaryHead, outcome: Outcome): Promise<void> {
  const text = outcome.kind === 'one' ? formatSummary(head, outcome.report) : formatMatrixSummary(head, outcome.runs);
  await appendSummary(`${text}\n`);
}

/**
 * Appends the summary of a plan to the job's.
 *
 * @param takers Who could take its tasks, where that is known.
 * @throws {RunError} as {@link writeSummary}
 */
export async function writePlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): Promise<void> {
  await appendSummary(`${formatPlan(head, plan, takers)}\n`);
}

/** The summary of what would run, and what would be reused: of a matrix, a row a task. At most about 400 KB. */
export function formatPlan(head: SummaryHead, plan: Plan, takers: Inert | undefined): string {
  const orders = ordersOf(plan);
  const fresh = orders.filter((order) => reportOfEarlier(order) === undefined).length;
  const isOne = plan.kind === 'one';
  const would = isOne
    ? fresh === 1
      ? 'It would run.'
      : 'It would be reused.'
    : `${fresh} of ${orders.length} tasks would run.`;
  const facts: [string, string | undefined][] = [
    ['Service', code(head.host)],
    ['Earlier run', isOne && plan.order.earlier !== undefined ? code(describeEarlier(plan.order.earlier)) : undefined],
    ['Agents', takers === undefined ? undefined : code(takers)],
    ['Fingerprint', plan.fingerprint === undefined ? undefined : code(plan.fingerprint)],
  ];
  return [
    `### ${MARK.planned} Plan: ${title(head)}`,
    shareLine(head),
    ...(orders.length === 0 ? [] : [`${would} Nothing was submitted.`]),
    factsTable(facts),
    isOne ? parameters(parametersOf(plan.order)) : planRows(plan.orders),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function shareLine({ share }: SummaryHead): string {
  return share === undefined ? '' : `${share}.`;
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
    order.earlier === undefined ? 'Runs' : code(describeEarlier(order.earlier)),
  ];
  const rows = list(['Combination', 'Parameters', 'Plan'], orders, row);
  return [rows, parameters(Object.fromEntries(shared))].filter((part) => part !== '').join('\n\n');
}

function factsTable(facts: readonly [string, string | undefined][]): string {
  return table(
    ['', ''],
    facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/** The summary of many tasks: a row a task, then a row a file. At most about 800 KB. */
export function formatMatrixSummary(head: SummaryHead, runs: readonly LabelledReport[]): string {
  const reports = runs.map(({ report }) => report);
  const row = ({ label, report }: LabelledReport) => [
    `${markOf(report)} ${statusOf(report)}`,
    code(label),
    code(report.taskId ?? ''),
    time(report.queueTime) ?? '',
    time(report.runTime) ?? '',
    code(report.agentId ?? ''),
  ];
  const done = reports.filter((report) => report.problem === undefined).length;
  const reused = reports.filter((report) => report.reused !== undefined).length;
  const isSubmitted = reports.every(({ status, problem }) => status === 'submitted' && problem === undefined);
  const said = isSubmitted
    ? `${reports.length} tasks submitted, and not waited for.`
    : `${done} of ${reports.length} tasks succeeded.${reused === 0 ? '' : ` ${reused} of them did not run, but are reused.`}`;
  const all = reports.flatMap((report) => report.files);
  const spent = gpuTime(reports);
  return [
    `### ${MARK[worstStatus(reports)]} ${title(head)}`,
    shareLine(head),
    ...(runs.length === 0
      ? []
      : [
          `${said}${spent === undefined ? '' : ` GPU time ${spent}.`}`,
          list(['Status', 'Combination', 'Task', 'Queued', 'Ran', 'Agent'], runs, row),
        ]),
    problems(runs),
    tries(runs.flatMap(({ label, report }) => report.tries.map(({ error }) => `${span(label)}: ${span(error)}`))),
    files(all, ({ path, place }) => `${basename(path.slice(0, -place.length))}/${place}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** The summary as GitHub-flavoured Markdown; every foreign text is code, and so as it is. At most about 800 KB. */
export function formatSummary(head: SummaryHead, report: TaskReport): string {
  const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string | undefined][] = [
    ['Task', report.taskId && code(report.taskId)],
    ['Status', statusOf(report)],
    ['Service', code(head.host)],
    ['Queued', time(report.queueTime)],
    ['Ran', time(report.runTime)],
    ['GPU time', gpuTime([report])],
    ['Agent', report.agentId && code(report.agentId)],
    ['GPU', report.gpuType && code(report.gpuType)],
    ['Files', report.files.length === 0 ? undefined : `${report.files.length}, ${prettyBytes(bytes)}`],
  ];
  return [
    `### ${markOf(report)} ${title(head)}`,
    report.problem === undefined ? '' : span(report.problem.message),
    factsTable(facts),
    tries(report.tries.map(({ error }) => span(error))),
    files(report.files),
    parameters(report.parameters),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const MARK: Record<TaskReport['status'], string> = {
  completed: '✅',
  submitted: '🚀',
  planned: '📝',
  failed: '❌',
  cancelled: '🚫',
  'timed-out': '⏰',
};

function statusOf({ status, reused }: TaskReport): string {
  if (reused === undefined) return status;
  return reused.finishedOn === undefined ? 'reused' : `reused, of ${code(reused.finishedOn.replace(/T.*/, ''))}`;
}

/** A task may have completed, and its files not have come. */
function markOf({ status, problem }: TaskReport): string {
  return status === 'completed' && problem !== undefined ? MARK.failed : MARK[status];
}

function title({ workflow, version }: SummaryHead): string {
  return version === undefined ? span(workflow) : `${span(workflow)} (version ${span(version)})`;
}

function files(files: TaskReport['files'], nameOf = ({ place }: TaskReport['files'][number]) => place): string {
  if (files.length === 0) return '';
  return list(['File', 'Output', 'Size', 'SHA-256'], files, (file) => [
    code(nameOf(file)),
    code(file.output),
    prettyBytes(file.bytes),
    code(file.sha256),
  ]);
}

/** An item a task that did not succeed. */
function problems(runs: readonly LabelledReport[]): string {
  const failed = runs.flatMap(({ label, report: { problem } }) => (problem === undefined ? [] : [{ label, problem }]));
  const { text, more } = listed(failed, ({ label, problem }) => `- ${span(label)}: ${span(problem.message)}`);
  return text + more;
}

/** An item a try that failed and was followed by another. */
function tries(errors: readonly string[]): string {
  const { text, more } = listed(errors, (error) => `- ${error}`);
  return text === '' ? '' : `Tried again:\n\n${text}${more}`;
}

/** A line a parameter, in a fence: a value may hold a secret. */
function parameters(values: Mapping): string {
  const entries = Object.entries(values);
  if (entries.length === 0) return '';
  const { text, more } = listed(entries, ([key, value]) => inert`${key}: ${shownValue(value)}`);
  return `<details><summary>Parameters</summary>\n\n${fenced(text)}${more}\n\n</details>`;
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatClock(ms);
}
