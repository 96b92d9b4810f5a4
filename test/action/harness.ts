import {
  type Dirent,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Emulator } from '../../emulator/emulator.ts';
import type { PhaseResult } from '../../emulator/runner/phase.ts';
import { type RunningStep, type StepOptions, type StepResult, startStep } from '../../emulator/runner/runner.ts';
import type { EmulatedWorkflow } from '../../emulator/workflows.ts';
import { see } from '../seen.ts';

/** The repository, whose action.yml and dist/ are tried. */
export const ROOT = join(import.meta.dirname, '../..');
const FAST_MAIN = join(import.meta.dirname, 'fast-main.ts');
/** Stripping types takes longer than most runs, unless node remembers how they look without. */
const FROM_SOURCES = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node') };

/** A step that runs the built action. */
export interface ActionOptions extends Omit<StepOptions, 'uses' | 'main' | 'workspace'> {
  readonly emulator: Emulator;
  /** Runs main so many times faster, from its sources; post stays as it is, because it is the net below. */
  readonly faster?: number;
  /** Files in the workspace from the start, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Links in the workspace from the start: target by path. */
  readonly links?: Readonly<Record<string, string>>;
  /** The job knows its workspace by a link. */
  readonly linked?: boolean;
  /** What else is done to the workspace before the action starts. */
  readonly prepare?: (workspace: string) => void;
}

/** A run of the built action. Disposing of it kills what still runs and removes the workspace. */
export interface ActionRun extends AsyncDisposable, Omit<RunningStep, 'cancel'> {
  /** As the job knows it. */
  readonly workspace: string;
  cancel(): void;
}

/**
 * Runs the built action in a fresh workspace, with the emulator's key and address unless others are given. However a run
 * ends, `done` rejects when it was careless; see {@link misdeeds}.
 */
