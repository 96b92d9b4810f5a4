import { relative, sep } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { RunError } from '../base/errors.ts';
import { type Inert, inert, shorten } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { toSendable } from '../base/mapping.ts';
import { redactJson } from '../base/redact.ts';
import { gpuSeconds, LARGEST_RESULT, type TaskReport, worstStatus } from '../files/report.ts';
import { type Outcome, reportsOf } from '../matrix/outcome.ts';
import type { Attached } from '../release/attach.ts';
import { setOutput } from './runner-files.ts';

/** A job's outputs have 1 MiB together, counted as UTF-16 (docs.github.com, "Usage limits"); this leaves some for others. */
const LARGEST_TOTAL = 960 * 1024;
/** Of a try's error, in UTF-16 code units: there may be many. */
const LONGEST_TRY = 200;

/**
 * Sets an output that is known before the end.
 *
 * @throws {RunError} when the runner's file for outputs cannot be written, as the others here do
 */
export function setEarlyOutput(name: 'task-id' | 'path' | 'fingerprint' | 'gallery-path', value: string): void {
  setOutput(name, value);
}

/** Sets the outputs of a step that ended before anything was to be run, for that reason. */
export function setOutputsOfNothing(problem: RunError): void {
  setOutput('status', problem.kind === 'aborted' ? 'cancelled' : 'failed');
  setOutput('tasks', '[]');
  setOutput('files', '[]');
  setOutput('release-assets', '[]');
  setOutput('gpu-seconds', '0');
  setOutput('error', problem.message);
}

/**
 * Sets everything that the reports know. Nothing in it authorises anybody: secrets in the service's texts are redacted.
 * What would be too large for the runner is left out, with a warning, the least needed first.
 *
 * @param attached To a release.
 * @param status Of the whole; otherwise the worst of its tasks'.
 */
export function setOutputs(
  outcome: Outcome,
  workspace: string,
  log: Log,
  attached: readonly Attached[] = [],
  status = worstStatus(reportsOf(outcome)),
): void {
  const reports = reportsOf(outcome);
  const files = reports.flatMap((report) => report.files.map((file) => describeFile(report, file, workspace)));
  // Of a matrix, another one may have been submitted sooner.
  const [first] = reports;
  if (first?.taskId !== undefined) setOutput('task-id', first.taskId);
  setOutput('status', status);
  setOutput('gpu-seconds', String(gpuSeconds(reports)));
  setOutput('file', files[0]?.path ?? '');
  setOutput('checksums-path', outcome.checksumsPath ?? '');
  setOutput('provenance-path', outcome.recordPath ?? '');
  if (outcome.problem !== undefined) setOutput('error', outcome.problem.message);

  let room = LARGEST_TOTAL;
  const setIfSmall = (name: string, text: string, most = LARGEST_TOTAL, instead = inert``) => {
    const size = text.length * 2;
    if (size > room || Buffer.byteLength(text) > most) {
      log.warning(
        inert`The output ${name} is left out: it has ${prettyBytes(size)}, more than a job's outputs have room for.${instead}`,
      );
      return;
    }
    room -= size;
    setOutput(name, text);
  };
  const tasks = JSON.stringify(reports.map(describeTask));
  const isLarge = tasks.length * 2 > LARGEST_TOTAL && reports.some(({ tries }) => tries.length > 0);
  if (isLarge) log.warning(inert`The output tasks tells of no tries, as there are more than it has room for.`);
  setIfSmall('tasks', isLarge ? JSON.stringify(reports.map((one) => describeTask({ ...one, tries: [] }))) : tasks);
  setIfSmall('files', JSON.stringify(files), LARGEST_TOTAL, listedIn(outcome, workspace));
  setIfSmall('release-assets', JSON.stringify(redactJson(attached)));
  const result = outcome.kind === 'one' ? outcome.report.output : reports.map((report) => report.output);
  setIfSmall('result', safeJson(result), LARGEST_RESULT);
}

/** Where all files are listed instead. */
function listedIn({ recordPath, checksumsPath }: Outcome, workspace: string): Inert {
  if (recordPath === undefined || checksumsPath === undefined) return inert``;
  return inert` All of them are in ${pathFrom(workspace, recordPath)} (output provenance-path), and their digests in ${pathFrom(workspace, checksumsPath)} (output checksums-path).`;
}

function describeTask(report: TaskReport) {
  return {
    task_id: report.taskId ?? null,
    status: report.status,
    parameters: redactJson(report.parameters),
    error: report.problem?.message ?? null,
    agent_id: redactJson(report.agentId ?? null),
    gpu_type: redactJson(report.gpuType ?? null),
    queue_seconds: seconds(report.queueTime),
    run_seconds: seconds(report.runTime),
    fingerprint: report.fingerprint ?? null,
    reused: report.reused !== undefined,
    tries: report.tries.map(({ taskId, status, error, agentId, runTime }) => ({
      task_id: taskId,
      status,
      error: shorten(error, LONGEST_TRY),
      agent_id: redactJson(agentId ?? null),
      run_seconds: seconds(runTime),
    })),
  };
}

function describeFile({ taskId }: TaskReport, file: TaskReport['files'][number], workspace: string) {
  return {
    path: pathFrom(workspace, file.path),
    name: file.name,
    output: redactJson(file.output),
    task_id: taskId ?? null,
    bytes: file.bytes,
    sha256: file.sha256,
    media_type: file.mediaType ?? null,
    ...(file.archive !== undefined && { archive: pathFrom(workspace, file.archive) }),
  };
}

function pathFrom(workspace: string, path: string): string {
  return relative(workspace, path).split(sep).join('/');
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.floor(ms / 1000);
}

/** With every digit; empty for nothing. Nested deeper than the stack is, it is as good as unreadable. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(redactJson(toSendable(value))) ?? '';
  } catch {
    return '';
  }
}
