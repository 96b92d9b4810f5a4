import prettyBytes from 'pretty-bytes';
import type { RunError } from '../base/errors.ts';
import { amount } from '../base/inert.ts';
import type { TaskReport } from '../files/report.ts';
import { describeArchives } from '../files/unpacked.ts';
import type { Outcome } from '../matrix/outcome.ts';
import type { Attaching } from '../release/attach.ts';
import { code, folded, page, span, table, whole } from './markdown.ts';
import { formatMatrixSummary } from './matrix-summary.ts';
import { appendSummary } from './runner-files.ts';
import {
  agentOf,
  attachedAssets,
  describeTry,
  digests,
  earlierTries,
  factList,
  filesFact,
  GLANCE,
  gpuFact,
  headline,
  markOf,
  oneLine,
  parameters,
  reusedOf,
  type SummaryHead,
  shortId,
  timeOf,
  unpackedArchives,
  warnings,
} from './summary-parts.ts';

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

/** The summary as GitHub-flavoured Markdown; every foreign text is code, and so as it is. At most about 500 KB. */
export function formatSummary(head: SummaryHead, ofTask: TaskReport, attaching?: Attaching): string {
  const report = { ...ofTask, problem: ofTask.problem ?? attaching?.problem };
  const { files, problem, taskId, reused } = report;
  const agent = agentOf(report);
  const queued = timeOf(report.queueTime, report);
  const ran = timeOf(report.runTime, report);
  const names = table(
    [
      ['File', ({ place }) => code(place)],
      ['Size', ({ bytes }) => prettyBytes(bytes)],
    ],
    files,
  );
  return page([
    headline(markOf(report), head, outcomeOf(report)),
    problem === undefined ? '' : whole(problem.message),
    oneLine([
      queued && `queued ${queued}`,
      ran && `ran ${ran}`,
      gpuFact([report]),
      filesFact(files),
      reused && reusedOf(reused),
      agent && `on ${agent}`,
      taskId && `task ${code(shortId(taskId))}`,
    ]),
    head.note === undefined ? '' : span(head.note),
    warnings(head),
    files.length > GLANCE ? folded(amount(files.length, 'file'), [names]) : names,
    unpackedArchives(describeArchives(files), span),
    attachedAssets(attaching),
    earlierTries(report.tries, describeTry),
    parameters(report.parameters),
    digests(files, ({ place }) => place),
    folded('Task and service', [
      factList([
        ['Task', taskId && code(taskId)],
        ['Service', code(head.host)],
      ]),
    ]),
  ]);
}

function outcomeOf({ status, problem, taskId, files, reused }: TaskReport): string {
  const ended = reused === undefined ? 'completed' : 'reused';
  const some = files.length === 0 ? ended : `${ended}, ${amount(files.length, 'file')}`;
  switch (status) {
    case 'completed':
      return problem === undefined ? some : spoiled(some, problem);
    case 'submitted':
      return problem === undefined ? 'submitted, and not waited for' : 'no longer followed, the task goes on';
    case 'timed-out':
      return problem?.brief ?? 'timed out';
    case 'cancelled':
      return taskId === undefined ? 'cancelled before it was submitted' : 'cancelled';
    default:
      return status;
  }
}

/** The task was fine, and the step is not. */
function spoiled(some: string, { kind }: RunError): string {
  if (kind === 'aborted') return 'cancelled while its files came';
  return kind === 'release' ? `${some}, not all attached to the release` : 'completed without all files';
}