export function runAction({ emulator, faster, files = {}, links = {}, linked, ...options }: ActionOptions): ActionRun {
  const folder = mkdtempSync(join(tmpdir(), 'action-test-'));
  const workspace = linked === true ? `${folder}-link` : folder;
  if (workspace !== folder) symlinkSync(folder, workspace);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(workspace, path));
  options.prepare?.(workspace);
  const over = new AbortController();
  const step = startStep({
    secrets: [emulator.apiKey],
    signal: over.signal,
    ...options,
    ...(faster !== undefined && { main: FAST_MAIN, env: { ...FROM_SOURCES, ...options.env, FASTER: `${faster}` } }),
    uses: ROOT,
    with: { 'api-key': emulator.apiKey, 'api-url': emulator.apiUrl, ...options.with },
    workspace,
  });
  const done = step.done.then((result) => {
    see(result);
    if (!over.signal.aborted) expect(misdeeds(emulator, result)).toEqual([]);
    return result;
  });
  return {
    ...step,
    workspace,
    done,
    cancel: () => void step.cancel(),
    async [Symbol.asyncDispose]() {
      over.abort();
      await done.catch(() => undefined);
      rmSync(workspace, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What no run may do, whatever it is given: what the runner minds, the key or a signature where others read it, a team
 * header, an API call without the key, or a storage request with it.
 */
export function misdeeds(emulator: Emulator, result: StepResult): string[] {
  return [...result.violations, ...misdeedsIn(emulator, wordsOf(result))];
}

/** Those of them that do not need our own runner, of what was said where. */
export function misdeedsIn(emulator: Emulator, words: Readonly<Record<string, string>>): string[] {
  const signatures = emulator.requests.flatMap(({ query }) => query['X-Amz-Signature'] ?? []);
  const secrets = [emulator.apiKey, ...signatures];
  const leaks = Object.entries(words).flatMap(([place, text]) =>
    secrets.some((secret) => text.includes(secret)) || SIGNED.test(text) ? [`a secret in ${place}: ${text}`] : [],
  );
  const calls = emulator.requests.flatMap(({ origin, method, path, headers }) => [
    ...('x-team-id' in headers ? [`X-Team-ID: ${method} ${path}`] : []),
    ...((origin === 'storage') === 'authorization' in headers
      ? [`authorization at the ${origin}: ${method} ${path}`]
      : []),
  ]);
  return [...leaks, ...calls];
}

/** A signature that is there to be used: the action writes `***` in its place. */
const SIGNED = /X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)(?:=|%3D)[^*]/i;

/** Everything that a run says, unmasked, main's and post's. */
export function wordsOf(result: StepResult): Record<string, string> {
  const of = (name: string, phase: PhaseResult | undefined) => ({
    [`the output of ${name}`]: phase?.raw ?? '',
    [`the outputs of ${name}`]: JSON.stringify(phase?.outputs ?? {}),
    [`the state of ${name}`]: JSON.stringify(phase?.state ?? {}),
    [`the summary of ${name}`]: phase?.summary ?? '',
    [`the exports of ${name}`]: JSON.stringify([phase?.exports, phase?.pathAdditions]),
  });
  return { ...of('main', result), ...of('post', result.post) };
}

/** The files below a folder, by relative path, sorted; links are not followed. None where there is no such folder. */
export function filesOf(folder: string): Record<string, Buffer> {
  return Object.fromEntries(namesOf(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

// Not `readdir` with `recursive`: that follows links. What is gone by then has nothing in it.
function* walk(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    if (entry.isDirectory()) yield* walk(join(folder, entry.name));
    if (entry.isFile()) yield join(folder, entry.name);
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Their paths alone; a file may be gone by then. */
export function namesOf(folder: string): string[] {
  return [...walk(folder)].sort().map((path) => relative(folder, path));
}

/** What a workspace has of a task that completed, and of which no file came: what says that they are still to be had. */
export const ONLY_RECORD = ['cyberun-outputs/cyberun-run.json'];

/** Resolves once the workspace has a file of that name. Bounded by the test's own time. */
export async function waitForFile(workspace: string, name: RegExp): Promise<void> {
  while (!namesOf(workspace).some((path) => name.test(path))) await sleep(5);
}

/** Resolves once that file has come for good, and one other is on its way. */
export async function waitForArrival(workspace: string, name: string): Promise<void> {
  const isPart = (path: string) => path.endsWith('.part');
  for (;;) {
    const names = namesOf(workspace);
    // What has its name keeps the other one until it is listed.
    if (names.some((path) => path.endsWith(name)) && names.filter(isPart).length === 1) return;
    await sleep(5);
  }
}

/** Options for a node that runs this code before main and before post: what goes wrong in a process, and not around it. */
export function preload(code: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** The requests so far, as `submit 202`; `submit -` while there is no answer. */
export function callsOf(emulator: Emulator): string[] {
  return emulator.requests.map(({ kind, status }) => `${kind} ${status ?? '-'}`);
}

/** How many requests of a kind there were. */
export function countOf(emulator: Emulator, kind: string): number {
  return emulator.requests.filter((request) => request.kind === kind).length;
}

/** The texts of a level's annotations, main's alone. */
export function annotationsOf({ annotations }: PhaseResult, level: 'error' | 'warning' | 'notice'): string[] {
  return annotations.filter((annotation) => annotation.level === level).map(({ message }) => message);
}

/** The log with every clock at 0:00: how fast the machine is, is not what a test asks. */
export function timeless(log: readonly string[]): string[] {
  return log.map((line) => line.replace(/\b\d+:\d\d\b/g, '0:00'));
}

/** The summary without what is code, and so neither Markdown nor HTML. */
export function outsideOfCode({ summary }: PhaseResult): string {
  return summary.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, '');
}

/** A workflow of one small file and a few quick steps, any part of it changed. */
export function quick(changes: Partial<EmulatedWorkflow> = {}): EmulatedWorkflow {
  return {
    workflow_slug: 'quick',
    version: 7,
    display_name: 'Quick',
    required_labels: ['gpu', 'comfyui'],
    parameters: [
      { key: 'prompt', type: 'string' },
      { key: 'seed', type: 'number' },
      { key: 'scale', type: 'number' },
      { key: 'tiling', type: 'boolean' },
    ],
    ...changes,
    behaviour: { steps: 3, outputs: [SMALL], ...changes.behaviour },
  };
}

/** 1000 bytes that look like a picture from afar. */
export const SMALL = {
  output: '9.images.0',
  name: 'output_00001_.png',
  bytes: 1000,
  contentType: 'image/png',
} as const;

/** What main left for post to cancel, as it says it. */
export function leftOpenIn({ state }: Pick<StepResult, 'state'>): string[] {
  return Object.entries(state).flatMap(([name, value]) => (name.startsWith('open_') && value !== '' ? [value] : []));
}

/** What is said behind the error of a task that ran out of memory. */
export const NO_MEMORY =
  'Another try would not help, because it needs more memory than there is. Ask for less (size, batch, frames), or for a larger GPU.';
