import * as core from '@actions/core';
import { createHome } from '../base/addresses.ts';
import type { Clock } from '../base/clock.ts';
import { systemDisk } from '../base/disk.ts';
import { formatClock } from '../base/durations.ts';
import { asRunError, type RunError } from '../base/errors.ts';
import { createFindings } from '../base/findings.ts';
import { type Inert, inert } from '../base/inert.ts';
import { describeProxy, type Proxies, readProxies } from '../base/proxies.ts';
import type { Wire, WireOptions } from '../base/wire.ts';
import { createClient } from '../cyberun/client.ts';
import { createHttp } from '../cyberun/http.ts';
import type { StepLog } from '../github/log.ts';
import { setEarlyOutput, setOutputs } from '../github/outputs.ts';
import { writePlan } from '../github/plan-summary.ts';
import { createTaskView } from '../github/progress.ts';
import { appendSummary } from '../github/runner-files.ts';
import { createLedger, sealOf } from '../github/state.ts';
import { writeSummary } from '../github/summary.ts';
import type { SummaryHead } from '../github/summary-parts.ts';
import { type Inputs, loadInputs } from '../inputs/inputs.ts';
import type { Outcome } from '../matrix/outcome.ts';
import { describeOpenSeed, describeShare, type Plan } from '../matrix/plan.ts';
import { createKnown, plannedOutcome, runPlan } from '../matrix/run.ts';
import type { Attached, Attaching } from '../release/attach.ts';
import type { Target } from '../task/context.ts';
import { reachable } from '../transfer/address.ts';
import { createDigester } from '../transfer/digest.ts';
import { STORAGE_CONNECTIONS } from '../transfer/storage.ts';
import { announce } from '../workflow/announce.ts';
import { prepare } from '../workflow/prepare.ts';
import { nodesOf } from '../workflow/read.ts';
import { checkFolder } from '../workflow/way.ts';
import { sayTakers, sayUnread } from './dry-run.ts';
import { writeGallery } from './gallery.ts';
import { showPreviews } from './previews.ts';
import { attachOutcome, checkRelease, describeRelease, findRelease } from './release.ts';

/** What a step is carried out with. */
export interface StepContext {
  readonly clock: Clock;
  readonly createWire: (options: WireOptions) => Wire;
  readonly log: StepLog;
  readonly signal: AbortSignal;
}

/** What an end comes to that keeps a step from its own: why it failed, and how to set its outputs. */
export type EarlyEnd = (problem: RunError) => { readonly problem: RunError; readonly setOutputs: () => void };

/** To GitHub's API, and to where it takes uploads. */
const GITHUB_CONNECTIONS = 6;

/** What says where the service is, by {@link Inputs.apiUrlSource}. */
const SOURCES = {
  input: 'input api-url',
  environment: 'environment variable CYBERUN_API_URL',
  default: 'default of api-url',
};
const UNCHECKED = inert`NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off: whoever is on the way can read the key and replace the files. Remove it, and name a certificate authority of your own in NODE_EXTRA_CA_CERTS.`;

/**
 * Carries out what the inputs say, sets the outputs and writes the summary. Returns why that is no success, if it is none.
 *
 * @param onPlan Told what an early end comes to by what is known, and how to set the outputs of that.
 * @throws what ended it before a task was submitted; {@link RunError} when the outputs cannot be set
 */
