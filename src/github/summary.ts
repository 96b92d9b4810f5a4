import { basename } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import { inert } from '../base/inert.ts';
import { type TaskReport, worstStatus } from '../files/report.ts';
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
/** What the rows of one table may take; a row of hostile text has up to 20 KB. */
const MOST_BYTES = 256 * 1024;

/**
 * Appends the run's summary to the job's.
 *
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeSummary(head: SummaryHead, outcome: Outcome): Promise<void> {
  const text = outcome.kind === 'one' ? formatSummary(head, outcome.report) : formatMatrixSummary(head, outcome.runs);
  await appendSummary(`${text}\n`);
}

/** The summary of many tasks: a row a task, then a row a file. At most about 600 KB. */
export function formatMatrixSummary(head: SummaryHead, runs: readonly LabelledReport[]): string {
  const reports = runs.map(({ report }) => report);
  const row = ({ label, report }: LabelledReport) => [
    `${MARK[report.status]} ${plain(report.status)}`,
    plain(label),
    code(report.taskId ?? ''),
    time(report.queueTime) ?? '',
    time(report.runTime) ?? '',
    plain(report.agentId ?? ''),
    plain((report.problem?.message ?? '').slice(0, 200)),
  ];
  const done = reports.filter((report) => report.problem === undefined).length;
  const all = reports.flatMap((report) => report.files);
  return [
    `### ${MARK[worstStatus(reports)]} ${title(head)}`,
    `${done} of ${reports.length} tasks succeeded.`,
    list(['Status', 'Combination', 'Task', 'Queued', 'Ran', 'Agent', 'Problem'], runs, row),
    files(all, ({ path, place }) => `${basename(path.slice(0, -place.length))}/${place}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** The summary as GitHub-flavoured Markdown; every foreign text is escaped. At most about 600 KB. */
export function formatSummary(head: SummaryHead, report: TaskReport): string {
  const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string | undefined][] = [
    ['Task', report.taskId && code(report.taskId)],
    ['Status', plain(report.status)],
    ['Service', plain(head.host)],
    ['Queued', time(report.queueTime)],
    ['Ran', time(report.runTime)],
    ['Agent', report.agentId && plain(report.agentId)],
    ['GPU', report.gpuType && plain(report.gpuType)],
    ['Files', report.files.length === 0 ? undefined : `${report.files.length}, ${prettyBytes(bytes)}`],
    ['Problem', report.problem && plain(report.problem.message)],
  ];
  return [
    `### ${MARK[report.status]} ${title(head)}`,
    table(
      ['', ''],
      facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
    ),
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

function title({ workflow, version }: SummaryHead): string {
  return version === undefined ? plain(workflow) : `${plain(workflow)} (version ${plain(version)})`;
}

function files(files: TaskReport['files'], nameOf = ({ place }: TaskReport['files'][number]) => place): string {
  if (files.length === 0) return '';
  return list(['File', 'Output', 'Size', 'SHA-256'], files, (file) => [
    code(nameOf(file)),
    plain(file.output),
    prettyBytes(file.bytes),
    code(file.sha256),
  ]);
}

function parameters({ parameters }: TaskReport): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return '';
  const rows = list(['Parameter', 'Value'], entries, ([key, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return [code(key), code(text)];
  });
  return `<details><summary>Parameters</summary>\n\n${rows}\n\n</details>`;
}

/** A table with a row an item; where they are too many or too long, it says how many are left out. */
function list<T>(
  head: readonly string[],
  items: readonly T[],
  row: (item: T, index: number) => readonly string[],
): string {
  const rows: (readonly string[])[] = [];
  let size = 0;
  for (const [index, item] of items.slice(0, MOST_ROWS).entries()) {
    const cells = row(item, index);
    size += Buffer.byteLength(cells.join(' | '));
    if (size > MOST_BYTES) break;
    rows.push(cells);
  }
  const more = items.length - rows.length;
  return table(head, rows) + (more > 0 ? `\n\nand ${more} more` : '');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatClock(ms);
}

function code(text: string): string {
  return text === '' ? '' : `<code>${plain(text)}</code>`;
}

/** Inert text in which nothing is Markdown or HTML: all ASCII punctuation that means something becomes an entity. */
function plain(text: string): string {
  return inert`${text}`.replace(/[!"#$%&'*+.:;<=>?@[\\\]^_`{|}~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
