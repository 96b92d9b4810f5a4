import type { RunError } from '../base/errors.ts';
import { joinChecksums } from '../files/downloads.ts';
import type { RunContext } from '../task/context.ts';
import type { TaskReport } from '../task/report.ts';
import { runTask } from '../task/run.ts';
import { type MatrixOptions, type MatrixOrder, matrixProblem, runMatrix } from './matrix.ts';

/** What came of everything that was asked for. */
export interface Outcome {
  readonly reports: readonly TaskReport[];
  /** What tells the tasks of a matrix apart, in the order of the reports; `undefined` for one task without a matrix. */
  readonly labels: readonly string[] | undefined;
  /** Absolute path of the `SHA256SUMS` file that lists every file. */
  readonly checksumsPath: string | undefined;
  /** Why the whole is no success. */
  readonly problem: RunError | undefined;
}

/**
 * Runs what was asked for, one task or the combinations of a matrix.
 *
 * @param matrix How the tasks go together, and the folder above theirs; `undefined` where there is no matrix.
 */
export async function runOrders(
  orders: readonly [MatrixOrder, ...MatrixOrder[]],
  matrix: (MatrixOptions & { readonly folder: string }) | undefined,
  context: RunContext,
): Promise<Outcome> {
  if (matrix === undefined) {
    const report = await runTask(orders[0].order, context);
    return { reports: [report], labels: undefined, checksumsPath: report.checksumsPath, problem: report.problem };
  }
  const reports = await runMatrix(orders, matrix, context);
  const files = reports.flatMap((report) => report.files);
  return {
    reports,
    labels: orders.map(({ label }) => label),
    checksumsPath: await joinChecksums(context.disk, matrix.folder, files),
    problem: matrixProblem(orders, reports),
  };
}
