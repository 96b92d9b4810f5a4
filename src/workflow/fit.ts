import pLimit from 'p-limit';
import { RunError } from '../base/errors.ts';
import { asSentence, type Inert, inert, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import type { Workflow, WorkflowParameter } from '../cyberun/schema.ts';
import type { LocalFile } from '../transfer/upload.ts';
import type { PrepareContext } from './context.ts';
import { type FoundFile, findFile } from './find-file.ts';
import { convertParameters } from './parameters.ts';

/** Parameters as they were given; `label` tells one combination from another. */
export interface Given {
  readonly parameters: Mapping;
  readonly label?: string;
}

/** Parameters as the workflow wants them, but that those in `files` have their paths yet. */
export interface Fitted {
  readonly values: Mapping;
  /** By parameter: what is to be uploaded for it. */
  readonly files: ReadonlyMap<string, LocalFile>;
}

/**
 * Fits parameters to the workflow, in order. Nothing is uploaded.
 *
 * @throws {RunError} of kind `input`, with every problem at once; or the signal's reason
 */
export async function fitParameters(
  given: readonly Given[],
  reference: string,
  workflow: Workflow | undefined,
  workspace: string,
  { log, signal }: Pick<PrepareContext, 'log' | 'signal'>,
): Promise<readonly Fitted[]> {
  if (workflow !== undefined && (workflow.parameters ?? []).length === 0) warnUnchecked(given, log);
  const lookAt = createFileFinder(workspace, signal);
  const checked = await Promise.all(
    given.map(async ({ parameters, label }) => ({ label, ...(await check(workflow, parameters, lookAt)) })),
  );
  for (const value of new Set(checked.flatMap(({ keys }) => keys))) {
    log.info(inert`Nothing in the workspace is called ${value}, so it is passed on as a file_key`);
  }
  refuseProblems(checked, reference, log);
  return checked;
}

interface Checked extends Fitted {
  /** Values taken for file keys. */
  readonly keys: readonly string[];
  readonly problems: readonly Inert[];
}

/** Says it once, whatever the number of combinations. */
function warnUnchecked(all: readonly Given[], log: Log): void {
  if (all.every(({ parameters }) => Object.keys(parameters).length === 0)) return;
  log.warning(inert`The workflow declares no parameters, so what is given is sent unchecked.`);
}

type FindFile = (parameter: WorkflowParameter, value: string) => Promise<FoundFile>;

/** Files read at one time. */
const READS_AT_ONCE = 4;

/** Looks at each file once, however many combinations name it. */
function createFileFinder(workspace: string, signal: AbortSignal): FindFile {
  const limit = pLimit(READS_AT_ONCE);
  const found = new Map<string, Promise<FoundFile>>();
  return (parameter, value) => {
    const name = JSON.stringify([parameter.key, value]);
    const looking = found.get(name) ?? limit(() => findFile(parameter, value, workspace, signal));
    found.set(name, looking);
    return looking;
  };
}

async function check(workflow: Workflow | undefined, given: Mapping, lookAt: FindFile): Promise<Checked> {
  const declared = workflow?.parameters ?? [];
  if (declared.length === 0) return { values: given, files: new Map(), keys: [], problems: [] };
  const { values, fileKeys, problems } = convertParameters(declared, given, workflow?.hasUnread);
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
  const isMatrix = checked.some(({ label }) => label !== undefined);
  const inputs = isMatrix ? 'inputs parameters and matrix' : 'input parameters';
  const where = new Map<Inert, string[]>();
  for (const { label, problems } of checked) {
    for (const problem of problems) {
      const labels = where.get(problem) ?? [];
      labels.push(label ?? '');
      where.set(problem, labels);
    }
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
  const rest = more > 0 ? [inert`And ${more} more, which are in the log.`] : [];
  throw new RunError(
    'input',
    joinInert(
      [
        inert`The values in the ${inputs} do not fit the workflow ${reference}:`,
        ...shown.map(asSentence),
        ...rest,
        inert`Nothing was submitted.`,
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
