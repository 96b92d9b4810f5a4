import { join } from 'node:path';
import { RunError } from '../base/errors.ts';
import { type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { type Mapping, toSendable } from '../base/mapping.ts';
import type { Workflow, WorkflowParameter } from '../cyberun/schema.ts';
import type { Submission } from '../cyberun/submit.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { MatrixOrder } from '../matrix/matrix.ts';
import type { Order, RunContext } from '../task/context.ts';
import type { LocalFile } from '../transfer/upload.ts';
import { expandMatrix, nameCombinations } from './combinations.ts';
import { type FoundFile, findFile, uploadFiles } from './files.ts';
import { convertParameters } from './parameters.ts';
import { readWorkflow, workflowOfTask } from './read.ts';

/** What preparing needs. */
export type PrepareContext = Pick<RunContext, 'service' | 'wire' | 'disk' | 'clock' | 'log' | 'signal'>;

/**
 * Turns inputs into orders: reads the workflow, checks every combination's parameters against it, and uploads the files
 * they name. Nothing has been submitted when it throws.
 *
 * @throws {RunError} of kind `input`, with every problem at once; or what reading and uploading throw
 */
export async function prepare(inputs: Inputs, context: PrepareContext): Promise<[MatrixOrder, ...MatrixOrder[]]> {
  if (inputs.workflow === undefined) {
    if (Object.keys(inputs.parameters).length > 0) {
      context.log.warning(inert`Input parameters is not used: with task-id nothing is submitted.`);
    }
    const workflow = await workflowOfTask(inputs.taskId ?? '', context);
    return [{ label: '', order: orderOf(inputs, workflow, {}, undefined) }];
  }
  if (!inputs.waitForCompletion && (inputs.timeout !== undefined || inputs.queueTimeout !== undefined)) {
    context.log.warning(
      inert`Inputs timeout and queue-timeout are not used: with wait-for-completion: false nothing is waited for.`,
    );
  }
  const combinations = inputs.matrix === undefined ? [{}] : expand(inputs.matrix);
  const names = inputs.matrix === undefined ? [] : nameCombinations(combinations);
  const workflow = await readWorkflow(inputs.workflow, context);
  const all = combinations.map((combination) => ({ ...inputs.parameters, ...combination }));
  if (workflow !== undefined && (workflow.parameters ?? []).length === 0) warnUnchecked(all, context.log);

  const lookAt = createFileFinder(inputs.workspace);
  const checked = await Promise.all(all.map((given) => check(workflow, given, lookAt)));
  for (const value of new Set(checked.flatMap(({ keys }) => keys))) {
    context.log.info(inert`Nothing in the workspace is called ${value}, so it is passed on as a file_key`);
  }
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

interface Checked {
  readonly values: Mapping;
  /** By parameter. */
  readonly files: ReadonlyMap<string, LocalFile>;
  /** Values taken for file keys. */
  readonly keys: readonly string[];
  readonly problems: readonly Inert[];
}

/** Says it once, whatever the number of combinations. */
function warnUnchecked(all: readonly Mapping[], log: Log): void {
  if (all.every((given) => Object.keys(given).length === 0)) return;
  log.warning(inert`The workflow declares no parameters, so what is given is sent unchecked.`);
}

type FindFile = (parameter: WorkflowParameter, value: string) => Promise<FoundFile>;

/** Looks at each file once, however many combinations name it. */
function createFileFinder(workspace: string): FindFile {
  const found = new Map<string, Promise<FoundFile>>();
  return (parameter, value) => {
    const name = JSON.stringify([parameter.key, value]);
    const looking = found.get(name) ?? findFile(parameter, value, workspace);
    found.set(name, looking);
    return looking;
  };
}

async function check(workflow: Workflow | undefined, given: Mapping, lookAt: FindFile): Promise<Checked> {
  const declared = workflow?.parameters ?? [];
  if (declared.length === 0) return { values: given, files: new Map(), keys: [], problems: [] };
  const { values, fileKeys, problems } = convertParameters(declared, given);
  const files = new Map<string, LocalFile>();
  const keys: string[] = [];
  const found: Inert[] = [...problems];
  for (const key of fileKeys) {
    const value = String(values[key]);
    const file = await lookAt(declared.find((one) => one.key === key) as WorkflowParameter, value);
    if (file.kind === 'problem') found.push(file.problem);
    if (file.kind === 'local') files.set(key, file.file);
    if (file.kind === 'key') keys.push(value);
  }
  return { values, files, keys, problems: found };
}

/** All problems in one error; one that every combination has is said once, without a label. */
function refuseProblems(
  checked: readonly { readonly label: string | undefined; readonly problems: readonly Inert[] }[],
  reference: string,
  log: Log,
): void {
  const inputNames = checked.some(({ label }) => label !== undefined)
    ? 'Inputs parameters and matrix do'
    : 'Input parameters does';
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
  const shown = lines.slice(0, fitting(lines));
  if (shown.length < lines.length) log.group(inert`all ${lines.length} problems`, lines);
  const more = lines.length - shown.length;
  const rest = more > 0 ? inert`; and ${more} more, which are in the log` : inert``;
  const list = joinInert([joinInert(shown, '; '), rest], '');
  throw new RunError(
    'input',
    joinInert(
      [
        inert`${inputNames} not fit the workflow ${reference}, so nothing was submitted.`,
        /[.?!]$/.test(list) ? list : joinInert([list, inert`.`], ''),
      ],
      ' ',
    ),
  );
}

/** An annotation holds 4096 characters; this leaves room for the rest of the sentence. */
const LONGEST_LIST = 3_500;

/** How many of the lines fit into an annotation, one at least. */
function fitting(lines: readonly Inert[]): number {
  let length = 0;
  const over = lines.findIndex((line) => {
    length += line.length + 2;
    return length > LONGEST_LIST;
  });
  return over === -1 ? lines.length : Math.max(1, over);
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
