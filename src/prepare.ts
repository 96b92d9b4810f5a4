import { join } from 'node:path';
import type { Workflow, WorkflowParameter } from './cyberun/schema.ts';
import type { Submission } from './cyberun/submit.ts';
import { RunError } from './errors.ts';
import { type Inert, inert, inertLines, joinInert } from './inert.ts';
import type { Inputs } from './inputs.ts';
import { type Mapping, toSendable } from './mapping.ts';
import type { Order, RunContext } from './run/context.ts';
import type { Log } from './run/log.ts';
import type { MatrixOrder } from './run/matrix.ts';
import type { LocalFile } from './transfer/upload.ts';
import { expandMatrix, nameCombinations } from './workflow/combinations.ts';
import { findFile, uploadFiles } from './workflow/files.ts';
import { convertParameters } from './workflow/parameters.ts';
import { readWorkflow, workflowOfTask } from './workflow/read.ts';

/** What preparing needs. */
export type PrepareContext = Pick<RunContext, 'service' | 'connections' | 'clock' | 'log' | 'signal'>;

/**
 * Turns inputs into orders: reads the workflow, checks every combination's parameters against it, and uploads the files
 * they name. Nothing has been submitted when it throws.
 *
 * @throws {RunError} of kind `input`, with every problem at once; or what reading and uploading throw
 */
export async function prepare(inputs: Inputs, context: PrepareContext): Promise<[MatrixOrder, ...MatrixOrder[]]> {
  if (inputs.workflow === undefined) {
    const workflow = await workflowOfTask(inputs.taskId ?? '', context);
    return [{ label: '', order: orderOf(inputs, workflow, {}, undefined) }];
  }
  const combinations = inputs.matrix === undefined ? [{}] : expand(inputs.matrix);
  const names = inputs.matrix === undefined ? [] : nameCombinations(combinations);
  const workflow = await readWorkflow(inputs.workflow, context);

  const checked = await Promise.all(
    combinations.map((combination) =>
      check(workflow, { ...inputs.parameters, ...combination }, inputs.workspace, context.log),
    ),
  );
  refuseProblems(
    checked.map(({ problems }, index) => ({ label: names[index]?.label, problems })),
    inputs.workflow,
    context.log,
  );
  const uploaded = await uploadFiles(
    checked.flatMap(({ files }) => [...files.values()]),
    context,
  );

  const orders = checked.map(({ values, files }, index): MatrixOrder => {
    const keys = [...files].map(([key, file]) => [key, uploaded.get(file.path)] as const);
    const name = names[index];
    const parameters = { ...values, ...Object.fromEntries(keys) };
    return { label: name?.label ?? '', order: orderOf(inputs, workflow, parameters, name?.folder) };
  });
  return orders as [MatrixOrder, ...MatrixOrder[]];
}

/** Says what is about to be submitted. */
export function announce(
  orders: readonly [MatrixOrder, ...MatrixOrder[]],
  inputs: Inputs,
  host: string,
  log: Log,
): void {
  const [{ order }] = orders;
  if (order.reference === undefined) return;
  const version = order.workflow?.version === undefined ? '' : ` (version ${order.workflow.version})`;
  const many =
    inputs.matrix === undefined
      ? ''
      : `, ${orders.length} tasks, ${Math.min(inputs.maxParallel, orders.length)} at a time`;
  log.info(inert`Submitting ${order.workflow?.workflow_slug ?? order.reference}${version} to ${host}${many}`);
  const lines =
    inputs.matrix === undefined
      ? Object.entries(order.submission.parameters).map(([key, value]) => inert`${key}: ${showValue(value)}`)
      : orders.map(({ label, order: one }) => inert`[${label}] ${showValue(one.submission.parameters)}`);
  if (lines.length > 0) log.group(inert`parameters`, lines);
}

interface Checked {
  readonly values: Mapping;
  /** By parameter. */
  readonly files: ReadonlyMap<string, LocalFile>;
  readonly problems: readonly Inert[];
}

async function check(workflow: Workflow | undefined, given: Mapping, workspace: string, log: Log): Promise<Checked> {
  const declared = workflow?.parameters ?? [];
  if (declared.length === 0) {
    if (workflow !== undefined && Object.keys(given).length > 0) {
      log.info(inert`The workflow declares no parameters, so what is given is sent unchecked`);
    }
    return { values: given, files: new Map(), problems: [] };
  }
  const { values, fileKeys, problems } = convertParameters(declared, given);
  const files = new Map<string, LocalFile>();
  const found: Inert[] = [...problems];
  for (const key of fileKeys) {
    const parameter = declared.find((one) => one.key === key) as WorkflowParameter;
    const file = await findFile(parameter, String(values[key]), workspace);
    if (file.kind === 'problem') found.push(file.problem);
    if (file.kind === 'local') files.set(key, file.file);
  }
  return { values, files, problems: found };
}

/** All problems in one error; one that every combination has is said once, without a label. */
function refuseProblems(
  checked: readonly { readonly label: string | undefined; readonly problems: readonly Inert[] }[],
  reference: string,
  log: Log,
): void {
  const where = new Map<Inert, string[]>();
  for (const { label, problems } of checked) {
    for (const problem of problems) where.set(problem, [...(where.get(problem) ?? []), label ?? '']);
  }
  if (where.size === 0) return;
  const lines = [...where].map(([problem, labels]) =>
    labels.length === checked.length
      ? problem
      : inert`${problem} (in ${labels.slice(0, 3).join('; ')}${labels.length > 3 ? ` and ${labels.length - 3} more` : ''})`,
  );
  if (lines.length > 1) log.group(inert`${lines.length} problems`, lines);
  const shown = joinInert(lines.slice(0, 10), '; ');
  const more = lines.length > 10 ? ` and ${lines.length - 10} more` : '';
  throw new RunError(
    'input',
    inert`Input parameters: what is given does not fit the workflow ${reference}, so nothing was submitted. ${shown}${more}. Write one \`key: value\` a line, with the workflow's own keys.`,
  );
}

function expand(matrix: Mapping): ReturnType<typeof expandMatrix> {
  try {
    return expandMatrix(matrix);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RunError(
      'input',
      inert`Input matrix cannot be used: ${said}. Write e.g. \`seed: [1, 2, 3]\`, as in strategy.matrix.`,
      cause,
    );
  }
}

function orderOf(
  inputs: Inputs,
  workflow: Workflow | undefined,
  parameters: Mapping,
  subfolder: string | undefined,
): Order {
  const options = {
    dispatch_target: inputs.dispatchTarget,
    target_pool: inputs.targetPool,
    submitter_region: inputs.submitterRegion,
    tool_type: inputs.toolType,
  };
  const submission: Submission = {
    parameters: toSendable(parameters) as Submission['parameters'],
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== '')),
  };
  return {
    reference: inputs.workflow,
    taskId: inputs.taskId,
    workflow,
    submission,
    wait: inputs.waitForCompletion,
    timeout: inputs.timeout,
    queueTimeout: inputs.queueTimeout,
    cancelOnAbort: inputs.cancelOnAbort,
    download: inputs.download,
    workspace: inputs.workspace,
    folder: subfolder === undefined ? inputs.folder : join(inputs.folder, subfolder),
    folderName: subfolder === undefined ? inputs.path : `${inputs.path}/${subfolder}`,
    ifNoFilesFound: inputs.ifNoFilesFound,
  };
}

function showValue(value: unknown): Inert {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const [first, ...more] = inertLines(text);
  return inert`${first ?? ''}${more.length > 0 ? ` (and ${more.length} more lines)` : ''}`;
}
