import pLimit from 'p-limit';
import { inert, someOf } from '../base/inert.ts';
import { toSendable } from '../base/mapping.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import { exists } from '../files/folder.ts';
import { type Earlier, findEarlier, setAside } from '../files/reuse.ts';
import { foundNothing, sayIdle } from '../files/selection.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type Order, willSubmit } from '../matrix/plan.ts';
import type { LocalFile } from '../transfer/upload.ts';
import type { Asked } from './asked.ts';
import type { PrepareContext } from './context.ts';
import { uploadFiles } from './files.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fitParameters } from './fit.ts';
import { createMoved } from './moved.ts';
import { optionsOf, submitOptionsOf } from './options.ts';

/** An order whose files have not been uploaded yet: their parameters are paths. */
export interface Draft {
  readonly order: Order;
  /** By parameter. */
  readonly files: ReadonlyMap<string, LocalFile>;
}

/**
 * Drafts of what is asked for, in order, each with its fingerprint.
 *
 * @throws as {@link fitParameters}
 */
export async function draft(
  asked: readonly Asked[],
  reference: string,
  workflow: Workflow | undefined,
  inputs: Inputs,
  context: PrepareContext,
): Promise<readonly Draft[]> {
  const options = submitOptionsOf(inputs);
  const { host } = new URL(inputs.apiUrl);
  const setting = { host, apiKey: inputs.apiKey, workflow, options };
  const fitted = await fitParameters(asked, reference, workflow, inputs.workspace, context);
  return fitted.flatMap((one, index) =>
    asked.slice(index, index + 1).map(({ folder, folderName }) => ({
      files: one.files,
      order: {
        ...optionsOf(inputs),
        folder,
        folderName,
        target: {
          workflow: reference,
          submission: { parameters: toSendable(one.values) as Submission['parameters'], ...options },
        },
        workflow,
        fingerprint: fingerprintOf(one, setting),
        digests: new Map([...one.files].map(([key, { sha256 }]) => [key, sha256])),
        earlier: undefined,
      },
    })),
  );
}

/** Folders looked at at one time; each reads several files. */
const FOLDERS_AT_ONCE = 2;

/** The same drafts, each with what its folder has of an earlier run, where `reuse` asks for that. Throws the signal's reason. */
export async function findReusable(
  drafts: readonly Draft[],
  inputs: Inputs,
  context: PrepareContext,
): Promise<readonly Draft[]> {
  if (!inputs.reuse) return drafts;
  const orders = drafts.map(({ order }) => order);
  const moved = createMoved(orders, inputs, context);
  const limit = pLimit(FOLDERS_AT_ONCE);
  return Promise.all(
    drafts.map(({ order, files }) =>
      limit(async () => {
        const isThere = inputs.matrix === undefined || (await exists(context.disk, order.folder));
        const elsewhere = isThere ? undefined : await moved.find(order);
        const earlier = elsewhere ?? (await findEarlier(order, { ...context, key: inputs.apiKey }));
        return { files, order: { ...order, earlier: judgeSelection(earlier, order, context) } };
      }),
    ),
  );
}

/** What is reused is held against `pattern` as what is fetched is. */
function judgeSelection(earlier: Earlier, order: Order, { log }: PrepareContext): Earlier {
  if (!('report' in earlier)) return earlier;
  const { offer, report } = earlier;
  const all = [...offer.outputs, ...offer.leftOut];
  if (report.files.length === 0) return { offer, report: { ...report, problem: foundNothing(order, all, log) } };
  sayIdle(order.pattern, all, log);
  return earlier;
}

/** Names that are said. */
const MOST_NAMES = 5;

/**
 * Makes way for the files of what will run, uploads what it needs, and returns the orders.
 *
 * @throws what the disk says, and as {@link uploadFiles}
 */
export async function makeReady(drafts: readonly Draft[], context: PrepareContext): Promise<Order[]> {
  const { disk, log } = context;
  for (const { order } of drafts) {
    const { earlier, folderName } = order;
    const changed = earlier !== undefined && 'changed' in earlier ? earlier.changed : [];
    const kept = await setAside(disk, order, changed);
    if (kept.length === 0) continue;
    log.warning(
      inert`What was changed in ${folderName} since it was made is kept as ${someOf(kept, MOST_NAMES)}, to make way for what comes.`,
    );
  }
  return withUploads(drafts, context);
}

/** Nothing is uploaded for what is reused. */
async function withUploads(drafts: readonly Draft[], context: PrepareContext): Promise<Order[]> {
  const needed = drafts.flatMap(({ order, files }) => (willSubmit(order) ? [...files.values()] : []));
  const keys = await uploadFiles(needed, context);
  return drafts.map(({ order, files }) => {
    const { target } = order;
    if ('taskId' in target) return order;
    const sent = [...files].flatMap(([name, { path }]) => (keys.has(path) ? [[name, keys.get(path)] as const] : []));
    const { submission } = target;
    const parameters = { ...submission.parameters, ...Object.fromEntries(sent) };
    return { ...order, target: { ...target, submission: { ...submission, parameters } } };
  });
}
