/** The one place where the simulator calls the action: the story as `main.ts` and `post.ts` tell it, without GitHub. */
import { timeLimit } from '../src/base/clock.ts';
import type { Disk } from '../src/base/disk.ts';
import type { RunError } from '../src/base/errors.ts';
import type { Inert } from '../src/base/inert.ts';
import type { Log } from '../src/base/log.ts';
import type { Wire } from '../src/base/wire.ts';
import { createClient } from '../src/cyberun/client.ts';
import { createHttp } from '../src/cyberun/http.ts';
import { cancelTask, getTask, listTasks } from '../src/cyberun/tasks.ts';
import type { TaskReport } from '../src/files/report.ts';
import { createTaskView } from '../src/github/progress.ts';
import { createLedger, readLeftOpen, readParting, sealOf } from '../src/github/state.ts';
import type { Inputs } from '../src/inputs/inputs.ts';
import { reportsOf } from '../src/matrix/outcome.ts';
import type { Plan as RunPlan } from '../src/matrix/plan.ts';
import { createKnown, type Known, runPlan } from '../src/matrix/run.ts';
import type { TaskView } from '../src/task/context.ts';
import { cancelLeftOpen } from '../src/task/leftovers.ts';
import type { Cuts } from '../src/transfer/storage.ts';
import { announce } from '../src/workflow/announce.ts';
import { uploadFiles } from '../src/workflow/files.ts';
import { prepare } from '../src/workflow/prepare.ts';
import { nodesOf } from '../src/workflow/read.ts';
import { checkFolder } from '../src/workflow/way.ts';
import { SAME } from './disk.ts';
import type { Life } from './life.ts';
import type { InputsPlan } from './plan.ts';
import { API_URL } from './requests.ts';
import { WORKFLOW } from './service.ts';

export const WORKSPACE = '/workspace';
export const FOLDER = `${WORKSPACE}/cyberun-outputs`;

/** What a process is given to live with. */
export interface Surroundings {
  readonly life: Life;
  readonly wire: Wire;
  readonly disk: Disk;
  readonly log: Log;
}

/** What main is given besides. */
export interface MainSurroundings extends Surroundings {
  readonly signal: AbortSignal;
  /** The task to attach to. */
  readonly taskId: string | undefined;
  readonly cuts: Cuts;
  readonly save: (name: string, value: string) => void;
  /** What to tell should main end early. */
  readonly onPlan: (known: Known) => void;
  /** Following a task begins. */
  readonly onBegun: (taskId: string) => void;
  /** A state of an order's task is shown. */
  readonly onShown: (order: number, status: string) => void;
}

/** What came of main. */
export interface Told {
  readonly reports: readonly TaskReport[];
  readonly checksumsPath: string | undefined;
  readonly problem: RunError | undefined;
}

/** From inputs to reports. Throws what ends main before there are any. */
export async function runMain(plan: InputsPlan, given: MainSurroundings): Promise<Told> {
  const { life, wire, disk, log, signal, cuts, save, onBegun, onShown } = given;
  const { clock } = life;
  const inputs = inputsOf(plan, given.taskId);
  const { target } = inputs;
  const { notice, ...http } = httpOptions(given);
  const service = createClient(createHttp({ ...http, notice, wire, clock }));
  const tools = {
    service,
    apiUrl: API_URL,
    apiKey: inputs.apiKey,
    wire,
    isHome: () => false,
    disk,
    clock,
    log,
    signal,
    notice,
    cuts,
  };
  const ledger = createLedger(clock, SEAL, save);
  await checkFolder(inputs, tools);
  if ('taskId' in target) ledger.open(target);
  const running = await prepare(inputs, tools);
  await upload(plan, tools);
  const known = createKnown(running);
  given.onPlan(known);
  announce(running, target, new URL(API_URL).host, false, log);

  const began = clock.now();
  const begun = new Set<string>();
  const outcome = await runPlan(running, {
    ...tools,
    ledger,
    viewOf(workflow, label) {
      const view = createTaskView(log, clock, nodesOf(workflow), began, label);
      return watched(view, (status) => onShown(placeOf(running, label), status));
    },
    learn(place, report, stage) {
      known.learn(place, report, stage);
      const { taskId } = report;
      if (taskId !== undefined && !begun.has(taskId)) onBegun(taskId);
      begun.add(taskId ?? '');
    },
  });
  return { ...outcome, reports: reportsOf(outcome) };
}

