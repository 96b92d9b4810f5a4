import { relative, sep } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { asRunError } from '../base/errors.ts';
import { amount, type Inert, inert, someOf } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Shard } from '../base/shard.ts';
import type { Wire } from '../base/wire.ts';
import { listsOf } from '../files/names.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type Outcome, reportsOf } from '../matrix/outcome.ts';
import { ordersOf, type Plan } from '../matrix/plan.ts';
import type { Attached, Attaching } from '../release/attach.ts';
import type { OpenRelease } from '../release/open.ts';

/** Who helps with a release. */
export interface ReleaseContext {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Finds the release that the files are to be attached to; `undefined` where that is not asked for. What it takes is loaded
 * for those alone who ask.
 *
 * @param repository As in `GITHUB_REPOSITORY`.
 * @throws {RunError} of kind `input`; or the signal's reason
 */
export async function findRelease(
  { attach }: Pick<Inputs, 'attach'>,
  repository: string,
  wireTo: () => Wire,
  { clock, log, signal }: ReleaseContext,
): Promise<OpenRelease | undefined> {
  if (attach === undefined) return undefined;
  const { openRelease } = await import('../release/open.ts');
  const notice = (message: Inert) => log.info(message);
  const found = await openRelease({ ...attach, repository, wire: wireTo(), clock, notice, signal });
  log.info(inert`Release: ${describeRelease(found)}`);
  return found;
}

/** Such as `v1.2.0 (a draft), which has 3 assets`. */
export function describeRelease({ release: { tag, isDraft }, assets }: OpenRelease): Inert {
  return inert`${tag}${isDraft ? ' (a draft)' : ''}, which has ${amount(assets.length, 'asset')}`;
}

/**
 * Refuses a plan whose files a release has no room for, one a task at least, and two lists, and a release whose record is
 * somebody else's.
 *
 * @throws {RunError} of kind `input`
 */
export async function checkRelease(
  plan: Plan,
  { apiKey }: Pick<Inputs, 'apiKey'>,
  found: OpenRelease | undefined,
  { signal }: Pick<ReleaseContext, 'signal'>,
): Promise<void> {
  if (found === undefined) return;
  const { refuseForeign, refuseFull } = await import('../release/find.ts');
  refuseFull(found, ordersOf(plan).length + 2);
  const { record } = listsOf(shardOf(plan));
  await refuseForeign(found, record, found.releases, apiKey, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw asRunError('input', error);
  });
}

function shardOf(plan: Plan): Shard | undefined {
  return plan.kind === 'many' ? plan.shard : undefined;
}

/**
 * Attaches the files of an outcome, where that is asked for and nothing is missing from it.
 *
 * @param onAttached Told what is attached by now, whenever that is more.
 */
export async function attachOutcome(
  outcome: Outcome,
  plan: Plan,
  { folder, apiKey }: Pick<Inputs, 'folder' | 'apiKey'>,
  found: OpenRelease | undefined,
  { disk, clock, log, signal }: ReleaseContext,
  onAttached: (assets: readonly Attached[]) => void,
): Promise<Attaching | undefined> {
  if (found === undefined) return undefined;
  const { release, releases } = found;
  const { recordPath, problem } = outcome;
  // What was unpacked is in its archive, which people can download whole.
  const arrived = reportsOf(outcome).flatMap((report) => report.files);
  const files = arrived.filter(({ archive }) => archive === undefined);
  if (problem !== undefined || recordPath === undefined) {
    const why = problem === undefined ? 'there are no files' : 'not all of it succeeded';
    const text = inert`Nothing is attached to the release ${release.tag}, as ${why}`;
    if (problem === undefined) log.warning(text);
    else log.info(text);
    return undefined;
  }
  const { attach } = await import('../release/attach.ts');
  const began = clock.now();
  const toAttach = files.map((file) => ({ ...file, place: relative(folder, file.path).split(sep).join('/') }));
  const names = listsOf(shardOf(plan));
  log.info(inert`Attaching ${amount(files.length, 'file')} to the release ${release.tag}`);
  const record = await disk.readFile(recordPath, 'utf8').catch((error: unknown) => asRunError('release', error));
  if (typeof record !== 'string') return { assets: [], kept: 0, replaced: [], mended: [], problem: record };
  const context = { releases, key: apiKey, disk, clock, signal };
  const [first, ...others] = reportsOf(outcome);
  const again = others.length > 0 ? inert`reuse` : inert`task-id: ${first?.taskId ?? ''}`;
  const attaching = await attach(toAttach, record, names, found, again, context, onAttached);
  const { assets, kept, replaced, mended } = attaching;
  if (replaced.length > 0) {
    log.warning(
      inert`Replaced at the release ${release.tag}, where an earlier run or step had attached another file of that name: ${someOf(replaced, 5)}. Have the workflows call their files otherwise to keep both.`,
    );
  }
  if (mended.length > 0) log.info(inert`Gave ${someOf(mended, 5)} at the release its name, which a killed run had not`);
  if (assets.length > 0) {
    const bytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
    const seconds = Math.round((clock.now() - began) / 1000);
    log.group(inert`release assets`, assets.map(assetLine));
    log.info(
      inert`${amount(assets.length, 'asset')} of the release ${release.tag}, ${prettyBytes(bytes)}${kept === 0 ? '' : `, of which ${kept} were there already`}${seconds < 2 ? '' : ` (${seconds} s)`}: ${release.url}`,
    );
  }
  return attaching;
}

function assetLine({ name, url, bytes, sha256 }: Attached): Inert {
  return inert`${name}  ${prettyBytes(bytes)}  sha256 ${sha256}  ${url}`;
}
