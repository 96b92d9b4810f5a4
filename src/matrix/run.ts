import { asRunError, type RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { stillThere } from '../files/again.ts';
import { type Lists, listTogether } from '../files/downloads.ts';
import { bringHome, reportOf } from '../files/home.ts';
import { listsOf } from '../files/names.ts';
import { gpuTime, type TaskReport } from '../files/report.ts';
import { statementOfAll } from '../files/statement.ts';
import type { Followed } from '../task/followed.ts';
import { endedBy, nothingKnown } from '../task/run.ts';
import { followTries } from '../task/tries.ts';
import type { RunContext, Stage } from './context.ts';
import { matrixProblem, runMatrix } from './matrix.ts';
import type { LabelledReport, Outcome } from './outcome.ts';
import {
  earlierRun,
  followedEarlier,
  type Many,
  type Order,
  offerHere,
  ordersOf,
  type Plan,
  reportOfEarlier,
} from './plan.ts';
import { withRests } from './reasons.ts';

/** Carries out a plan, one task or the combinations of a matrix. Never throws. */
export async function runPlan(plan: Plan, context: RunContext): Promise<Outcome> {
  if (plan.kind === 'one') {
    const report = await runOne(plan.order, context);
    return outcomeOf(report, report.problem);
  }
  const runs = labelled(plan, await runMatrix(plan, context));
  const problem = matrixProblem(runs);
  try {
    return { kind: 'many', runs, problem, ...(await listRuns(plan, runs, context)) };
  } catch (error) {
    // The files are there, each with its digest in the lists of its own folder.
    return { kind: 'many', runs, problem: problem ?? asRunError('files', error), ...NO_LISTS };
  }
}

/** What a plan would come to, before anything is submitted. */
export function plannedOutcome(plan: Plan): Outcome {
  const report = (order: Order): TaskReport => {
    const { taskId, reused } = earlierRun(order) ?? {};
    return { ...reportOf(nothingKnown(order)), taskId, status: 'planned', reused };
  };
  const all = { ...NO_LISTS, problem: undefined };
  if (plan.kind === 'one') return { kind: 'one', report: report(plan.order), ...all };
  return { kind: 'many', runs: plan.orders.map(({ label, order }) => ({ label, report: report(order) })), ...all };
}

const NO_LISTS = { checksumsPath: undefined, recordPath: undefined };

function outcomeOf(report: TaskReport, problem: RunError | undefined): Outcome {
  const { checksumsPath, recordPath } = report;
  return { kind: 'one', report, checksumsPath, recordPath, problem };
}

/** In the folder that holds those of the combinations. */
async function listRuns(
  { orders, shard, folder, fingerprint }: Many & Pick<Plan, 'fingerprint'>,
  runs: readonly LabelledReport[],
  context: RunContext,
): Promise<Lists> {
  const files = runs.flatMap(({ report: { taskId, files } }) => files.map((file) => ({ ...file, taskId })));
  const [first] = orders;
  if (first === undefined) return NO_LISTS;
  const reports = runs.map(({ report }) => report);
  const { apiUrl, apiKey: key } = context;
  const statement = statementOfAll(
    orders.map(({ order }) => order),
    reports,
    fingerprint,
    apiUrl,
  );
  const offersAll = reports.every(({ problem }) => problem === undefined);
  const author = { statement, key, offersAll };
  const destination = { workspace: first.order.workspace, folder };
  return listTogether(files, destination, listsOf(shard), author, context);
}

async function runOne(order: Order, context: RunContext): Promise<TaskReport> {
  const earlier = reportOfEarlier(order);
  if (earlier !== undefined) {
    context.learn(0, earlier, 'over');
    return earlier;
  }
  const own = { ...context, detail: 'full' } as const;
  const view = context.viewOf(order.workflow);
  const following = { ...own, view, learn: (known: Followed) => context.learn(0, reportOf(known), 'following') };
  const bringing = { ...own, learn: (known: TaskReport) => context.learn(0, known, 'bringing') };
  const followed = followedEarlier(order) ?? (await followTries(order, following));
  const report = await bringHome(followed, order, bringing, offerHere(order));
  context.learn(0, report, 'over');
  const time = gpuTime([report]);
  if (time !== undefined) context.log.info(inert`GPU time: ${time}`);
  return report;
}

function labelled({ orders }: Many, reports: readonly TaskReport[]): LabelledReport[] {
  return orders.flatMap(({ label }, index) => reports.slice(index, index + 1).map((report) => ({ label, report })));
}

/** What is known while a plan is carried out, for the case that it cannot be carried to its end. */
export interface Known {
  /** As `RunContext.learn`. */
  learn: RunContext['learn'];
  /** The outcome if everything ended now, for that reason. */
  outcome(problem: RunError): Outcome;
}

export function createKnown(plan: Plan): Known {
  const orders = ordersOf(plan);
  const kept = orders.map((order): { report: TaskReport; stage: Stage } => {
    const earlier = reportOfEarlier(order);
    if (earlier !== undefined) return { report: earlier, stage: 'over' };
    const followed = followedEarlier(order);
    if (followed !== undefined) return { report: reportOf(followed), stage: 'bringing' };
    return { report: reportOf(nothingKnown(order)), stage: 'following' };
  });
  return {
    learn(place, report, stage) {
      kept[place] = { report, stage };
    },
    outcome(problem) {
      const ended = orders.flatMap((order, place) => {
        const known = kept[place];
        return known === undefined ? [] : endNow(known.report, known.stage, problem, order);
      });
      const [report] = ended;
      if (plan.kind === 'one' && report !== undefined)
        return outcomeOf(report, withRests(problem, [{ label: '', report }]));
      const runs = plan.kind === 'many' ? labelled(plan, ended) : [];
      return { kind: 'many', runs, problem: withRests(problem, runs), ...NO_LISTS };
    },
  };
}

function endNow(report: TaskReport, stage: Stage, problem: RunError, order: Order): TaskReport {
  if (stage === 'over' || report.problem !== undefined) return report;
  // The task's own end stands.
  return stage === 'bringing' ? { ...report, problem: stillThere(problem, report) } : endedBy(report, problem, order);
}
