import { RunError } from '../base/errors.ts';
import { asSentence, type Inert, joinInert, without } from '../base/inert.ts';
import { tellRest, Unfinished } from '../task/unfinished.ts';
import type { LabelledReport } from './outcome.ts';

/** Why some tasks are no success, all of them for the same reason. */
export interface Reason {
  /** In the words of the first of them; without its task's id where there are several. */
  readonly text: Inert;
  readonly problem: RunError;
  /** Of their combinations. Foreign texts. */
  readonly labels: readonly string[];
}

/** The reasons why tasks are no success, each once: what went wrong by itself first, then what only shares another's end. */
export function reasonsOf(runs: readonly LabelledReport[]): readonly Reason[] {
  const bad = runs.flatMap(({ label, report: { problem, taskId } }) =>
    problem === undefined ? [] : [{ label, problem: problem instanceof Unfinished ? problem.why : problem, taskId }],
  );
  const groups = Map.groupBy(bad, ({ problem, taskId }) => withoutId(problem.message, taskId).replace(TIME, ''));
  const reasons = [...groups.values()].flatMap((group): Reason[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { problem, taskId } = first;
    const text = group.length === 1 ? problem.message : withoutId(problem.message, taskId);
    return [{ text, problem, labels: group.map(({ label }) => label) }];
  });
  const isCause = ({ problem }: Reason) => !isConsequence(problem);
  return [...reasons.filter(isCause), ...reasons.filter((reason) => !isCause(reason))];
}

/** What the errors of tasks leave to be done, each kind once, with the tasks' ids. */
export function restsOf(runs: readonly LabelledReport[]): readonly Inert[] {
  const left = runs.flatMap(({ report: { problem } }) => (problem instanceof Unfinished ? problem : []));
  const kinds = Map.groupBy(left, ({ rest }) => rest);
  return [...kinds].map(([rest, some]) =>
    tellRest(
      rest,
      some.map(({ taskId }) => taskId),
      runs.length,
    ),
  );
}

/** The error that ended tasks, with what it leaves to be done about them. */
export function withRests(problem: RunError, runs: readonly LabelledReport[]): RunError {
  const rests = restsOf(runs);
  if (rests.length === 0) return problem;
  const { kind, message, cause, place } = problem;
  return new RunError(kind, joinInert([asSentence(message), ...rests], ' '), cause, place);
}

/** Whether a task only shares the end of the others, by `fail-fast` or with the job. */
export function isConsequence(problem: RunError | undefined): boolean {
  return problem?.kind === 'sibling' || problem?.kind === 'aborted';
}

/** How long a task ran until its time was over is no other reason. */
const TIME = /\b\d{1,4}[smhd](?: \d{1,4}[smhd])?\b/g;

function withoutId(message: Inert, taskId: string | undefined): Inert {
  return taskId === undefined ? message : without(message, taskId);
}
