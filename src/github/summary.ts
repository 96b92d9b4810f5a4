import { basename } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import type { RunError } from '../base/errors.ts';
import { amount, type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import { endingOf, gpuTime, type TaskReport, worstStatus } from '../files/report.ts';
import { describeArchives } from '../files/unpacked.ts';
import type { LabelledReport, Outcome } from '../matrix/outcome.ts';
import type { Attaching } from '../release/attach.ts';
import type { Reuse } from '../task/followed.ts';
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
  /** What else there is to know of it. */
  readonly note?: Inert | undefined;
  /** The release that files are to be attached to, if any. */
  readonly release?: Inert | undefined;
}

/**
 * Appends the run's summary to the job's.
 *
 * @throws {RunError} when the runner's file for it cannot be written
 */
export async function writeSummary(head: SummaryHead, outcome: Outcome, attaching?: Attaching): Promise<void> {
  const text =
    outcome.kind === 'one'
      ? formatSummary(head, outcome.report, attaching)
      : formatMatrixSummary(head, outcome.runs, outcome.problem, attaching);
  await appendSummary(`${text}\n`);
}

/** Which share it is; empty for none. */
export function shareLine({ share }: SummaryHead): string {
  return share === undefined ? '' : `${share}.`;
}

/** What else there is to know; empty for nothing. */
export function noteLine({ note }: SummaryHead): string {
  return note === undefined ? '' : span(note);
}

/** A row a fact that is known. */
export function factsTable(facts: readonly [string, string | undefined][]): string {
  return table(
    ['', ''],
    facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])),
  );
}

/**
 * The summary of many tasks: a row a task, then a row a file. At most about 800 KB.
 *
 * @param ofRuns Why the whole is no success; it may be none of a task's.
 * @param attaching To a release, where that was asked for.
 */
