/**
 * How long the built action takes from SIGINT to its end, whatever the service and the storage do meanwhile. Exit code 1
 * where one takes too long.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmulator } from '../emulator/emulator.ts';
import { HOSTILE, type Hostile } from '../emulator/hostile.ts';
import { startStep } from '../emulator/runner/runner.ts';
import { beginCommand, readWhole } from '../scripts/command.ts';

const USAGE = `node bench/aborts.ts [SECONDS]

Tells how long the built action takes from SIGINT to its end, whatever the service and the storage do meanwhile. Ends with 1
where one takes longer than so many seconds (2).`;

const most = beginCommand(USAGE, () => {
  const [seconds = '2'] = parseArgs({ allowPositionals: true }).positionals;
  return readWhole('SECONDS', seconds, 1, 60);
});

for (const hostile of HOSTILE) {
  const { seconds, exitCode } = await abortUnder(hostile);
  const isLate = seconds > most || exitCode !== 1;
  console.log(`${seconds.toFixed(2)} s${isLate ? '  TOO LATE' : ''}  exit ${exitCode}  ${hostile.name}`);
  if (isLate) process.exitCode = 1;
}

async function abortUnder({ options, kinds, fault, after }: Hostile) {
  await using emulator = await startEmulator(options);
  for (const kind of kinds) emulator.fault({ kind, times: 1e6, fault });
  const workspace = await mkdtemp(join(tmpdir(), 'bench-'));
  const { apiKey, apiUrl } = emulator;
  const step = startStep({
    uses: join(import.meta.dirname, '..'),
    with: { 'api-key': apiKey, 'api-url': apiUrl, workflow: 'hostile' },
    secrets: [apiKey],
    workspace,
  });
  await emulator.waitFor(() => emulator.requests.filter(({ kind }) => kinds.includes(kind)).length >= after);
  const signalled = performance.now();
  void step.cancel();
  // Post, which comes then, is none of it.
  while (isThere(step.pid)) await sleep(5);
  const seconds = (performance.now() - signalled) / 1000;
  const { exitCode } = await step.done;
  await rm(workspace, { recursive: true, force: true });
  return { seconds, exitCode };
}

function isThere(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
