import { join } from 'node:path';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { type Mapping, toSendable } from '../base/mapping.ts';
import type { Submission } from '../cyberun/submit.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { LabelledOrder, Order, Plan } from '../matrix/plan.ts';
import { nameCombinations } from './combination-names.ts';
import { expandMatrix } from './combinations.ts';
import type { PrepareContext } from './context.ts';
import { fitParameters } from './fit.ts';
import { readWorkflow, workflowOfTask } from './read.ts';
import { checkFolders } from './way.ts';

/**
 * Turns inputs into a plan: looks for what is in the way of its folders, reads the workflow, checks every combination's
 * parameters against it, and uploads the files they name. Nothing has been submitted when it throws.
 *
 * @throws {RunError} of kind `input`, with every problem at once; or what reading and uploading throw
 */
export async function prepare(inputs: Inputs, context: PrepareContext): Promise<Plan> {
  const { target, matrix, folder, path, maxParallel, failFast } = inputs;
  if ('taskId' in target) return attach(target, inputs, context);
  if (!inputs.waitForCompletion) {
    const unused = 'with wait-for-completion: false nothing is waited for.';
    if (inputs.timeout !== undefined || inputs.queueTimeout !== undefined)
      context.log.warning(inert`Inputs timeout and queue-timeout are not used: ${unused}`);
    if (inputs.retries > 0) context.log.warning(inert`Input retries is not used: ${unused}`);
  }
  const combinations = matrix === undefined ? undefined : expand(matrix);
  const names = nameCombinations(combinations ?? []);
  const homes = names.map(({ folder: own }) => ({ folder: join(folder, own), folderName: `${path}/${own}` }));
  await checkFolders(homes, inputs, context);
  const workflow = await readWorkflow(target.workflow, context);
  const order = (parameters: Mapping, home: Home): Order => ({
    ...optionsOf(inputs),
    ...home,
    target: { workflow: target.workflow, submission: submissionOf(inputs, parameters) },
    workflow,
  });

  if (combinations === undefined) {
    const given = [{ parameters: inputs.parameters }];
    const [parameters = {}] = await fitParameters(given, target.workflow, workflow, inputs.workspace, context);
    return { kind: 'one', workflow, order: order(parameters, { folder, folderName: path }) };
  }
  const given = combinations.map((combination, index) => ({
    parameters: { ...inputs.parameters, ...combination },
    label: names[index]?.label ?? '',
  }));
  const fitted = await fitParameters(given, target.workflow, workflow, inputs.workspace, context);
  const orders = homes.map(
    (home, index): LabelledOrder => ({
      label: names[index]?.label ?? '',
      order: order(fitted[index] ?? {}, home),
    }),
  );
  return { kind: 'many', workflow, orders, maxParallel, failFast, folder };
}

type Home = Pick<Order, 'folder' | 'folderName'>;

async function attach(target: { readonly taskId: string }, inputs: Inputs, context: PrepareContext): Promise<Plan> {
  if (Object.keys(inputs.parameters).length > 0) {
    context.log.warning(inert`Input parameters is not used: with task-id nothing is submitted.`);
  }
  if (inputs.retries > 0) context.log.warning(inert`Input retries is not used: with task-id nothing is submitted.`);
  const { wasRead, workflow } = await workflowOfTask(target.taskId, context);
  const home = { folder: inputs.folder, folderName: inputs.path };
  return { kind: 'one', workflow, order: { ...optionsOf(inputs), ...home, target: { ...target, wasRead }, workflow } };
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

/** What is the same for every order. */
function optionsOf(inputs: Inputs): Omit<Order, 'target' | 'workflow' | keyof Home> {
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
function submissionOf(inputs: Inputs, parameters: Mapping): Submission {
  const options = {
    dispatch_target: inputs.dispatchTarget,
    target_pool: inputs.targetPool,
    submitter_region: inputs.submitterRegion,
    tool_type: inputs.toolType,
  };
  return {
    parameters: toSendable(parameters) as Submission['parameters'],
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== '')),
  };
}
