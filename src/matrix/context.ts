import type { Workflow } from '../cyberun/schema.ts';
import type { HomeContext } from '../files/context.ts';
import type { TaskReport } from '../files/report.ts';
import type { TaskContext, TaskView } from '../task/context.ts';

/** How far an order is: its task is followed, then what came of it is brought home, and then nothing more is to come. */
export type Stage = 'following' | 'bringing' | 'over';

/** Who helps to carry out a plan. */
export type RunContext = Omit<TaskContext & HomeContext, 'view' | 'learn' | 'detail'> & {
  /** How one task looks in the log; `label` tells it from its siblings, if it has any. */
  readonly viewOf: (workflow: Workflow | undefined, label?: string) => TaskView;
  /** Told what is known of an order so far, by its place in the plan, whenever that is more than before. */
  readonly learn: (place: number, report: TaskReport, stage: Stage) => void;
};
