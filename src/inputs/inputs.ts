import { systemDisk } from '../base/disk.ts';
import { parseDuration } from '../base/durations.ts';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { type Mapping, readMapping } from '../base/mapping.ts';
import { parseShard, type Shard } from '../base/shard.ts';
import { parseSize } from '../base/sizes.ts';
import { isTaskId } from '../base/task-id.ts';
import { type Credentials, type InputSources, loadCredentials } from './credentials.ts';
import { findOutputFolder, findWorkspace, makeOutputFolder, readParametersFile, tryOutputFolder } from './paths.ts';

/** What the user asked for, checked as far as one input alone can be. */
export interface Inputs extends Credentials {
  /** The workflow to run, by UUID, slug or slug@version; or the task to go on with. */
  readonly target: { readonly workflow: string } | { readonly taskId: string };
  readonly parameters: Mapping;
  readonly matrix: Mapping | undefined;
  /** Of a matrix; `undefined` for all of it. */
  readonly shard: Shard | undefined;
  readonly maxParallel: number;
  readonly failFast: boolean;
  readonly dispatchTarget: string;
  readonly targetPool: string;
  readonly submitterRegion: string;
  readonly toolType: string;
  readonly waitForCompletion: boolean;
  /** Milliseconds. */
  readonly timeout: number | undefined;
  /** Milliseconds. */
  readonly queueTimeout: number | undefined;
  readonly cancelOnAbort: boolean;
  /** How often a task that failed is submitted again, at most. */
  readonly retries: number;
  /** Absolute, as the job knows it: there may be links in it. */
  readonly workspace: string;
  /** As written. */
  readonly path: string;
  /** Absolute, below the workspace as the job knows it. It is there where files are to come. */
  readonly folder: string;
  readonly download: boolean;
  /** Nothing is to be submitted or uploaded. */
  readonly dryRun: boolean;
  /** What a record says was made already is not run again. */
  readonly reuse: boolean;
  /** Of one file, in bytes; `undefined` for no bound. */
  readonly maxDownloadSize: number | undefined;
  readonly ifNoFilesFound: 'warn' | 'error' | 'ignore';
  readonly summary: boolean;
}

/**
 * Reads and checks every input. What `path` names is checked last, by making it, where files are to come.
 *
 * @throws {RunError} of kind `input`, which names the input, says what was read and shows a correct line
 */
export async function loadInputs(sources: InputSources): Promise<Inputs> {
  const { getInput, env } = sources;
  const credentials = loadCredentials(sources);
  const workspace = await findWorkspace(env.GITHUB_WORKSPACE || process.cwd());
  const path = getInput('path') || 'cyberun-outputs';
  const waitForCompletion = flag(getInput, 'wait-for-completion', true);
  const inputs = Object.freeze({
    ...credentials,
    target: loadTarget(getInput, waitForCompletion),
    parameters: await loadParameters(getInput, workspace),
    matrix: await loadMatrix(getInput),
    shard: loadShard(getInput),
    maxParallel: count(getInput, 'max-parallel', 10, { least: 1, most: 9999, example: 10 }),
    failFast: flag(getInput, 'fail-fast', true),
    dispatchTarget: getInput('dispatch-target'),
    targetPool: getInput('target-pool'),
    submitterRegion: getInput('submitter-region'),
    toolType: getInput('tool-type'),
    waitForCompletion,
    timeout: duration(getInput, 'timeout'),
    queueTimeout: duration(getInput, 'queue-timeout'),
    cancelOnAbort: flag(getInput, 'cancel-on-abort', true),
    retries: count(getInput, 'retries', 0, { least: 0, most: MOST_RETRIES, example: 2 }),
    workspace,
    path,
    folder: (await findOutputFolder(workspace, path)).seen,
    download: flag(getInput, 'download', true),
    dryRun: loadDryRun(getInput),
    reuse: loadReuse(getInput),
    maxDownloadSize: size(getInput, 'max-download-size', '20GB'),
    ifNoFilesFound: choice(getInput, 'if-no-files-found', ['warn', 'error', 'ignore']),
    summary: flag(getInput, 'summary', true),
  });
  const look = inputs.dryRun ? tryOutputFolder : makeOutputFolder;
  if (inputs.download && waitForCompletion) await look(systemDisk, workspace, inputs.folder, path);
  return inputs;
}

/** More hardly ever help, and each may cost as much as the first try. */
const MOST_RETRIES = 10;

/** `slug` and `slug@version` as documented; the service decides what else a version may be. */
const REFERENCE = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9]+(?:-[a-z0-9]+)*(?:@[\w.-]+)?)$/i;

function loadTarget(getInput: InputSources['getInput'], wait: boolean): Inputs['target'] {
  const workflow = getInput('workflow');
  const taskId = getInput('task-id');
  if ((workflow === '') === (taskId === '')) {
    const found = workflow === '' ? 'neither is given' : 'both are given';
    throw new RunError(
      'input',
      inert`Exactly one of the inputs workflow and task-id is needed, and ${found}. Write e.g. \`workflow: text-to-image\` to run one, or \`task-id: \${{ steps.submit.outputs.task-id }}\` to go on with a task.`,
    );
  }
  if (workflow !== '' && !REFERENCE.test(workflow)) {
    throw new RunError(
      'input',
      inert`Input workflow is ${workflow}, which is neither a UUID nor a slug. Write e.g. \`workflow: text-to-image\`, or \`workflow: text-to-image@2\` for version 2.`,
    );
  }
  if (taskId !== '' && !isTaskId(taskId)) {
    throw new RunError(
      'input',
      inert`Input task-id is ${taskId}, which is no task's id: those have letters, digits, \`-\` and \`_\` only, 128 at most. Write e.g. \`task-id: \${{ steps.submit.outputs.task-id }}\`.`,
    );
  }
  if (taskId !== '' && !wait) {
    throw new RunError(
      'input',
      inert`With task-id and wait-for-completion: false there is nothing to do. Leave wait-for-completion out to follow the task.`,
    );
  }
  return workflow === '' ? { taskId } : { workflow };
}

