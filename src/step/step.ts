import * as core from '@actions/core';
import type { Clock } from '../base/clock.ts';
import { asRunError, messageFor, RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { createLog, fail } from '../github/log.ts';
import { setErrorOutput, setOutputsOfNothing } from '../github/outputs.ts';
import { carryOut, type StepContext } from './carry-out.ts';

/** The runner sends SIGTERM 7.5 s after SIGINT, and kills 2.5 s later: what is not done by then is left to post. */
const LAST_MOMENT = 7_000;

/**
 * The life of one step, from its inputs to its outputs and its exit code. Whatever ends it early (a signal, a runner that
 * is gone, an error that nobody foresaw), open tasks are cancelled by this process or left to post, and every output is set.
 */
export async function runStep(clock: Clock, createWire: StepContext['createWire']): Promise<void> {
  const job = new AbortController();
  /** Sets the outputs for an early end: of nothing until there is more. */
  let setOutputsFor = (problem: RunError) => setOutputsOfNothing(problem.kind === 'aborted' ? 'cancelled' : 'failed');

  function failWith(error: unknown): void {
    const message = messageFor(error);
    core.debug(inert`${error instanceof Error ? (error.stack ?? '') : ''}`);
    setErrorOutput(message);
    fail(message);
  }

  function leave(error: unknown): never {
    try {
      setOutputsFor(asRunError('task', error));
      failWith(error);
    } finally {
      process.exit(1);
    }
  }

  function abort(reason: RunError): void {
    if (job.signal.aborted) return;
    clock.after(LAST_MOMENT, () => leave(reason));
    job.abort(reason);
  }

  for (const name of ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const) {
    process.on(name, () =>
      abort(new RunError('aborted', inert`The job was cancelled, timed out or is being shut down (${name}).`)),
    );
  }
  for (const stream of [process.stdout, process.stderr]) {
    // A runner that was killed closes the pipes, and sends no signal: nobody else would cancel what is open.
    stream.on('error', (error) =>
      abort(new RunError('aborted', inert`The runner is gone: its log takes no more (${error.message}).`, error)),
    );
  }
  // Whatever nobody foresaw: its text may hold secrets too, and post cancels what is open.
  process.on('uncaughtException', leave);

  try {
    const log = createLog();
    const problem = await carryOut({ clock, createWire, log, signal: job.signal }, (setThem) => {
      setOutputsFor = setThem;
    });
    if (problem !== undefined) failWith(problem);
  } catch (error) {
    setOutputsFor(job.signal.aborted ? asRunError('aborted', job.signal.reason) : asRunError('task', error));
    failWith(error);
  }
  // Sockets that are kept alive would keep the process, too; what was printed must be out first.
  process.stdout.write('', () => process.exit());
}
