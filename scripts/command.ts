/**
 * Begins a command that people run: says how to use it where `--help` or `-h` is among its arguments, and ends with 1 where
 * they are wrong, with what is wrong on stderr. Once nobody reads what it says any more, as with `| head`,
 * it ends as by SIGTERM, and says nothing of it.
 *
 * @param usage its first line is how it is called; without a newline at its end
 * @param read makes of the arguments what the command needs, and throws an error with what is wrong, as `parseArgs` does
 */
export function beginCommand<T>(usage: string, read: () => T): T {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endUnread);
  if (process.argv.slice(2).some((argument) => ['--help', '-h'].includes(argument))) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return read();
  } catch (error) {
    console.error(`${messageOf(error)}\nUsage: ${usage.split('\n', 1)[0]} (--help tells more)`);
    process.exit(1);
  }
}

/**
 * A whole number that an option or an argument gives.
 *
 * @param name what it is called, such as `--port`
 * @throws {Error} when it is none, or not from `least` to `most`
 */
export function readWhole(name: string, given: string, least: number, most: number): number {
  const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Error(`${name} takes a whole number from ${least} to ${most}, and not "${given}"`);
}

/** What an error says, for people who did not write the command. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Everything that is written from then on fails, too. */
function endUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  if (isEnding) return;
  isEnding = true;
  // Who has something to end first, listens. The code is that of a program that SIGPIPE ended.
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(141);
}

let isEnding = false;
