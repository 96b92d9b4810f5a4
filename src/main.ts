import * as core from '@actions/core';
import { systemClock } from './clock.ts';
import { createClient } from './cyberun/client.ts';
import { createConnections, createHttp } from './cyberun/http.ts';
import type { Workflow } from './cyberun/schema.ts';
import { messageFor, RunError } from './errors.ts';
import { createLog, fail } from './github/log.ts';
import { setEarlyOutput, setErrorOutput, setOutputs, setOutputsOfNothing } from './github/outputs.ts';
import { createTaskView } from './github/progress.ts';
import { createLedger } from './github/state.ts';
import { writeSummary } from './github/summary.ts';
import { inert } from './inert.ts';
import { loadInputs } from './inputs.ts';
import { announce, prepare } from './prepare.ts';
import { matrixProblem, runMatrix } from './run/matrix.ts';
import { runTask } from './run/run.ts';
import { joinChecksums } from './transfer/downloads.ts';
import { createStorageConnections } from './transfer/storage.ts';
import { nodeNames } from './workflow/read.ts';

/** The runner sends SIGTERM 7.5 s after SIGINT, and kills 2.5 s later: what is not done by then is left to post. */
const LAST_MOMENT = 7_000;

const job = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) {
  process.on(name, () => {
    if (job.signal.aborted) return;
    setTimeout(() => process.exit(1), LAST_MOMENT).unref();
    job.abort(new RunError('aborted', inert`The job was cancelled, timed out or is being shut down (${name}).`));
  });
}

try {
  const problem = await main(job.signal);
  if (problem !== undefined) failWith(problem);
} catch (error) {
  // Nothing was submitted, or the report was lost on the way: later steps still find every output.
  setOutputsOfNothing(job.signal.aborted ? 'cancelled' : 'failed');
  failWith(error);
}
// Sockets that are kept alive would keep the process, too; what was printed must be out first.
process.stdout.write('', () => process.exit());

function failWith(error: unknown): void {
  const message = messageFor(error);
  core.debug(inert`${error instanceof Error ? (error.stack ?? '') : ''}`);
  setErrorOutput(message);
  fail(message);
}

/** Runs what the inputs say, and returns why that is no success, if it is none. */
async function main(signal: AbortSignal): Promise<RunError | undefined> {
  const inputs = await loadInputs({ getInput: core.getInput, env: process.env, mask: core.setSecret });
  const clock = systemClock;
  const log = createLog();
  const { host } = new URL(inputs.apiUrl);
  const http = createHttp({
    baseUrl: inputs.apiUrl,
    apiKey: inputs.apiKey,
    connections: createConnections(),
    clock,
    notice: (message) => log.info(message),
  });
  setEarlyOutput('path', inputs.folder);
  const began = clock.now();
  const context = {
    service: createClient(http),
    connections: createStorageConnections(),
    clock,
    log,
    signal,
    ledger: createLedger(clock),
    view: (workflow: Workflow | undefined, label?: string) =>
      createTaskView(log, clock, nodeNames(workflow), label, label === undefined ? clock.now() : began),
    onTask: firstOnly((taskId) => setEarlyOutput('task-id', taskId)),
  };

  const orders = await prepare(inputs, context);
  const [{ order }] = orders;
  announce(orders, inputs, host, log);
  const many = inputs.matrix !== undefined;
  const reports = many ? await runMatrix(orders, inputs, context) : [await runTask(order, context)];
  const checksumsPath = many
    ? await joinChecksums(
        inputs.folder,
        reports.flatMap(({ files }) => files),
      )
    : reports[0]?.checksumsPath;

  setOutputs(reports, { workspace: inputs.workspace, checksumsPath, many }, log);
  if (inputs.summary) {
    const { display_name, workflow_slug, version } = order.workflow ?? {};
    const workflow = display_name ?? workflow_slug ?? order.reference ?? 'Cyberun task';
    const labels = many ? orders.map(({ label }) => label) : undefined;
    await writeSummary({ workflow, version: version?.toString(), host }, reports, labels, log);
  }
  return many ? matrixProblem(orders, reports) : reports[0]?.problem;
}

/** Passes on the first call alone. */
function firstOnly(action: (text: string) => void): (text: string) => void {
  let called = false;
  return (text) => {
    if (!called) action(text);
    called = true;
  };
}
