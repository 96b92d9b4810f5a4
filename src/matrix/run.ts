import { asRunError, type RunError } from '../base/errors.ts';
import { joinChecksums } from '../files/downloads.ts';
import { bringHome, reportOf } from '../files/home.ts';
import type { TaskReport } from '../files/report.ts';
import { endedBy, followTask, nothingKnown } from '../task/run.ts';
import type { RunContext } from './context.ts';
import { matrixProblem, runMatrix } from './matrix.ts';
import type { LabelledReport, Outcome } from './outcome.ts';
import { type Many, type Order, ordersOf, type Plan } from './plan.ts';

/** Carries out a plan, one task or the combinations of a matrix. Never throws. */
export async function runPlan(plan: Plan, context: RunContext): Promise<Outcome> {
  if (plan.kind === 'one') {
    const report = await runOne(plan.order, context);
    return { kind: 'one', report, checksumsPath: report.checksumsPath, problem: report.problem };
  }
  const runs = labelled(plan, await runMatrix(plan, context));
  const problem = matrixProblem(runs);
  const files = runs.flatMap(({ report }) => report.files);
  try {
    return { kind: 'many', runs, checksumsPath: await joinChecksums(context.disk, plan.folder, files), problem };
  } catch (error) {
    // The files are there, each with its digest in the list of its own folder.
    return { kind: 'many', runs, checksumsPath: undefined, problem: problem ?? asRunError('files', error) };
  }
}

async function runOne(order: Order, context: RunContext): Promise<TaskReport> {
  const own = { ...context, detail: 'full' } as const;
  const view = context.viewOf(order.workflow);
  const followed = await followTask(order, { ...own, view, learn: (known) => context.learn(0, reportOf(known)) });
  const report = await bringHome(followed, order, own);
  context.learn(0, report);
  return report;
}

function labelled({ orders }: Many, reports: readonly TaskReport[]): LabelledReport[] {
  return orders.flatMap(({ label }, index) => reports.slice(index, index + 1).map((report) => ({ label, report })));
}

/** What is known while a plan is carried out, for the case that it cannot be carried to its end. */
export interface Known {
  /** As `RunContext.learn`. */
  learn(place: number, report: TaskReport): void;
  /** The outcome if everything ended now, for that reason. */
  outcome(problem: RunError): Outcome;
}

export function createKnown(plan: Plan): Known {
  const reports = ordersOf(plan).map((order) => reportOf(nothingKnown(order)));
  // A failure that has no reason is none yet: nothing else has been heard of that task.
  const end = (report: TaskReport, problem: RunError) =>
    report.status === 'failed' && report.problem === undefined ? endedBy(report, problem) : report;
  return {
    learn(place, report) {
      reports[place] = report;
    },
    outcome(problem) {
      const ended = reports.map((report) => end(report, problem));
      const [report] = ended;
      if (plan.kind === 'one' && report !== undefined)
        return { kind: 'one', report, checksumsPath: report.checksumsPath, problem };
      const runs = plan.kind === 'many' ? labelled(plan, ended) : [];
      return { kind: 'many', runs, checksumsPath: undefined, problem };
    },
  };
}