async function loadParameters(getInput: InputSources['getInput'], workspace: string): Promise<Mapping> {
  const path = getInput('parameters-file');
  const own = await readMapping(getInput('parameters'), 'parameters');
  if (path === '') return own;
  const text = await readParametersFile(workspace, path);
  return { ...(await readMapping(text, `parameters-file (${path})`)), ...own };
}

async function loadMatrix(getInput: InputSources['getInput']): Promise<Mapping | undefined> {
  const text = getInput('matrix');
  if (text === '') return undefined;
  if (getInput('task-id') !== '') {
    throw new RunError(
      'input',
      inert`Input matrix makes new tasks, and task-id attaches to one that exists. Write \`workflow: text-to-image\` in place of task-id, or leave matrix out.`,
    );
  }
  return readMapping(text, 'matrix');
}

function loadDryRun(getInput: InputSources['getInput']): boolean {
  const dryRun = flag(getInput, 'dry-run', false);
  if (dryRun && getInput('task-id') !== '') {
    throw new RunError(
      'input',
      inert`Input dry-run says what would be submitted, and with task-id nothing is. Write \`workflow: text-to-image\` in place of task-id, or leave dry-run out.`,
    );
  }
  return dryRun;
}

function loadReuse(getInput: InputSources['getInput']): boolean {
  const reuse = flag(getInput, 'reuse', false);
  const off = ['download', 'wait-for-completion'].find((name) => !flag(getInput, name, true));
  if (reuse && off !== undefined) {
    throw new RunError(
      'input',
      inert`Input reuse looks for files of an earlier run in path, and with ${off}: false no run leaves any. Write \`${off}: true\`, or leave reuse out.`,
    );
  }
  return reuse;
}

function loadShard(getInput: InputSources['getInput']): Shard | undefined {
  const text = getInput('shard');
  if (text === '') return undefined;
  if (getInput('task-id') !== '') {
    throw new RunError(
      'input',
      inert`Input shard is ${text}, and task-id attaches to a task that exists, of which there are no shares. Write \`workflow: text-to-image\` in place of task-id and give a matrix, or leave shard out.`,
    );
  }
  if (getInput('matrix') === '') {
    throw new RunError(
      'input',
      inert`Input shard is ${text}, a share of the input matrix, which is not given; that of the job (strategy.matrix) is another one. Write e.g. \`matrix: 'seed: [1, 2, 3]'\`, or leave shard out.`,
    );
  }
  try {
    return parseShard(text);
  } catch (cause) {
    const said = (cause as Error).message;
    throw new RunError(
      'input',
      inert`Input shard is ${text}, which ${said}. Shares are counted from 1. Write e.g. \`shard: \${{ matrix.shard }}/5\`, with \`shard: [1, 2, 3, 4, 5]\` in strategy.matrix.`,
      cause,
    );
  }
}

function flag(getInput: InputSources['getInput'], name: string, otherwise: boolean): boolean {
  const text = getInput(name);
  if (text === '') return otherwise;
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  throw new RunError(
    'input',
    inert`Input ${name} is ${text}, and must be true or false. Write e.g. \`${name}: ${String(!otherwise)}\`.`,
  );
}

function count(
  getInput: InputSources['getInput'],
  name: string,
  otherwise: number,
  { least, most, example }: { readonly least: number; readonly most: number; readonly example: number },
): number {
  const text = getInput(name);
  if (text === '') return otherwise;
  const given = /^(?:0|[1-9]\d{0,3})$/.test(text) ? Number(text) : Number.NaN;
  if (given >= least && given <= most) return given;
  throw new RunError(
    'input',
    inert`Input ${name} is ${text}, and must be a whole number from ${least} to ${most}. Write e.g. \`${name}: ${example}\`.`,
  );
}

function choice<const T extends string>(
  getInput: InputSources['getInput'],
  name: string,
  options: readonly [T, ...T[]],
): T {
  const text = getInput(name) || options[0];
  const found = options.find((option) => option === text);
  if (found !== undefined) return found;
  throw new RunError(
    'input',
    inert`Input ${name} is ${text}, and must be one of ${options.join(', ')}. Write e.g. \`${name}: ${options[0]}\`.`,
  );
}

function duration(getInput: InputSources['getInput'], name: string): number | undefined {
  const text = getInput(name);
  if (text === '') return undefined;
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new RunError('input', inert`Input ${name}: ${(cause as Error).message}. Write e.g. \`${name}: 45m\`.`, cause);
  }
}

/** `undefined` for 0, which is no bound. */
function size(getInput: InputSources['getInput'], name: string, otherwise: string): number | undefined {
  try {
    return parseSize(getInput(name) || otherwise) || undefined;
  } catch (cause) {
    const said = (cause as Error).message;
    throw new RunError('input', inert`Input ${name}: ${said}. Write e.g. \`${name}: ${otherwise}\`.`, cause);
  }
}
