import { basename } from 'node:path';
import { formatClock } from '../base/durations.ts';
import type { RunError } from '../base/errors.ts';
import { amount } from '../base/inert.ts';
import { endingOf, type TaskReport, worstStatus } from '../files/report.ts';
import { describeArchives } from '../files/unpacked.ts';
import type { LabelledReport } from '../matrix/outcome.ts';
import { reasonsOf, restsOf } from '../matrix/reasons.ts';
import type { Attaching } from '../release/attach.ts';
import { createBars } from './bar.ts';
import { bullets, type Column, code, folded, lines, page, span, table, whole } from './markdown.ts';
import {
  attachedAssets,
  describeTry,
  digests,
  earlierTries,
  filesFact,
  gpuFact,
  headline,
  markOf,
  oneLine,
  parameters,
  reusedOf,
  type SummaryHead,
  seenAs,
  shortId,
  splitParameters,
  timeOf,
  unpackedArchives,
  warnings,
} from './summary-parts.ts';

/** Bars are looked at side by side; of more tasks nobody does. */
const MOST_BARS = 30;
/** Combinations that are named beside a reason. */
const MOST_NAMES = 10;

/**
 * The summary of many tasks: why some are no success, each reason once; a row a task, those that failed first and the others
 * folded; then what few look for. At most about 900 KB.
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
  const [fine, bad] = [runs.filter(isFine), runs.filter((run) => !isFine(run))];
  const files = reports.flatMap((report) => report.files);
  const { shared, own } = splitParameters(reports.map((report) => report.parameters));
  const columns = columnsOf(reports, own);
  const status = worstStatus(reports.map((report) => ({ status: seenAs(report) })));
  const ofEach = <T>(pick: (report: TaskReport) => readonly T[]) =>
    runs.flatMap(({ label, report }) => pick(report).map((one) => ({ label, one })));
  return page([
    headline(markOf({ status, problem }), head, outcomeOf(reports, problem)),
    head.share === undefined ? '' : `${head.share}.`,
    problem !== undefined && bad.length === 0 ? whole(problem.message) : '',
    bullets(reasonsOf(runs), ({ labels, text }) => `${whole(text)}<br>${namesOf(labels)}`),
    ...restsOf(runs).map(whole),
    totals(reports, files),
    head.note === undefined ? '' : span(head.note),
    warnings(head),
    table(columns, bad),
    folded(succeeded(fine.length, runs.length), [table(columns, fine)], bad.length === 0 && fine.length <= MOST_BARS),
    unpackedArchives(
      ofEach((report) => describeArchives(report.files)),
      ({ label, one }) => `${span(label)}: ${span(one)}`,
    ),
    attachedAssets(attaching),
    earlierTries(
      ofEach(({ tries }) => tries),
      ({ label, one }) => `${span(label)}: ${describeTry(one)}`,
    ),
    parameters(shared, 'Parameters that all tasks share'),
    digests(files, ({ path, place }) => `${basename(path.slice(0, -place.length))}/${place}`),
    folded('Task ids', [
      table<LabelledReport>(
        [
          ['Task', ({ report }) => code(report.taskId ?? '')],
          ['Combination', ({ label }) => code(label)],
        ],
        runs.filter(({ report }) => report.taskId !== undefined),
      ),
    ]),
  ]);
}

function isFine({ report }: LabelledReport): boolean {
  return report.problem === undefined;
}

function columnsOf(
  reports: readonly TaskReport[],
  own: (task: TaskReport['parameters']) => string,
): Column<LabelledReport>[] {
  const hasBars = reports.length <= MOST_BARS;
  const bars = hasBars ? createBars(reports) : () => '';
  return [
    ['Status', ({ report }) => `${markOf(report)} ${statusOf(report)}`],
    ['Combination', ({ label }) => code(label)],
    ['Parameters', ({ report }) => own(report.parameters)],
    [hasBars ? '░ queued, █ ran' : 'Queued + ran', ({ report }) => lines([bars(report), timesOf(report)])],
    ['Agent', ({ report }) => lines([report.agentId, report.gpuType].map((name = '') => code(name)))],
    ['Task', ({ report }) => code(shortId(report.taskId ?? ''))],
  ];
}

function timesOf(report: TaskReport): string {
  const times = [timeOf(report.queueTime, report), timeOf(report.runTime, report)].filter((time) => time !== undefined);
  return times.join(' + ');
}

function statusOf(report: TaskReport): string {
  return report.reused === undefined || report.problem !== undefined
    ? endingOf(report).replace('-', ' ')
    : reusedOf(report.reused);
}

/** What went wrong with how many; of a run without fault, what there is of it. */
function outcomeOf(reports: readonly TaskReport[], problem: RunError | undefined): string {
  if (reports.length === 0) return 'nothing to run';
  const all = amount(reports.length, 'task');
  const counts = Map.groupBy(reports, seenAs);
  const told = BAD.flatMap(([status, word]) => {
    const count = counts.get(status)?.length ?? 0;
    return count === 0 ? [] : [{ count, word }];
  });
  const left = counts.get('submitted')?.length ?? 0;
  if (told.length > 0) {
    if (left > 0) told.push({ count: left, word: 'submitted' });
    return told.map(({ count, word }, at) => `${count}${at === 0 ? ` of ${reports.length}` : ''} ${word}`).join(', ');
  }
  if (problem !== undefined) {
    if (problem.kind === 'aborted') return `${all} completed, and then the job was cancelled`;
    return `${all} completed, ${problem.kind === 'release' ? 'not all attached to the release' : 'and then the step failed'}`;
  }
  if (left > 0) return `${all} submitted, and not waited for`;
  const files = reports.flatMap((report) => report.files).length;
  return `${all}${files === 0 ? ' completed' : `, ${amount(files, 'file')}`}`;
}

/** Worst first. */
const BAD: readonly (readonly [TaskReport['status'], string])[] = [
  ['failed', 'failed'],
  ['timed-out', 'timed out'],
  ['cancelled', 'cancelled'],
];

function totals(reports: readonly TaskReport[], files: TaskReport['files']): string {
  const ran = reports.filter(({ reused }) => reused === undefined);
  const most = (times: readonly (number | undefined)[]) => Math.max(0, ...times.map((time = 0) => time));
  const [queueTime, runTime] = [most(ran.map((one) => one.queueTime)), most(ran.map((one) => one.runTime))];
  const reused = reports.length - ran.length;
  return oneLine([
    queueTime > 0 ? `queued up to ${formatClock(queueTime)}` : undefined,
    runTime > 0 ? `ran up to ${formatClock(runTime)}` : undefined,
    gpuFact(reports),
    filesFact(files),
    reused > 0 ? `${reused} reused` : undefined,
  ]);
}

function succeeded(fine: number, all: number): string {
  return fine === all ? amount(all, 'task') : `${fine} of ${amount(all, 'task')} succeeded`;
}

function namesOf(labels: readonly string[]): string {
  const more = labels.length - MOST_NAMES;
  const names = labels.slice(0, MOST_NAMES).map(span).join(', ');
  return `${amount(labels.length, 'task')}: ${names}${more > 0 ? ` and ${more} more` : ''}`;
}
