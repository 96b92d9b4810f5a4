import * as core from '@actions/core';
import { systemClock, timeLimit } from './base/clock.ts';
import { messageFor } from './base/errors.ts';
import { inert } from './base/inert.ts';
import { readProxies } from './base/proxies.ts';
import { createWire } from './base/wire.ts';
import { createHttp } from './cyberun/http.ts';
import { cancelTask, listTasks } from './cyberun/tasks.ts';
import { createLog } from './github/log.ts';
import { hasLeftOpen, readLeftOpen, readParting, sealOf } from './github/state.ts';
import { loadCredentials } from './inputs/credentials.ts';
import { cancelLeftOpen } from './task/leftovers.ts';

/** After a cancelled job everything that is left, of all steps, has under five minutes. */
const POST_LIMIT = 60_000;

const log = createLog();
// Should the runner die now, nobody else cancels what is left: then the log is lost, and nothing more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('uncaughtException', (error) => {
  warn(error);
  process.exit(0);
});
try {
  await post();
} catch (error) {
  warn(error);
}
process.stdout.write('', () => process.exit(0));

/** The job is over: a failure here must not turn it into a failed one. */
function warn(error: unknown): void {
  log.warning(inert`What main left open could not be cancelled: ${messageFor(error)}`);
}

async function post(): Promise<void> {
  if (!hasLeftOpen(process.env)) return;
  const credentials = loadCredentials({ getInput: core.getInput, env: process.env, mask: core.setSecret });
  const open = readLeftOpen(process.env, sealOf(credentials, process.env), log);
  if (open.length === 0) return;
  const cancelWanted = core.getInput('cancel-on-abort').toLowerCase() !== 'false';
  using limit = timeLimit(systemClock, new AbortController().signal, POST_LIMIT, () => new Error('out of time'));
  const http = createHttp({
    apiKey: credentials.apiKey,
    baseUrl: credentials.apiUrl,
    wire: createWire({ proxies: readProxies(process.env) }),
    clock: systemClock,
    notice: (message) => log.info(message),
  });
  const service = {
    cancel: (taskId: string, budget: number, signal: AbortSignal) => cancelTask(http, taskId, budget, signal),
    tasks: (signal: AbortSignal) => listTasks(http, POST_LIMIT, signal),
  };
  const context = { service, clock: systemClock, log, signal: limit.signal };
  await cancelLeftOpen(open, readParting(process.env), cancelWanted, context);
}