export function formatMatrixSummary(
  head: SummaryHead,
  runs: readonly LabelledReport[],
  ofRuns?: RunError,
  attaching?: Attaching,
): string {
  const problem = ofRuns ?? attaching?.problem;
  const reports = runs.map(({ report }) => report);
  const row = ({ label, report }: LabelledReport) => [
    `${MARK[seenAs(report)]} ${statusOf(report)}`,
    code(label),
    code(report.taskId ?? ''),
    time(report.queueTime, report) ?? '',
    time(report.runTime, report) ?? '',
    code(report.agentId ?? ''),
  ];
  const all = reports.flatMap((report) => report.files);
  const spent = gpuTime(reports);
  const status = worstStatus(reports.map((report) => ({ status: seenAs(report) })));
  const isOfNoTask = reports.every((report) => report.problem === undefined);
  return [
    `### ${MARK[seenAs({ status, problem })]} ${title(head)}`,
    shareLine(head),
    problem !== undefined && isOfNoTask ? span(problem.message) : '',
    ...(runs.length === 0
      ? []
      : [
          `${succeeded(reports)}${spent === undefined ? '' : ` GPU time ${spent}.`}`,
          noteLine(head),
          list(['Status', 'Combination', 'Task', 'Queued', 'Ran', 'Agent'], runs, row),
        ]),
    problems(runs),
    tries(runs.flatMap(({ label, report }) => report.tries.map((one) => `${span(label)}: ${failed(one)}`))),
    unpacked(
      runs.flatMap(({ label, report }) =>
        describeArchives(report.files).map((text) => `${span(label)}: ${span(text)}`),
      ),
    ),
    files(all, ({ path, place }) => `${basename(path.slice(0, -place.length))}/${place}`),
    attachedAssets(attaching),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function succeeded(reports: readonly TaskReport[]): string {
  const fine = reports.filter(({ problem }) => problem === undefined);
  const left = fine.filter(({ status }) => status === 'submitted').length;
  const all = amount(reports.length, 'task');
  if (left > 0) return `${left === reports.length ? all : `${left} of ${all}`} submitted, and not waited for.`;
  const reused = fine.filter((report) => report.reused !== undefined).length;
  return `${fine.length} of ${all} succeeded${reused === 0 ? '' : `, ${reused} of them reused`}.`;
}

/** The summary as GitHub-flavoured Markdown; every foreign text is code, and so as it is. At most about 800 KB. */
export function formatSummary(head: SummaryHead, ofTask: TaskReport, attaching?: Attaching): string {
  const report = { ...ofTask, problem: ofTask.problem ?? attaching?.problem };
  const bytes = report.files.reduce((sum, file) => sum + file.bytes, 0);
  const facts: [string, string | undefined][] = [
    ['Task', report.taskId && code(report.taskId)],
    ['Status', statusOf(ofTask)],
    ['Service', code(head.host)],
    ['Queued', time(report.queueTime, report)],
    ['Ran', time(report.runTime, report)],
    ['GPU time', gpuTime([report])],
    ['Agent', report.agentId && code(report.agentId)],
    ['GPU', report.gpuType && code(report.gpuType)],
    ['Files', report.files.length === 0 ? undefined : `${report.files.length}, ${prettyBytes(bytes)}`],
  ];
  return [
    `### ${MARK[seenAs(report)]} ${title(head)}`,
    report.problem === undefined ? '' : span(report.problem.message),
    noteLine(head),
    factsTable(facts),
    tries(report.tries.map(failed)),
    unpacked(describeArchives(report.files).map(span)),
    files(report.files),
    attachedAssets(attaching),
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

function statusOf(report: TaskReport): string {
  return report.reused === undefined || report.problem !== undefined ? endingOf(report) : reusedOf(report.reused);
}

/** That a task was reused, and from when. */
export function reusedOf(reused: Reuse | undefined): string {
  return reused?.finishedOn === undefined ? 'reused' : `reused, of ${code(reused.finishedOn.replace(/T.*/, ''))}`;
}

/** A task may have completed, or go on, and the step fail all the same. */
function seenAs({ status, problem }: Pick<TaskReport, 'status' | 'problem'>): TaskReport['status'] {
  if (problem === undefined || (status !== 'completed' && status !== 'submitted')) return status;
  return problem.kind === 'aborted' ? 'cancelled' : 'failed';
}

/** What it is the summary of. */
export function title({ workflow, version }: SummaryHead): string {
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

/** A row an asset, each a link: GitHub made the names, and letters, digits and `._-` are all there is in them. */
function attachedAssets(attaching: Attaching | undefined): string {
  if (attaching === undefined || attaching.assets.length === 0) return '';
  return list(['Release asset', 'Size'], attaching.assets, ({ name, url, bytes }) => [
    LINK.test(url) ? `[${code(name)}](${url})` : code(name),
    prettyBytes(bytes),
  ]);
}

/** An address that ends where Markdown thinks that it does, and is nothing else. */
const LINK = /^https?:\/\/[\w.~:/%+-]+$/;

/** An item an archive. */
function unpacked(archives: readonly string[]): string {
  const { text, more } = listed(archives, (archive) => `- ${archive}`);
  return text + more;
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
export function parameters(values: Mapping): string {
  const entries = Object.entries(values);
  if (entries.length === 0) return '';
  const { text, more } = listed(entries, ([key, value]) => inert`${key}: ${shownValue(value)}`);
  return `<details><summary>Parameters</summary>\n\n${fenced(text)}${more}\n\n</details>`;
}

function failed({ error, runTime }: TaskReport['tries'][number]): string {
  return runTime === undefined ? span(error) : `${span(error)} (ran ${formatClock(runTime)})`;
}

/** What was spent then, and not now, is in parentheses. */
function time(ms: number | undefined, { reused }: Pick<TaskReport, 'reused'>): string | undefined {
  if (ms === undefined) return undefined;
  return reused === undefined ? formatClock(ms) : `(${formatClock(ms)})`;
}
