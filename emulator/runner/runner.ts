import { EventEmitter } from 'node:events';
import { delimiter, resolve } from 'node:path';
import { createMasks } from './commands.ts';
import { type Phase, type PhaseResult, startPhase } from './phase.ts';
import { createRunnerTemp, inputVariables, jobVariables, readAction } from './stepenv.ts';
import type { OnLine } from './steplog.ts';

/** A step of a workflow: `uses`, `with` and `env` mean what they mean there. */
export interface StepOptions {
  /** The action's folder: its `action.yml` says what main, post and the inputs' defaults are. */
  uses: string;
  /** A script to run as main in place of action.yml's, which is named as it is there. */
  main?: string;
  with?: Record<string, string>;
  /** Laid over the job's environment, which holds nothing of this machine but PATH, HOME and LANG. */
  env?: Record<string, string>;
  /** What later steps have put into `GITHUB_ENV` by the time that post runs. */
  postEnv?: Record<string, string>;
  /** The working directory, and `GITHUB_WORKSPACE`. */
  workspace: string;
  /** Written to `GITHUB_EVENT_PATH`. Default: `{}` and `push`. */
  event?: object;
  eventName?: string;
  /** Values of the repository's secrets: masked from the start, as `${{ secrets.NAME }}` is. */
  secrets?: string[];
  /** A run with debug logging: `RUNNER_DEBUG=1`, and debug lines are shown. */
  debug?: boolean;
  /** The node to run and its options, e.g. `['--import', file]`. Default: the node that runs this. */
  node?: string;
  nodeOptions?: string[];
  /** Every line of the log as it comes, masked; plain, and as it is with colours. */
  onLine?: OnLine;
  /** The runner is shut down or preempted: post never runs. */
  skipPost?: boolean;
  /** How long a cancelled process may go on after SIGINT and after SIGTERM, in ms. Default: the runner's 7500 and 2500. */
  graceMs?: { int: number; term: number };
  /** The step's `timeout-minutes`, for main and post each, in ms: then it is cancelled. Default: 120 000. */
  timeoutMs?: number;
  /** Abandons the step: what runs is killed, and post does not run. `done` is still kept. */
  signal?: AbortSignal;
}

/** A step under way. */
export interface RunningStep {
  /** Of main. `undefined` when node itself could not start; then `done` rejects. */
  readonly pid: number | undefined;
  /** The live log of main and post: masked, commands carried out, annotations and groups as the web log has them. */
  readonly log: readonly string[];
  /**
   * What the runner does on Linux and macOS when the job is cancelled: SIGINT to main, 7.5 s, SIGTERM, 2.5 s, SIGKILL, then post.
   * Post itself gets no signal. On Windows Node can't send these, and the first one kills.
   */
  cancel(): Promise<StepResult>;
  /** Just that signal, to main. */
  kill(signal: NodeJS.Signals): void;
  /**
   * What a runner that dies does to main or post, whichever runs: what it has written to that stream and nobody read is lost,
   * and from now on a write is an EPIPE.
   */
  closePipe(stream: 'stdout' | 'stderr'): void;
  /** The first line, of those so far or to come, that holds the text or matches. Rejects with the log after 20 s or when the step is over. */
  waitForLine(pattern: string | RegExp, signal?: AbortSignal): Promise<string>;
  /** Main and post are over. */
  readonly done: Promise<StepResult>;
}

/** Main's result, and post's when it ran. `violations` holds those of both. */
export interface StepResult extends PhaseResult {
  post?: PhaseResult;
  /** Whole values masked by either, and `secrets`. */
  masks: string[];
}

/**
 * Runs a built JavaScript action as GitHub's runner does: main, then post, in a job's environment of its own.
 * Throws when `action.yml` is unreadable or an input is not declared there. The step's `RUNNER_TEMP` is removed at the end.
 */
export function startStep(options: StepOptions): RunningStep {
  const { uses, workspace, env = {}, event = {}, eventName = 'push', debug = false, signal } = options;
  const { node = process.execPath, nodeOptions = [], graceMs = GRACE_MS, timeoutMs = 120_000 } = options;
  const token = TOKEN;
  const action = readAction(uses);
  const inputs = inputVariables(action, options.with ?? {}, token);
  const masks = createMasks();
  for (const secret of [token, ...(options.secrets ?? [])]) masks.add(secret);

  const log: string[] = [];
  const events = new EventEmitter();
  const over = new AbortController();
  const temp = createRunnerTemp();
  const variables = { ...jobVariables({ temp: temp.path, workspace, event, eventName, debug }), ...env, ...inputs };

  const start = (name: 'main' | 'post', script: string, env: Record<string, string>): Phase =>
    startPhase({
      name,
      script: resolve(uses, script),
      workspace,
      temp: temp.path,
      env,
      masks,
      debug,
      onLine,
      node,
      nodeOptions,
      graceMs,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
  const main = start('main', options.main ?? action.runs.main, variables);
  let running = main;
  const done = finish().finally(() => {
    temp.remove();
    over.abort(new Error('the step is over'));
  });

  function onLine(line: string, coloured: string): void {
    log.push(line);
    options.onLine?.(line, coloured);
    events.emit('line', line);
  }

  async function finish(): Promise<StepResult> {
    const result = await main.ended;
    const post = await runPost(result);
    const violations = [...result.violations, ...(post?.violations.map((violation) => `post: ${violation}`) ?? [])];
    return { ...result, ...(post === undefined ? {} : { post }), violations, masks: [...masks.values] };
  }

  async function runPost({ state, exports, pathAdditions }: PhaseResult): Promise<PhaseResult | undefined> {
    if (action.runs.post === undefined || options.skipPost === true || signal?.aborted === true) return undefined;
    const kept = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
    const PATH = [...pathAdditions.toReversed(), variables.PATH].join(delimiter);
    running = start('post', action.runs.post, {
      ...exports,
      ...variables,
      ...options.postEnv,
      PATH,
      ...Object.fromEntries(kept),
    });
    return running.ended;
  }

  function waitForLine(pattern: string | RegExp, signal?: AbortSignal): Promise<string> {
    const limit = AbortSignal.any([
      AbortSignal.timeout(WAIT_MS),
      over.signal,
      ...(signal === undefined ? [] : [signal]),
    ]);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    function look(line: string): void {
      if (typeof pattern === 'string' ? line.includes(pattern) : line.search(pattern) !== -1) resolve(line);
    }
    function giveUp(): void {
      reject(new Error(`no line like ${pattern}; the log so far:\n${log.join('\n')}`, { cause: limit.reason }));
    }
    log.forEach(look);
    events.on('line', look);
    limit.addEventListener('abort', giveUp);
    if (limit.aborted) giveUp();
    return promise.finally(() => {
      events.off('line', look);
      limit.removeEventListener('abort', giveUp);
    });
  }

  function cancel(): Promise<StepResult> {
    void main.stop();
    return done;
  }

  return {
    pid: main.pid,
    log,
    cancel,
    kill: main.kill,
    closePipe: (stream) => running.closePipe(stream),
    waitForLine,
    done,
  };
}

/** What `${{ github.token }}` stands for. Nothing accepts it that was not told of it. */
export const TOKEN = 'ghs_tokenOfTheEmulatedRunner';
const GRACE_MS = { int: 7500, term: 2500 };
const WAIT_MS = 20_000;
