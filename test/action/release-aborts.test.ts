import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { startGithub } from '../../emulator/github/github.ts';
import { secondaryLimit } from '../../emulator/github/limits.ts';
import type { GithubKind } from '../../emulator/github/requests.ts';
import { countOf, quick, runAction } from './harness.ts';
import { onRelease } from './release.ts';

const ALWAYS = Number.POSITIVE_INFINITY;
const NEVER: Fault = { type: 'stall' };

/** At which request, how it fails, and whether the task is over by then. */
test.each<[string, GithubKind, Fault, 'before' | 'after', number]>([
  ['the release does not come', 'release', NEVER, 'before', 0],
  ['the release comes a byte at a time', 'release', { type: 'trickle', bytesPerSecond: 1 }, 'before', 0],
  ['the release is a page', 'release', { type: 'body', body: '<html>sign in</html>' }, 'before', 0],
  ['the release is broken JSON', 'release', { type: 'edit', edit: (text) => text.slice(0, -9) }, 'before', 0],
  ['the right to write does not come', 'generate-notes', NEVER, 'before', 0],
  ['the assets do not come', 'assets', NEVER, 'before', 0],
  ['a limit holds back the first call', 'release', secondaryLimit(600), 'before', 0],
  ['the assets do not come', 'assets', NEVER, 'after', 1],
  ['an upload is not answered', 'upload', NEVER, 'after', 0],
  ['an upload breaks off', 'upload', { type: 'refuse', afterBytes: 10 }, 'after', 0],
  ['a limit holds back the uploads', 'upload', secondaryLimit(600), 'after', 0],
])('SIGINT while %s (%s: %o, %s the run) ends it soon, and no task is left', async (_, kind, fault, when, skip) => {
  await using emulator = await startEmulator({ workflows: [quick()] });
  await using github = await startGithub();
  const release = github.addRelease({ tag: 'v1' });
  github.fault({ kind, skip, times: ALWAYS, fault });
  await using run = runAction({ emulator, ...onRelease(github, release) });
  await github.waitFor(({ requests }) => requests.filter((request) => request.kind === kind).length > skip);
  run.cancel();
  const { exitCode, signal, outputs, summary } = await run.done;
  // By itself, and not at the last moment, which leaves no time for a summary.
  expect(summary).not.toBe('');
  expect({ exitCode, signal }).toEqual({ exitCode: 1, signal: null });
  expect(outputs.status).toBe(when === 'before' ? 'cancelled' : 'completed');
  expect(countOf(emulator, 'submit')).toBe(when === 'before' ? 0 : 1);
  expect(countOf(emulator, 'cancel')).toBe(0);
  for (const { state } of release.assets) expect(state).toBe('uploaded');
});
