import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createLineReader, type Entry, type Masks } from './commands.ts';
import { type CommandFiles, createCommandFiles } from './stepenv.ts';
import { type Annotation, createStepLog, type OnLine, type StepLog } from './steplog.ts';

/** What to run, and how long it may take. Times are in ms. */
export interface PhaseOptions {
  name: 'main' | 'post';
  /** Absolute path of the script. */
  script: string;
  workspace: string;
  /** `RUNNER_TEMP`, for the command files. */
  temp: string;
  /** The whole environment but for the command files. */
  env: Record<string, string>;
  masks: Masks;
  debug: boolean;
  onLine: OnLine;
  node: string;
  nodeOptions: string[];
  graceMs: { int: number; term: number };
  timeoutMs: number;
  /** Kills the process at once. */
  signal?: AbortSignal;
}

/** A process under way. */
export interface Phase {
  readonly pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Reads that stream no more, and closes it. */
  closePipe(stream: 'stdout' | 'stderr'): void;
  /** The runner's ladder: SIGINT, SIGTERM, SIGKILL. Sent once, however often it is called. */
  stop(): Promise<void>;
  /** Rejects only when node could not start. */
  readonly ended: Promise<PhaseResult>;
}

/** What came of one process, main or post. */
export interface PhaseResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  log: string[];
  /** stdout and stderr as they came, to see that no secret is in them even unmasked. The `add-mask` commands are left out. */
  raw: string;
  annotations: Annotation[];
  outputs: Record<string, string>;
  state: Record<string, string>;
  /** As it was written; empty when it was over 1 MiB and so refused. */
  summary: string;
  /** What later steps (and post) get: variables, and folders put before `PATH`. */
  exports: Record<string, string>;
  pathAdditions: string[];
  /**
   * What a real runner would choke on, or a hostile service could have caused: malformed files, unknown commands and those no
   * action needs on stdout, `##[` anywhere, control characters, a delimiter that can be guessed, a masked value in an output or
   * the summary, limits exceeded. Empty for a careful action.
   */
  violations: string[];
}

/** After a process is gone its pipes may be held open by a child of its own; the runner waits so long for them. */
const PIPES_MS = 5000;

/** Starts main or post as the runner does (`NodeScriptActionHandler.cs`), and reads its lines and files. */
export function startPhase(options: PhaseOptions): Phase {
  const { name, masks, debug, onLine, graceMs, timeoutMs, signal: abort } = options;
  const files = createCommandFiles(options.temp, name);
  const log = createStepLog({ masks, debug, onLine });
  if (name === 'post') log.show('Post job cleanup.');

  const child = spawn(options.node, [...options.nodeOptions, options.script], {
    cwd: options.workspace,
    env: { ...options.env, ...files.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    const reader = createLineReader(log.receive);
    stream.setEncoding('utf8').on('data', reader.push).once('close', reader.end);
  }
  const exited = once(child, 'exit');
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const abandon = () => void child.kill('SIGKILL');
  if (abort?.aborted === true) abandon();
  abort?.addEventListener('abort', abandon, { once: true });
  const timer = setTimeout(() => {
    log.annotate('error', `The action has timed out after ${inWords(timeoutMs)}.`);
    void stop();
  }, timeoutMs);

  let stopping: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopping ??= ladder();
    return stopping;
  }

  async function ladder(): Promise<void> {
    child.kill('SIGINT');
    if (await settles(exited, graceMs.int)) return;
    child.kill('SIGTERM');
    if (await settles(exited, graceMs.term)) return;
    child.kill('SIGKILL');
  }

  async function end(): Promise<PhaseResult> {
    try {
      await exited;
    } finally {
      clearTimeout(timer);
      abort?.removeEventListener('abort', abandon);
    }
    if (!(await settles(closed, PIPES_MS))) {
      child.stdout.destroy();
      child.stderr.destroy();
      await closed;
    }
    return { exitCode: child.exitCode, signal: child.signalCode, ...collect(log, files.read(), masks) };
  }

  return {
    pid: child.pid,
    kill: (signal) => void child.kill(signal),
    closePipe: (stream) => void child[stream].destroy(),
    stop,
    ended: end(),
  };
}

function collect(
  log: StepLog,
  files: ReturnType<CommandFiles['read']>,
  masks: Masks,
): Omit<PhaseResult, 'exitCode' | 'signal'> {
  for (const problem of files.problems) log.annotate('error', problem);
  const outputs = { ...log.outputs, ...values(files.output) };
  const { NODE_OPTIONS: blocked, ...exports } = values(files.env);
  if (blocked !== undefined) {
    log.annotate('error', "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.");
  }
  const violations = [
    ...log.violations,
    ...files.problems,
    ...(blocked === undefined ? [] : ['NODE_OPTIONS in GITHUB_ENV is refused']),
    ...delimiterViolations([...files.output, ...files.state, ...files.env]),
    ...secretViolations({ ...outputs, 'the summary': files.summary }, masks),
    ...limitViolations(log.annotations, outputs),
  ];
  return {
    log: log.lines,
    raw: log.raw(),
    annotations: log.annotations,
    outputs,
    state: { ...log.state, ...values(files.state) },
    summary: files.summary,
    exports,
    pathAdditions: files.path,
    violations,
  };
}

function values(entries: Entry[]): Record<string, string> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

/** Whoever can guess a delimiter can end the value and write outputs of their own; `@actions/core` puts a UUID in each. */
function delimiterViolations(entries: Entry[]): string[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name, delimiter }) => {
    if (delimiter === undefined) return [];
    const guessable = seen.has(delimiter) || !UUID.test(delimiter);
    seen.add(delimiter);
    return guessable ? [`the delimiter of '${name}' is not random: ${delimiter}`] : [];
  });
}

const UUID = /[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/;

/** An output with a masked value is dropped when it becomes a job output: "Skip output since it may contain secret". */
function secretViolations(texts: Record<string, string>, masks: Masks): string[] {
  return Object.entries(texts)
    .filter(([, text]) => masks.hide(text) !== text)
    .map(([name]) => `a masked value in ${name}`);
}

/** https://docs.github.com/actions/reference/limits and workflow-commands; outputs are counted as UTF-16. */
function limitViolations(annotations: Annotation[], outputs: Record<string, string>): string[] {
  const violations = annotations
    .filter(({ message }) => message.length > 4096)
    .map(({ level, message }) => `an annotation (${level}) of ${message.length} characters; 4096 are shown`);
  for (const level of ['error', 'warning', 'notice'] as const) {
    const count = annotations.filter((annotation) => annotation.level === level).length;
    if (count > 10) violations.push(`${count} annotations (${level}); 10 are shown`);
  }
  const size = Object.values(outputs).reduce((sum, value) => sum + 2 * value.length, 0);
  if (size > 1024 * 1024) violations.push(`outputs of ${size} bytes; a job may have 1 MiB`);
  return violations;
}

/** As the runner says it; of less than minutes, which it does not know, the seconds. */
function inWords(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000} minutes`;
  return ms === 1000 ? '1 second' : `${ms / 1000} seconds`;
}

/** Whether a promise settles in time. */
async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, delay(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
