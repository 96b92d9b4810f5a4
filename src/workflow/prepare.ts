import { createFindings } from '../base/findings.ts';
import { inert } from '../base/inert.ts';
import { shareOf } from '../base/shard.ts';
import type { Workflow } from '../cyberun/schema.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { LabelledOrder, Order, Plan } from '../matrix/plan.ts';
import { askedFor } from './asked.ts';
import type { PrepareContext } from './context.ts';
import { type Draft, draft, findReusable, makeReady } from './drafts.ts';
import { fingerprintOfAll, whyNoFingerprint } from './fingerprint.ts';
import { optionsOf } from './options.ts';
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
  const findings = createFindings(inputs.dryRun, context.log);
  const all = await findings.of(() => askedFor(inputs), []);
  // Named as in the whole matrix, so that no two shares make one folder.
  const asked = shareOf(all, shard);
  await findings.of(() => checkFolder(inputs, context), undefined);
  if (matrix !== undefined) await findings.of(() => checkFolders(asked, inputs, context), undefined);
  const workflow = await findings.of(() => readWorkflow(target.workflow, context), undefined);
  const drafts = await findings.of(() => draft(asked, target.workflow, workflow, inputs, context), []);
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
