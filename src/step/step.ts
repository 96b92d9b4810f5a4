import type { Clock } from '../base/clock.ts';
import { asRunError, InertError, messageFor, RunError } from '../base/errors.ts';
import { asSentence, inert } from '../base/inert.ts';
import { createLog, fail } from '../github/log.ts';
import { setOutputsOfNothing } from '../github/outputs.ts';
import { carryOut, type EarlyEnd, type StepContext } from './carry-out.ts';
import { writeWhyNot } from './refuse.ts';

/** The runner sends SIGTERM 7.5 s after SIGINT, and kills 2.5 s later: what is not done by then is left to post. */
const LAST_MOMENT = 7_000;
/** How long a log that nobody reads may keep a process that is done, in milliseconds. */
const PRINT_LIMIT = 2_000;
/** Nothing is left that could wake the process, which node would end without a word. */
const STUCK = inert`The action came to a halt before it was done, which is a fault of its own: please report it. If a task was submitted, run this job again with its task-id.`;

/**
 * The life of one step, from its inputs to its outputs and its exit code. Whatever ends it early (a signal, a runner that
 * is gone, an error that nobody foresaw), open tasks are cancelled by this process or left to post, and every output is set.
 */
export async function runStep(clock: Clock, createWire: StepContext['createWire']): Promise<void> {
  const job = new AbortController();
  // https://no-color.org
  const log = createLog(!process.env.NO_COLOR);
  /** Of nothing until there is more. */
  let endFor: EarlyEnd = (problem) => ({ problem, setOutputs: () => setOutputsOfNothing(problem) });
  const endOfNothing = endFor;

  function abort(reason: RunError): void {
    if (job.signal.aborted) return;
    clock.after(LAST_MOMENT, () => leave(reason));
    job.abort(reason);
  }

  /** Ends the step at once, with what is known. */
  function leave(error: unknown): void {
    const { problem, setOutputs } = endFor(foreseen(error));
    fail(problem);
    try {
      setOutputs();
    } catch (unset) {
      log.warning(messageFor(unset));
    }
    exit();
  }

  function exit(): void {
    clock.after(PRINT_LIMIT, () => process.exit());
    // Sockets that are kept alive would keep the process, too; what was printed must be out first.
    process.stdout.write('', () => process.exit());
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
  process.on('beforeExit', () => leave(new RunError('task', STUCK)));

  try {
    const problem = await carryOut({ clock, createWire, log, signal: job.signal }, (endNow) => {
      endFor = endNow;
    });
    if (problem !== undefined) fail(problem);
    exit();
  } catch (error) {
    const reason: unknown = job.signal.aborted ? job.signal.reason : error;
    if (endFor === endOfNothing) await writeWhyNot(reason, log);
    leave(reason);
  }
}

/** An error that says so where nobody foresaw it. */
function foreseen(error: unknown): RunError {
  if (error instanceof InertError) return asRunError('task', error);
  const said = asSentence(messageFor(error));
  return new RunError(
    'task',
    inert`${said} The action did not foresee that, which is a fault of its own: please report it. If a task was submitted, run this job again with its task-id.`,
    error,
  );
}