/** Not by way of a `file` parameter: those are looked for on the real disk. */
async function upload({ uploads }: InputsPlan, tools: Parameters<typeof uploadFiles>[1]): Promise<void> {
  const files = uploads.map((bytes, index) => {
    const name = `input-${index}.png`;
    return {
      path: `${WORKSPACE}/${name}`,
      place: name,
      name,
      bytes,
      mediaType: 'image/png',
      sha256: '',
      identity: SAME,
    };
  });
  await uploadFiles(files, tools);
}

function placeOf(plan: RunPlan, label: string | undefined): number {
  return plan.kind === 'one' ? 0 : plan.orders.findIndex((one) => one.label === label);
}

/** What is left open is cancelled. */
export async function runPost(
  saved: Readonly<Record<string, string>>,
  cancelWanted: boolean,
  given: Surroundings,
): Promise<void> {
  const { life, wire, log } = given;
  const { clock } = life;
  const env = Object.fromEntries(Object.entries(saved).map(([name, text]) => [`STATE_${name}`, text]));
  const open = readLeftOpen(env, SEAL, log);
  if (open.length === 0) return;
  using limit = timeLimit(clock, new AbortController().signal, POST_LIMIT, () => new Error('out of time'));
  const http = createHttp({ ...httpOptions(given), wire, clock });
  const service = {
    cancel: (taskId: string, budget: number, signal: AbortSignal) => cancelTask(http, taskId, budget, signal),
    task: (taskId: string, signal: AbortSignal, isKnown = false, budget = POST_LIMIT) =>
      getTask(http, taskId, isKnown, budget, signal),
    tasks: (signal: AbortSignal) => listTasks(http, POST_LIMIT, signal),
  };
  await cancelLeftOpen(open, readParting(env), cancelWanted, { service, clock, log, signal: limit.signal });
}

const API_KEY = 'sk-simulated';
const SEAL = sealOf({ apiKey: API_KEY, apiUrl: API_URL }, {});
/** As in post.ts. */
const POST_LIMIT = 60_000;

function httpOptions({ log }: Surroundings) {
  return { baseUrl: API_URL, apiKey: API_KEY, notice: (message: Inert) => log.info(message) };
}

function watched(view: TaskView, onStatus: (status: string) => void): TaskView {
  return {
    ...view,
    status(status, text) {
      onStatus(status);
      view.status(status, text);
    },
  };
}

function inputsOf(plan: InputsPlan, taskId: string | undefined): Inputs {
  const numbers = Array.from({ length: plan.orders }, (_, index) => index);
  const { maxParallel, failFast, timeout, queueTimeout, cancelOnAbort, retries, download, ifNoFilesFound } = plan;
  return {
    apiKey: API_KEY,
    apiUrl: API_URL,
    apiUrlSource: 'input',
    target: taskId === undefined ? { workflow: WORKFLOW } : { taskId },
    parameters: plan.kind === 'one' ? { number: 0 } : {},
    matrix: plan.kind === 'matrix' ? { number: numbers } : undefined,
    shard: undefined,
    maxParallel,
    failFast,
    dispatchTarget: '',
    targetPool: '',
    submitterRegion: '',
    toolType: '',
    waitForCompletion: plan.wait,
    timeout,
    queueTimeout,
    cancelOnAbort,
    retries,
    workspace: WORKSPACE,
    path: 'cyberun-outputs',
    folder: FOLDER,
    download,
    dryRun: false,
    reuse: false,
    maxDownloadSize: undefined,
    extract: false,
    pattern: [],
    ifNoFilesFound,
    attach: undefined,
    gallery: false,
    logPreviews: false,
    summary: false,
  };
}