export async function carryOut(
  context: StepContext,
  onPlan: (endFor: EarlyEnd) => void,
): Promise<RunError | undefined> {
  const { clock, log } = context;
  const inputs = await loadInputs({ getInput: core.getInput, env: process.env, mask: core.setSecret }, log);
  const { target, workspace } = inputs;
  const { host } = new URL(inputs.apiUrl);
  const proxies = readProxies(process.env);
  const proxy = describeProxy(new URL(inputs.apiUrl), proxies);
  log.info(inert`Cyberun at ${host} (${SOURCES[inputs.apiUrlSource]})${proxy === undefined ? '' : `, ${proxy}`}`);
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') log.warning(UNCHECKED);
  setEarlyOutput('path', inputs.folder);
  /** When the log's clock began. */
  let began: number | undefined;
  const notice = (message: Inert) =>
    log.info(began === undefined ? message : inert`  ${formatClock(clock.now() - began)}  ${message}`);
  const tools = createTools(inputs, proxies, context, notice);
  // A runner that has no such page is an old one; a page that cannot be written is found before a run is spent.
  const wantsSummary = inputs.summary && Boolean(process.env.GITHUB_STEP_SUMMARY);
  if (wantsSummary) await appendSummary('');

  using ledger = createLedger(clock, sealOf(inputs, process.env));
  context.signal.addEventListener('abort', () => ledger.aborted());
  const toGithub = () => context.createWire({ proxies, connectionsPerOrigin: GITHUB_CONNECTIONS });

  /** What is to be run, and what is to be done with the files. All that is wrong with either is said at once in a dry run. */
  async function look() {
    const findings = createFindings(inputs.dryRun, log);
    const repository = process.env.GITHUB_REPOSITORY ?? '';
    // Before a task that exists is this step's to cancel.
    const release = await findings.of(() => findRelease(inputs, repository, toGithub, tools), undefined);
    if ('taskId' in target) {
      await checkFolder(inputs, tools);
      ledger.open(target);
    }
    const plan = await prepare(inputs, tools).catch(async (error: unknown) => {
      await findings.of(() => Promise.reject(error), undefined);
      findings.end();
      throw error;
    });
    await findings.of(() => checkRelease(plan, inputs, release, tools), undefined);
    findings.end();
    return { plan, release };
  }

  const { plan, release } = await look();
  const known = createKnown(plan);
  let attached: readonly Attached[] = [];
  onPlan((problem) => {
    const outcome = known.outcome(problem);
    return { problem: outcome.problem ?? problem, setOutputs: () => setOutputs(outcome, workspace, log, attached) };
  });
  if (plan.fingerprint !== undefined) setEarlyOutput('fingerprint', plan.fingerprint);
  const head = {
    ...titleOf(plan, target),
    host,
    share: describeShare(plan),
    note: describeOpenSeed(plan),
    warnings: log.warned,
  };
  announce(plan, target, host, inputs.dryRun, log);
  if (inputs.dryRun) {
    await sayUnread(inputs, tools);
    const takers = await sayTakers(plan, tools);
    log.info(inert`Nothing was submitted or uploaded, as dry-run is true`);
    const toRelease = release && describeRelease(release);
    if (wantsSummary) await writePlan({ ...head, release: toRelease }, plan, takers);
    setOutputs(plannedOutcome(plan), workspace, log, [], 'planned');
    return undefined;
  }

  const since = clock.now();
  began = since;
  /** The order whose task came first, and its task of now: it may be tried again. */
  let first: { readonly place: number; readonly taskId: string } | undefined;
  const outcome = await runPlan(plan, {
    ...tools,
    ledger,
    viewOf: (workflow, label) => createTaskView(log, clock, nodesOf(workflow), since, label),
    learn(place, report, stage) {
      known.learn(place, report, stage);
      const { taskId } = report;
      if (taskId === undefined || taskId === first?.taskId || (first !== undefined && place !== first.place)) return;
      first = { place, taskId };
      setEarlyOutput('task-id', taskId);
    },
  });

  const attaching = await attachOutcome(outcome, plan, inputs, release, tools, (assets) => {
    attached = assets;
  });
  const gallery = await writeGallery(outcome, plan, inputs, head, tools);
  if (typeof gallery === 'string') setEarlyOutput('gallery-path', gallery);
  if (inputs.logPreviews) await showPreviews(outcome, inputs, tools, log);
  const unshown = typeof gallery === 'string' ? undefined : gallery;
  const before = outcome.problem ?? attaching?.problem;
  if (unshown !== undefined && before !== undefined) log.warning(unshown.message);
  const failed = before ?? unshown;
  const unwritten = wantsSummary ? await trySummary(head, outcome, attaching) : undefined;
  if (unwritten !== undefined && failed !== undefined) log.warning(unwritten.message);
  const problem = failed ?? unwritten;
  setOutputs({ ...outcome, problem }, workspace, log, attaching?.assets);
  return problem;
}

async function trySummary(
  head: SummaryHead,
  outcome: Outcome,
  attaching: Attaching | undefined,
): Promise<RunError | undefined> {
  return writeSummary(head, outcome, attaching).then(
    () => undefined,
    (error: unknown) => asRunError('task', error),
  );
}

/** @throws {RunError} of kind `input` for a proxy variable that cannot be used */
function createTools(
  { apiUrl, apiKey, maxDownloadSize }: Inputs,
  proxies: Proxies,
  { createWire, clock, log, signal }: StepContext,
  notice: (message: Inert) => void,
) {
  const home = createHome(new URL(apiUrl));
  const isHome = home.has;
  const toApi = createWire({
    proxies,
    choose(_, addresses) {
      home.learn(addresses);
      return addresses;
    },
  });
  const http = createHttp({ baseUrl: apiUrl, apiKey, wire: toApi, clock, notice });
  const wire = createWire({
    proxies,
    connectionsPerOrigin: STORAGE_CONNECTIONS,
    choose: (host, addresses) => reachable(host, addresses, isHome),
  });
  const tools = { service: createClient(http), apiUrl, apiKey, wire, isHome, disk: systemDisk, clock, log, signal };
  return { ...tools, digester: createDigester(), mostBytes: maxDownloadSize };
}

function titleOf({ workflow }: Plan, target: Target): Pick<SummaryHead, 'workflow' | 'reference'> {
  const { display_name, workflow_slug, version } = workflow ?? {};
  const asked = 'workflow' in target ? target.workflow : undefined;
  const slug = workflow_slug ?? asked?.replace(/@.*/, '');
  const reference = version === undefined || slug === undefined ? (workflow_slug ?? asked) : `${slug}@${version}`;
  return { workflow: display_name ?? reference ?? 'Cyberun task', reference };
}
