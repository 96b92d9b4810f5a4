import type { RunError } from '../base/errors.ts';
import type { TaskReport } from '../files/report.ts';

/** What became of one combination. */
export interface LabelledReport {
  /** What tells it from the others. Foreign text. */
  readonly label: string;
  readonly report: TaskReport;
}

/** What came of everything that was asked for. */
export type Outcome = (
  | { readonly kind: 'one'; readonly report: TaskReport }
  | { readonly kind: 'many'; readonly runs: readonly LabelledReport[] }
) & {
  /** Absolute path of the `SHA256SUMS` file that lists every file. */
  readonly checksumsPath: string | undefined;
  /** Absolute path of the record beside it. */
  readonly recordPath: string | undefined;
  /** Why the whole is no success. */
  readonly problem: RunError | undefined;
};

/** The reports of all its tasks, in order. */
export function reportsOf(outcome: Outcome): readonly TaskReport[] {
  return outcome.kind === 'one' ? [outcome.report] : outcome.runs.map(({ report }) => report);
}
