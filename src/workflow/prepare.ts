import { join } from 'node:path';
import pLimit from 'p-limit';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { type Mapping, toSendable } from '../base/mapping.ts';
import { type Shard, shareOf } from '../base/shard.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import { findEarlier, setAside } from '../files/reuse.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { type LabelledOrder, type Order, type Plan, reportOfEarlier } from '../matrix/plan.ts';
import type { LocalFile } from '../transfer/upload.ts';
import { nameCombinations } from './combination-names.ts';
import { expandMatrix, LARGEST_SHARE } from './combinations.ts';
import type { PrepareContext } from './context.ts';
import { uploadFiles } from './files.ts';
import { createFindings } from './findings.ts';
import { fingerprintOf, fingerprintOfAll, whyNoFingerprint } from './fingerprint.ts';
import { fitParameters, type Given } from './fit.ts';
import { readWorkflow, workflowOfTask } from './read.ts';
import { checkFolder, checkFolders } from './way.ts';

/**
 * Turns inputs into a plan: looks for what is in the way of its folders, reads the workflow, checks every combination's
 * parameters against it, finds what need not run again, and uploads the files of what does, unless that is only to be
 * planned. Nothing has been submitted when it throws.
 *
 * @throws {RunError} of kind `input`, with every problem at once; or what reading and uploading throw
 */
export async function prepare(inputs: Inputs, context: PrepareContext): Promise<Plan> {
  const { target, matrix, shard, folder, maxParallel, failFast } = inputs;
  if ('taskId' in target) return attach(target, inputs, context);
  if (!inputs.waitForCompletion) {
    const unused = 'with wait-for-completion: false nothing is waited for.';
    if (inputs.timeout !== undefined || inputs.queueTimeout !== undefined)
      context.log.warning(inert`Inputs timeout and queue-timeout are not used: ${unused}`);
    if (inputs.retries > 0) context.log.warning(inert`Input retries is not used: ${unused}`);
  }
  const findings = createFindings(inputs.dryRun);
  const all = matrix === undefined ? [askedOnce(inputs)] : askedMany(matrix, inputs);
  // Named as in the whole matrix, so that no two shares make one folder.
  const asked = shareOf(all, shard);
  await findings.of(checkFolder(inputs, context));
  if (matrix !== undefined) await findings.of(checkFolders(asked, inputs, context));
  const workflow = await findings.of(readWorkflow(target.workflow, context));
  const drafts = (await findings.of(draft(asked, target.workflow, workflow, inputs, context))) ?? [];
  findings.end();
  const fingerprint = fingerprintOfPlan(drafts, workflow, inputs, context);
  const looked = await findReusable(drafts, inputs, context);
  const orders = inputs.dryRun ? looked.map(({ order }) => order) : await makeReady(looked, context);
  const labelled = orders.map((order, index): LabelledOrder => ({ label: asked[index]?.label ?? '', order }));
  const [first] = labelled;
  if (matrix === undefined && first !== undefined) return { kind: 'one', workflow, fingerprint, order: first.order };
  const many = { shard, total: all.length, orders: labelled, maxParallel, failFast, folder };
  return { kind: 'many', workflow, fingerprint, ...many };
}

/** One set of parameters, and where what comes of it goes. */
interface Asked extends Given, Pick<Order, 'folder' | 'folderName'> {}

function askedOnce({ parameters, folder, path }: Inputs): Asked {
  return { parameters, folder, folderName: path };
}

/** Of the whole matrix. */
function askedMany(matrix: Mapping, { shard, parameters, folder, path }: Inputs): Asked[] {
  const combinations = expand(matrix);
  requireSmallShares(combinations.length, shard);
  const names = nameCombinations(combinations);
  return combinations.map((combination, index) => {
    const { label = '', folder: own = '' } = names[index] ?? {};
    return {
      label,
      parameters: { ...parameters, ...combination },
      folder: join(folder, own),
      folderName: `${path}/${own}`,
    };
  });
}

/** An order whose files have not been uploaded yet: their parameters are paths. */
interface Draft {
  readonly order: Order;
  /** By parameter. */
  readonly files: ReadonlyMap<string, LocalFile>;
}

async function draft(
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
        target: { workflow: reference, submission: { parameters: sendable(one.values), ...options } },
        workflow,
        fingerprint: fingerprintOf(one, setting),
        digests: new Map([...one.files].map(([key, { sha256 }]) => [key, sha256])),
        earlier: undefined,
      },
    })),
  );
}

/** Of all that is asked for together. Says why there is none. */
function fingerprintOfPlan(
  drafts: readonly Draft[],
  workflow: Workflow | undefined,
  { reuse, matrix }: Inputs,
  { log }: PrepareContext,
): string | undefined {
  const fingerprints = drafts.map(({ order }) => order.fingerprint);
  const why = whyNoFingerprint(workflow);
  if (why !== undefined && reuse) log.warning(inert`Nothing can be reused: a run has no fingerprint, as ${why}.`);
  else if (why !== undefined) log.info(inert`The output fingerprint is empty, as ${why}`);
  return matrix === undefined ? fingerprints[0] : fingerprintOfAll(fingerprints);
}

