import * as core from '@actions/core';
import { systemClock, timeLimit } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { readProxies } from './base/proxies.ts';
import { createWire } from './base/wire.ts';
import { createHttp } from './cyberun/http.ts';
import { cancelTask, getTask, listTasks } from './cyberun/tasks.ts';
import { readLeftOpen, readParting, sealOf } from './github/state.ts';
import { loadCredentials } from './inputs/credentials.ts';
import { cancelLeftOpen } from './task/leftovers.ts';

/** After a cancelled job everything that is left, of all steps, has under five minutes. */
const POST_LIMIT = 60_000;

/**
 * Cancels what main left open, as the environment of post has it; never submits.
 *
 * @throws {RunError} when the key or the address cannot be used
 */
export async function cancelOpen(log: Log): Promise<void> {
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
    task: (taskId: string, signal: AbortSignal, isKnown = false, budget = POST_LIMIT) =>
      getTask(http, taskId, isKnown, budget, signal),
    tasks: (signal: AbortSignal) => listTasks(http, POST_LIMIT, signal),
  };
  const context = { service, clock: systemClock, log, signal: limit.signal };
  await cancelLeftOpen(open, readParting(process.env), cancelWanted, context);
}
