import * as core from '@actions/core';
import { systemClock } from './clock.ts';
import { createClient } from './cyberun/client.ts';
import { createConnections, createHttp } from './cyberun/http.ts';
import { messageFor, RunError } from './errors.ts';
import { createLog, fail } from './github/log.ts';
import { setEarlyOutput, setErrorOutput, setOutputs } from './github/outputs.ts';
import { createTaskView } from './github/progress.ts';
import { createLedger } from './github/state.ts';
import { writeSummary } from './github/summary.ts';
import { inert } from './inert.ts';
import { loadInputs } from './inputs.ts';
import { announce, nodeNames, prepare } from './run/prepare.ts';
import { runTask } from './run/run.ts';
import { createStorageConnections } from './transfer/storage.ts';

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
  await main(job.signal);
} catch (error) {
  const message = messageFor(error);
  core.debug(inert`${error instanceof Error ? (error.stack ?? '') : ''}`);
  setErrorOutput(message);
  fail(message);
}
// Sockets that are kept alive would keep the process, too; what was printed must be out first.
process.stdout.write('', () => process.exit());

async function main(signal: AbortSignal): Promise<void> {
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
  const service = createClient(http);
  setEarlyOutput('path', inputs.folder);

  const order = await prepare(inputs, { service, log, signal });
  announce(order, host, log);
  const report = await runTask(order, {
    service,
    connections: createStorageConnections(),
    clock,
    log,
    signal,
    ledger: createLedger(clock),
    view: (workflow) => createTaskView(log, clock, nodeNames(workflow)),
    onTask: (taskId) => setEarlyOutput('task-id', taskId),
  });

  setOutputs([report], inputs.workspace, log);
  if (inputs.summary) {
    const { display_name, workflow_slug, version } = order.workflow ?? {};
    const workflow = display_name ?? workflow_slug ?? order.reference ?? 'Cyberun task';
    await writeSummary({ workflow, version: version?.toString(), host }, report);
  }
  if (report.problem !== undefined) throw report.problem;
}