/** Folders looked at at one time; each reads several files. */
const FOLDERS_AT_ONCE = 2;

async function findReusable(
  drafts: readonly Draft[],
  { reuse, apiKey }: Inputs,
  { disk, signal }: PrepareContext,
): Promise<readonly Draft[]> {
  if (!reuse) return drafts;
  const limit = pLimit(FOLDERS_AT_ONCE);
  return Promise.all(
    drafts.map(({ order, files }) =>
      limit(async () => ({ files, order: { ...order, earlier: await findEarlier(order, apiKey, disk, signal) } })),
    ),
  );
}

/** Makes way for the files of what will run, and uploads what it needs. */
async function makeReady(drafts: readonly Draft[], context: PrepareContext): Promise<Order[]> {
  const { disk, log } = context;
  for (const { order } of drafts) {
    const { earlier, folderName } = order;
    const changed = earlier !== undefined && 'why' in earlier ? earlier.changed : [];
    const kept = await setAside(disk, order, changed);
    if (kept.length === 0) continue;
    log.warning(
      inert`What was changed in ${folderName} since it was made is kept as ${kept.slice(0, 5).join(', ')}${kept.length > 5 ? ` and ${kept.length - 5} more` : ''}, as its task runs again.`,
    );
  }
  return withUploads(drafts, context);
}

/** Nothing is uploaded for what is reused. */
async function withUploads(drafts: readonly Draft[], context: PrepareContext): Promise<Order[]> {
  const needed = drafts.flatMap(({ order, files }) =>
    reportOfEarlier(order) === undefined ? [...files.values()] : [],
  );
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

async function attach(target: { readonly taskId: string }, inputs: Inputs, context: PrepareContext): Promise<Plan> {
  if (Object.keys(inputs.parameters).length > 0) {
    context.log.warning(inert`Input parameters is not used: with task-id nothing is submitted.`);
  }
  if (inputs.reuse) context.log.warning(inert`Input reuse is not used: with task-id nothing is submitted.`);
  if (inputs.retries > 0) context.log.warning(inert`Input retries is not used: with task-id nothing is submitted.`);
  const { wasRead, workflow } = await workflowOfTask(target.taskId, context);
  const order: Order = {
    ...optionsOf(inputs),
    folder: inputs.folder,
    folderName: inputs.path,
    target: { ...target, wasRead },
    workflow,
    fingerprint: undefined,
    digests: new Map(),
    earlier: undefined,
  };
  return { kind: 'one', workflow, fingerprint: undefined, order };
}

function expand(matrix: Mapping): ReturnType<typeof expandMatrix> {
  try {
    return expandMatrix(matrix);
  } catch (cause) {
    const said = (cause instanceof Error ? cause.message : String(cause)).replace(/^matrix: /, '');
    throw new RunError(
      'input',
      inert`Input matrix cannot be used: ${said}. Write e.g. \`seed: [1, 2, 3]\`, as in strategy.matrix.`,
      cause,
    );
  }
}

/** Shares differ by one at most, so that all of them are refused, or none. */
function requireSmallShares(total: number, shard: Shard | undefined): void {
  const largest = Math.ceil(total / (shard?.count ?? 1));
  if (largest <= LARGEST_SHARE) return;
  const found = shard === undefined ? '' : inert` in shares of up to ${largest}`;
  const count = Math.ceil(total / LARGEST_SHARE);
  throw new RunError(
    'input',
    inert`Input matrix makes ${total} combinations${found}, and one step runs ${LARGEST_SHARE} at most. Have ${count} runners share them: write \`shard: \${{ matrix.shard }}/${count}\`, with all numbers from 1 to ${count} as \`shard\` in strategy.matrix.`,
  );
}

type OwnOptions = 'target' | 'workflow' | 'fingerprint' | 'digests' | 'earlier' | 'folder' | 'folderName';

/** What is the same for every order. */
function optionsOf(inputs: Inputs): Omit<Order, OwnOptions> {
  return {
    wait: inputs.waitForCompletion,
    timeout: inputs.timeout,
    queueTimeout: inputs.queueTimeout,
    cancelOnAbort: inputs.cancelOnAbort,
    retries: inputs.retries,
    download: inputs.download,
    workspace: inputs.workspace,
    ifNoFilesFound: inputs.ifNoFilesFound,
  };
}

/** Only what the user gave is in it. */
function submitOptionsOf(inputs: Inputs): Omit<Submission, 'parameters'> {
  const options = {
    dispatch_target: inputs.dispatchTarget,
    target_pool: inputs.targetPool,
    submitter_region: inputs.submitterRegion,
    tool_type: inputs.toolType,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''));
}

function sendable(parameters: Mapping): Submission['parameters'] {
  return toSendable(parameters) as Submission['parameters'];
}
