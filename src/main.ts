import * as core from '@actions/core';
import { systemClock } from './base/clock.ts';
import { messageFor, RunError } from './base/errors.ts';
import { firstOnly } from './base/first-only.ts';
import { type Inert, inert } from './base/inert.ts';
import { readProxies } from './base/proxies.ts';
import { createWire } from './base/wire.ts';
import { createClient } from './cyberun/client.ts';
import { createHttp } from './cyberun/http.ts';
import { createLog, fail } from './github/log.ts';
import { setEarlyOutput, setErrorOutput, setOutputs, setOutputsOfNothing } from './github/outputs.ts';
import { createTaskView } from './github/progress.ts';
import { createLedger } from './github/state.ts';
import { writeSummary } from './github/summary.ts';
import { type Inputs, loadInputs } from './inputs/inputs.ts';
import { runOrders } from './matrix/outcome.ts';
import type { Order } from './task/context.ts';
import { STORAGE_CONNECTIONS } from './transfer/storage.ts';
import { announce } from './workflow/announce.ts';
import { prepare } from './workflow/prepare.ts';
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

// Whatever nobody foresaw: its text may hold secrets too, and post cancels what is open.
process.on('uncaughtException', (error) => {
  failWith(error);
  process.exit(1);
});

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
  const { host } = new URL(inputs.apiUrl);
  const tools = createTools(inputs, signal);
  const { log, clock } = tools;
  setEarlyOutput('path', inputs.folder);

  const ledger = createLedger(clock);
  if (inputs.taskId !== undefined) ledger.attached(inputs.taskId);
  const orders = await prepare(inputs, tools);
  announce(orders, inputs, host, log);
  const began = clock.now();
  const outcome = await runOrders(orders, inputs.matrix && inputs, {
    ...tools,
    ledger,
    view: (workflow, label) => createTaskView(log, clock, nodeNames(workflow), began, label),
    onTask: firstOnly((taskId) => setEarlyOutput('task-id', taskId)),
  });

  setOutputs(outcome, inputs.workspace, log);
  const [{ order }] = orders;
  if (inputs.summary) await writeSummary({ ...titleOf(order), host }, outcome, log);
  return outcome.problem;
}

/** @throws {RunError} of kind `input` for a proxy variable that cannot be used */
function createTools({ apiUrl, apiKey }: Inputs, signal: AbortSignal) {
  const proxies = readProxies(process.env);
  const log = createLog();
  const clock = systemClock;
  const notice = (message: Inert) => log.info(message);
  const http = createHttp({ baseUrl: apiUrl, apiKey, wire: createWire({ proxies }), clock, notice });
  const wire = createWire({ proxies, connectionsPerOrigin: STORAGE_CONNECTIONS });
  return { service: createClient(http), wire, clock, log, signal };
}

function titleOf({ workflow, reference }: Order): { workflow: string; version: string | undefined } {
  const { display_name, workflow_slug, version } = workflow ?? {};
  return { workflow: display_name ?? workflow_slug ?? reference ?? 'Cyberun task', version: version?.toString() };
}
