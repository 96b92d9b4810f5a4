import { relative, sep } from 'node:path';
import prettyBytes from 'pretty-bytes';
import type { Disk } from '../base/disk.ts';
import { withoutEnd } from '../base/ends.ts';
import { messageFor, RunError } from '../base/errors.ts';
import { amount, type Inert, inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import { listsOf } from '../files/names.ts';
import { endingOf, gpuTime } from '../files/report.ts';
import type { Gallery, GalleryTask } from '../gallery/gallery.ts';
import type { SummaryHead } from '../github/summary-parts.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type LabelledReport, type Outcome, reportsOf } from '../matrix/outcome.ts';
import { commonParameters, type Plan } from '../matrix/plan.ts';

/** Who helps to write a gallery. */
export interface GalleryContext {
  readonly disk: Disk;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Writes the page that shows what came, where that is asked for and anything did. What it takes is loaded for those alone
 * who ask. Returns its path, or why it could not be written.
 */
export async function writeGallery(
  outcome: Outcome,
  plan: Plan,
  inputs: Inputs,
  head: SummaryHead,
  { disk, log, signal }: GalleryContext,
): Promise<string | RunError | undefined> {
  // Without a record, nothing of it came. After an abort there is no time.
  if (!inputs.gallery || outcome.recordPath === undefined || signal.aborted) return undefined;
  const names = listsOf(plan.kind === 'many' ? plan.shard : undefined);
  try {
    const [{ pageOf }, { writePage }] = await Promise.all([import('../gallery/page.ts'), import('../files/page.ts')]);
    const gallery = galleryOf(outcome, plan, inputs, head);
    const path = await writePage(pageOf(gallery, disk), inputs, names, { disk, key: inputs.apiKey, signal });
    log.info(inert`Gallery: ${relative(inputs.workspace, path)}`);
    return path;
  } catch (error) {
    if (signal.aborted) return new RunError('aborted', messageFor(signal.reason), signal.reason);
    return new RunError(
      'files',
      inert`The files are there, but ${names.page}, the gallery, could not be written: ${withoutEnd(messageFor(error), /\./)}. Free space on the runner, choose another path, or leave gallery out.`,
      error,
    );
  }
}

function galleryOf(
  outcome: Outcome,
  plan: Plan,
  { folder }: Pick<Inputs, 'folder'>,
  { workflow, reference, host, share }: SummaryHead,
): Gallery {
  const reports = reportsOf(outcome);
  const runs: readonly Partial<LabelledReport>[] = outcome.kind === 'many' ? outcome.runs : [];
  const first = reports[0]?.parameters ?? {};
  const common =
    plan.kind === 'many' ? commonParameters(reports.map(({ parameters }) => parameters)) : new Set(Object.keys(first));
  const pick = (parameters: Mapping, wanted: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([key]) => common.has(key) === wanted));
  const tasks = reports.map((report, index): GalleryTask => {
    const files = report.files.map((file) => ({ ...file, place: relative(folder, file.path).split(sep).join('/') }));
    const label = runs[index]?.label;
    return { ...report, label, parameters: pick(report.parameters, false), ending: endingOf(report), files };
  });
  const files = reports.flatMap((report) => report.files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const time = gpuTime(reports);
  const facts: Inert[] = [
    ...(plan.kind === 'many' ? [amount(reports.length, 'task')] : []),
    inert`${amount(files.length, 'file')}, ${prettyBytes(bytes)}`,
    ...(time === undefined ? [] : [inert`GPU time ${time}`]),
    inert`${host}`,
    ...(share === undefined ? [] : [share]),
  ];
  return { workflow, reference, facts, shared: pick(first, true), tasks };
}
