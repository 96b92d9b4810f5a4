import { systemDisk } from '../base/disk.ts';
import { RunError } from '../base/errors.ts';
import { createFindings } from '../base/findings.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import { type Mapping, readMapping } from '../base/mapping.ts';
import type { Pattern } from '../base/pattern.ts';
import { parseShard, type Shard } from '../base/shard.ts';
import { isTaskId } from '../base/task-id.ts';
import type { Place } from '../files/folder.ts';
import { type Credentials, type InputSources, loadCredentials } from './credentials.ts';
import { type AttachInput, loadAttach, loadGallery, loadPattern, loadReuse } from './downloads.ts';
import { choice, count, createForm, duration, type Form, flag, size } from './fields.ts';
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
  /** Archives are unpacked. */
  readonly extract: boolean;
  /** Nothing is to be submitted or uploaded. */
  readonly dryRun: boolean;
  /** What a record says was made already is not run again. */
  readonly reuse: boolean;
  /** Of one file, in bytes; `undefined` for no bound. */
  readonly maxDownloadSize: number | undefined;
  /** Which of a task's files are wanted. */
  readonly pattern: Pattern;
  readonly ifNoFilesFound: 'warn' | 'error' | 'ignore';
  /** What to attach the files to, with what token; `undefined` for nothing. */
  readonly attach: AttachInput | undefined;
  /** A page that shows what came is written. */
  readonly gallery: boolean;
  /** Small pictures of those that came are shown in the log. */
  readonly logPreviews: boolean;
  readonly summary: boolean;
}

/**
 * Reads and checks every input. What `path` names is checked last, by making it, where files are to come.
 *
 * @param log Is told all problems where an annotation has no room.
 * @throws {RunError} of kind `input`, with every problem at once: each names the input, says what was read and shows a
 *   correct line. One of the key, the address or the workspace comes alone.
 */
export async function loadInputs(sources: InputSources, log: Pick<Log, 'group'>): Promise<Inputs> {
  const { getInput, env } = sources;
  const credentials = loadCredentials(sources);
  const workspace = await findWorkspace(env.GITHUB_WORKSPACE || process.cwd());
  const findings = createFindings(true, log);
  const form = createForm(getInput, findings);
  const waitForCompletion = flag(form, 'wait-for-completion', true);
  const download = flag(form, 'download', true);
  const target = loadTarget(form, waitForCompletion);
  const path = getInput('path') || 'cyberun-outputs';
  const place = await form.check<Place | undefined>(() => findOutputFolder(workspace, path), undefined);
  const inputs = Object.freeze({
    ...credentials,
    target,
    parameters: await loadParameters(form, workspace),
    matrix: await loadMatrix(form, target),
    shard: loadShard(form, target),
    maxParallel: count(form, 'max-parallel', 10, { least: 1, most: 9999, example: 10 }),
    failFast: flag(form, 'fail-fast', true),
    dispatchTarget: getInput('dispatch-target'),
    targetPool: getInput('target-pool'),
    submitterRegion: getInput('submitter-region'),
    toolType: getInput('tool-type'),
    waitForCompletion,
    timeout: duration(form, 'timeout'),
    queueTimeout: duration(form, 'queue-timeout'),
    cancelOnAbort: flag(form, 'cancel-on-abort', true),
    retries: count(form, 'retries', 0, { least: 0, most: MOST_RETRIES, example: 2 }),
    workspace,
    path,
    folder: place?.seen ?? '',
    download,
    dryRun: loadDryRun(form, target),
    reuse: loadReuse(form, { download, 'wait-for-completion': waitForCompletion }),
    maxDownloadSize: size(form, 'max-download-size', '20GB'),
    extract: flag(form, 'extract', false),
    pattern: await loadPattern(form, path),
    ifNoFilesFound: choice(form, 'if-no-files-found', ['warn', 'error', 'ignore']),
    attach: loadAttach(form, sources, { download, 'wait-for-completion': waitForCompletion }),
    gallery: loadGallery(form, { download, 'wait-for-completion': waitForCompletion }),
    logPreviews: flag(form, 'log-previews', false),
    summary: flag(form, 'summary', true),
  });
  const expectsFiles = place !== undefined && download && waitForCompletion;
  // What is refused leaves nothing behind.
  if (expectsFiles) await form.check(() => tryOutputFolder(systemDisk, workspace, inputs.folder, path), undefined);
  findings.end();
  if (expectsFiles && !inputs.dryRun) await makeOutputFolder(systemDisk, workspace, inputs.folder, path);
  return inputs;
}

/** More hardly ever help, and each may cost as much as the first try. */
const MOST_RETRIES = 10;

