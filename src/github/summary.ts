import * as core from '@actions/core';
import prettyBytes from 'pretty-bytes';
import { inert } from '../inert.ts';
import { formatClock } from '../run/durations.ts';
import type { TaskReport } from '../run/report.ts';

/** What the summary says of the run as a whole. Strings are foreign. */
export interface SummaryHead {
  /** Display name or reference. */
  readonly workflow: string;
  readonly version: string | undefined;
  readonly host: string;
}

/** GitHub refuses a summary above 1 MiB, in bytes, with an error; all steps' summaries are shown one below the other. */
const MOST_ROWS = 500;
const MOST_PARAMETERS = 100;

/** Appends the run's summary to the job's. */
export async function writeSummary(head: SummaryHead, report: TaskReport): Promise<void> {
  await core.summary.addRaw(formatSummary(head, report), true).write();
}

/** The summary as GitHub-flavoured Markdown; every foreign text is escaped. At most about 300 KB. */
export function formatSummary(head: SummaryHead, report: TaskReport): string {
  const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string | undefined][] = [
    ['Task', report.taskId && code(report.taskId)],
    ['Status', escape(report.status)],
    ['Service', escape(head.host)],
    ['Queued', time(report.queueTime)],
    ['Ran', time(report.runTime)],
    ['Agent', report.agentId && escape(report.agentId)],
    ['GPU', report.gpuType && escape(report.gpuType)],
    ['Files', report.files.length === 0 ? undefined : `${report.files.length}, ${prettyBytes(bytes)}`],
    ['Problem', report.problem && escape(report.problem.message)],
  ];
  const version = head.version === undefined ? '' : ` (version ${escape(head.version)})`;
  return [
    `### ${MARK[report.status]} ${escape(head.workflow)}${version}`,
    table(
      ['', ''],
      facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
    ),
    files(report),
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

function files({ files }: TaskReport): string {
  if (files.length === 0) return '';
  const rows = files
    .slice(0, MOST_ROWS)
    .map((file) => [code(file.name), escape(file.output), prettyBytes(file.bytes), code(file.sha256)]);
  const more = files.length > MOST_ROWS ? `\n\nand ${files.length - MOST_ROWS} more` : '';
  return table(['File', 'Output', 'Size', 'SHA-256'], rows) + more;
}

function parameters({ parameters }: TaskReport): string {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return '';
  const rows = entries.slice(0, MOST_PARAMETERS).map(([key, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return [code(key), code(text.slice(0, 500))];
  });
  return `<details><summary>Parameters</summary>\n\n${table(['Parameter', 'Value'], rows)}\n\n</details>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatClock(ms);
}

function code(text: string): string {
  return text === '' ? '' : `<code>${escape(text)}</code>`;
}

/** Inert text in which nothing is Markdown or HTML: all ASCII punctuation that means something becomes an entity. */
function escape(text: string): string {
  return inert`${text}`.replace(/[!"#$%&'*+:;<=>?@[\\\]^_`{|}~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
