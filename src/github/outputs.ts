import { relative, sep } from 'node:path';
import * as core from '@actions/core';
import { type Inert, inert } from '../inert.ts';
import { redactJson } from '../redact.ts';
import type { Log } from '../run/log.ts';
import { type RunStatus, type TaskReport, worstStatus } from '../run/report.ts';

/** `result` beyond that is left out, in bytes: a job's outputs have 1 MiB together. */
const LARGEST_RESULT = 256 * 1024;

/** Sets an output that is known before the end. */
export function setEarlyOutput(name: 'task-id' | 'path', value: string): void {
  core.setOutput(name, value);
}

/** Sets the `error` output. */
export function setErrorOutput(message: Inert): void {
  core.setOutput('error', message);
}

/** Sets the outputs of a step that ran no task. */
export function setOutputsOfNothing(status: RunStatus): void {
  core.setOutput('status', status);
  core.setOutput('tasks', '[]');
  core.setOutput('files', '[]');
}

/** Sets everything that the reports know. Nothing in it authorises anybody: secrets in the service's texts are redacted. */
export function setOutputs(
  reports: readonly TaskReport[],
  { workspace, checksumsPath }: { readonly workspace: string; readonly checksumsPath: string | undefined },
  log: Log,
): void {
  const files = reports.flatMap((report) => report.files.map((file) => describeFile(report, file, workspace)));
  core.setOutput('status', worstStatus(reports));
  core.setOutput('tasks', JSON.stringify(reports.map(describeTask)));
  core.setOutput('files', JSON.stringify(files));
  core.setOutput('file', files[0]?.path ?? '');
  core.setOutput('checksums-path', checksumsPath ?? '');
  const result = reports.length === 1 ? reports[0]?.output : reports.map((report) => report.output);
  const text = result === undefined ? '' : safeJson(result);
  if (Buffer.byteLength(text) <= LARGEST_RESULT) core.setOutput('result', text);
  else log.warning(inert`The output result is left out: the task's output has more than 256 KiB.`);
}

function describeTask(report: TaskReport) {
  return {
    task_id: report.taskId ?? null,
    status: report.status,
    parameters: redactJson(report.parameters),
    error: report.problem?.message ?? null,
    agent_id: report.agentId ?? null,
    gpu_type: report.gpuType ?? null,
    queue_seconds: seconds(report.queueTime),
    run_seconds: seconds(report.runTime),
  };
}

function describeFile({ taskId }: TaskReport, file: TaskReport['files'][number], workspace: string) {
  return {
    path: relative(workspace, file.path).split(sep).join('/'),
    name: file.name,
    output: file.output,
    task_id: taskId ?? null,
    bytes: file.bytes,
    sha256: file.sha256,
    media_type: file.mediaType ?? null,
  };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms / 1000);
}

/** Nested deeper than the stack is, it is as good as unreadable. */
function safeJson(value: unknown): string {
  try {
    return JSON.stringify(redactJson(value)) ?? '';
  } catch {
    return '';
  }
}