/** `slug` and `slug@version` as documented; the service decides what else a version may be. */
const REFERENCE = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9]+(?:-[a-z0-9]+)*(?:@[\w.-]+)?)$/i;

function loadTarget({ getInput, refuse }: Form, wait: boolean): Inputs['target'] {
  const workflow = getInput('workflow');
  const taskId = getInput('task-id');
  if ((workflow === '') === (taskId === '')) {
    const found = workflow === '' ? 'neither is given' : 'both are given';
    refuse(
      inert`Exactly one of the inputs workflow and task-id is needed, and ${found}. Write e.g. \`workflow: text-to-image\` to run one, or \`task-id: \${{ steps.submit.outputs.task-id }}\` to go on with a task.`,
    );
    return { workflow };
  }
  if (workflow !== '') {
    if (!REFERENCE.test(workflow)) {
      refuse(
        inert`Input workflow is ${workflow}, which is neither a UUID nor a slug.${hintFor(workflow)} Write e.g. \`workflow: text-to-image\`, or \`workflow: text-to-image@2\` for version 2.`,
      );
    }
    return { workflow };
  }
  if (!isTaskId(taskId)) {
    refuse(
      inert`Input task-id is ${taskId}, which is no task's id: those have letters, digits, \`-\` and \`_\` only, 128 at most. Write e.g. \`task-id: \${{ steps.submit.outputs.task-id }}\`.`,
    );
  }
  if (!wait) {
    refuse(
      inert`With task-id and wait-for-completion: false there is nothing to do. Leave wait-for-completion out to follow the task.`,
    );
  }
  return { taskId };
}

/** The slug that a text would be in lower case and with dashes, where it would be one. */
function hintFor(workflow: string): Inert {
  const slug = workflow.replace(/^[^@]*/, (name) => name.toLowerCase().replace(/[\s_-]+/g, '-'));
  return REFERENCE.test(slug) ? inert` Did you mean ${slug}?` : inert``;
}

async function loadParameters({ getInput, check }: Form, workspace: string): Promise<Mapping> {
  const path = getInput('parameters-file');
  const own = await check(() => readMapping(getInput('parameters'), 'parameters'), {});
  if (path === '') return own;
  const others = await check(async () => {
    const text = await readParametersFile(workspace, path);
    return readMapping(text, `parameters-file (${path})`).catch((error: unknown) => {
      if (!(error instanceof RunError)) throw error;
      throw new RunError(error.kind, error.message, error.cause, { ...error.place, file: path });
    });
  }, {});
  return { ...others, ...own };
}

async function loadMatrix({ getInput, refuse, check }: Form, target: Inputs['target']): Promise<Mapping | undefined> {
  const text = getInput('matrix');
  if (text === '') return undefined;
  if ('taskId' in target) {
    refuse(
      inert`Input matrix makes new tasks, and task-id attaches to one that exists. Write \`workflow: text-to-image\` in place of task-id, or leave matrix out.`,
    );
    return undefined;
  }
  return check<Mapping | undefined>(() => readMapping(text, 'matrix'), undefined);
}

function loadDryRun(form: Form, target: Inputs['target']): boolean {
  const dryRun = flag(form, 'dry-run', false);
  if (dryRun && 'taskId' in target) {
    form.refuse(
      inert`Input dry-run says what would be submitted, and with task-id nothing is. Write \`workflow: text-to-image\` in place of task-id, or leave dry-run out.`,
    );
  }
  return dryRun;
}

function loadShard({ getInput, refuse }: Form, target: Inputs['target']): Shard | undefined {
  const text = getInput('shard');
  if (text === '') return undefined;
  if ('taskId' in target) {
    refuse(
      inert`Input shard is ${text}, and task-id attaches to a task that exists, of which there are no shares. Write \`workflow: text-to-image\` in place of task-id and give a matrix, or leave shard out.`,
    );
    return undefined;
  }
  if (getInput('matrix') === '') {
    refuse(
      inert`Input shard is ${text}, a share of the input matrix, which is not given; that of the job (strategy.matrix) is another one. Write e.g. \`matrix: 'seed: [1, 2, 3]'\`, or leave shard out.`,
    );
  }
  try {
    return parseShard(text);
  } catch (cause) {
    const said = (cause as Error).message;
    refuse(
      inert`Input shard is ${text}, which ${said}. Shares are counted from 1. Write e.g. \`shard: \${{ matrix.shard }}/5\`, with \`shard: [1, 2, 3, 4, 5]\` in strategy.matrix.`,
      cause,
    );
    return undefined;
  }
}
