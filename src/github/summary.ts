import { basename } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import { inert, shown } from '../base/inert.ts';
import { gpuSeconds, type TaskReport, worstStatus } from '../files/report.ts';
import type { LabelledReport, Outcome } from '../matrix/outcome.ts';
import { appendSummary } from './runner-files.ts';

/** What the summary says of the run as a whole. Strings are foreign. */
export interface SummaryHead {
  /** Display name or reference. */
  readonly workflow: string;
  readonly version: string | undefined;
  readonly host: string;
}

/** GitHub refuses a summary above 1 MiB, in bytes, with an error; all steps' summaries are shown one below the other. */
const MOST_ROWS = 500;
/** What the lines of one list may take. */
const MOST_BYTES = 192 * 1024;

/**
 * Appends the run's summary to the job's.
 *
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeSummary(head: SummaryHead, outcome: Outcome): Promise<void> {
  const text = outcome.kind === 'one' ? formatSummary(head, outcome.report) : formatMatrixSummary(head, outcome.runs);
  await appendSummary(`${text}\n`);
}

/** The summary of many tasks: a row a task, then a row a file. At most about 800 KB. */
export function formatMatrixSummary(head: SummaryHead, runs: readonly LabelledReport[]): string {
  const reports = runs.map(({ report }) => report);
  const row = ({ label, report }: LabelledReport) => [
    `${markOf(report)} ${report.status}`,
    code(label),
    code(report.taskId ?? ''),
    time(report.queueTime) ?? '',
    time(report.runTime) ?? '',
    code(report.agentId ?? ''),
  ];
  const done = reports.filter((report) => report.problem === undefined).length;
  const isSubmitted = reports.every(({ status, problem }) => status === 'submitted' && problem === undefined);
  const all = reports.flatMap((report) => report.files);
  const spent = gpuTime(reports);
  return [
    `### ${MARK[worstStatus(reports)]} ${title(head)}`,
    isSubmitted
      ? `${reports.length} tasks submitted, and not waited for.`
      : `${done} of ${reports.length} tasks succeeded.${spent === undefined ? '' : ` GPU time ${spent}.`}`,
    list(['Status', 'Combination', 'Task', 'Queued', 'Ran', 'Agent'], runs, row),
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
    ['Status', report.status],
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
    table(
      ['', ''],
      facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
    ),
    tries(report.tries.map(({ error }) => span(error))),
    files(report.files),
    parameters(report),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const MARK: Record<TaskReport['status'], string> = {
  completed: '✅',
  submitted: '🚀',
  failed: '❌',
  cancelled: '🚫',
  'timed-out': '⏰',
};

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
function parameters({ parameters }: TaskReport): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return '';
  const { text, more } = listed(entries, ([key, value]) => {
    return inert`${key}: ${shown(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))}`;
  });
  const fence = '`'.repeat(Math.max(2, longestTicks(text)) + 1);
  return `<details><summary>Parameters</summary>\n\n${fence}text\n${text}\n${fence}${more}\n\n</details>`;
}

/** A table with a row an item. */
function list<T>(head: readonly string[], items: readonly T[], row: (item: T) => readonly string[]): string {
  const { text, more } = listed(items, (item) => line(row(item)));
  return [line(head), line(head.map(() => '---')), text].join('\n') + more;
}

/** A line an item, as many as there is room for, and what says how many are left out. */
function listed<T>(items: readonly T[], render: (item: T) => string): { readonly text: string; readonly more: string } {
  const lines: string[] = [];
  let size = 0;
  for (const item of items.slice(0, MOST_ROWS)) {
    const text = render(item);
    size += Buffer.byteLength(text);
    if (size > MOST_BYTES) break;
    lines.push(text);
  }
  const more = items.length - lines.length;
  return { text: lines.join('\n'), more: more > 0 ? `\n\nand ${more} more` : '' };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return list(head, rows, (row) => row);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Of all tasks and tries; `undefined` where none ran for a second. */
function gpuTime(reports: readonly TaskReport[]): string | undefined {
  const seconds = gpuSeconds(reports);
  return seconds === 0 ? undefined : formatClock(seconds * 1000);
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatClock(ms);
}

/**
 * A code span: nothing in it is Markdown or HTML, and all of it stands there as it is. GitHub masks a secret only where it
 * does: one with an entity in it is shown to everybody.
 */
function span(text: string): string {
  const safe = inert`${text}`.trim();
  if (safe === '') return '';
  const fence = '`'.repeat(longestTicks(safe) + 1);
  const room = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return fence + room + safe + room + fence;
}

/** The same in a table, where `|` could not stand as it is. */
function code(text: string): string {
  return text.includes('|') ? `text of ${text.length.toLocaleString('en-US')} characters` : span(text);
}

function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
}
