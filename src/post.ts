import { messageFor } from './base/errors.ts';
import { inert } from './base/inert.ts';
import { createLog } from './github/log.ts';
import { hasLeftOpen } from './github/saved.ts';

const log = createLog();
// Should the runner die now, nobody else cancels what is left: then the log is lost, and nothing more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('uncaughtException', (error) => {
  warn(error);
  process.exit(0);
});
try {
  if (hasLeftOpen(process.env)) {
    const { cancelOpen } = await import('./left-open.ts');
    await cancelOpen(log);
  }
} catch (error) {
  warn(error);
}
process.stdout.write('', () => process.exit(0));

/** The job is over: a failure here must not turn it into a failed one. */
function warn(error: unknown): void {
  log.warning(inert`What main left open could not be cancelled: ${messageFor(error)}`);
}
