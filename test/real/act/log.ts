import * as v from 'valibot';
import { THIS } from '../../recipes/step.ts';
import { KEEP } from './text.ts';

/** A step, or its post, as act's log has it; one that was skipped is not there. */
export interface ActStep {
  /** Its `id`, or else its number. */
  readonly id: string;
  /** Its `name`, or what it uses or runs. */
  readonly name: string;
  readonly stage: 'Pre' | 'Main' | 'Post';
  /** Before `continue-on-error`. Nothing of a step that has not ended. */
  readonly outcome: 'success' | 'failure' | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly printed: string;
  /** Of commands: `error: no such file`. */
  readonly annotations: readonly string[];
}

/** A job that began, or one combination of it. */
export interface ActJob {
  readonly id: string;
  readonly matrix: Readonly<Record<string, unknown>>;
  readonly result: string | undefined;
  readonly steps: readonly ActStep[];
}

const Line = v.object({
  msg: v.string(),
  job: v.optional(v.string()),
  jobID: v.optional(v.string()),
  matrix: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  jobResult: v.optional(v.string()),
  step: v.optional(v.string()),
  stepID: v.optional(v.array(v.string())),
  stage: v.optional(v.picklist(['Pre', 'Main', 'Post'])),
  stepResult: v.optional(v.picklist(['success', 'failure'])),
  raw_output: v.optional(v.boolean()),
  command: v.optional(v.string()),
  name: v.optional(v.string()),
  arg: v.optional(v.string()),
  content: v.optional(v.string()),
});
export type ActLine = v.InferOutput<typeof Line>;

/** The lines of `act --json`; what is no JSON is left out. */
export function readLog(text: string): ActLine[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [v.parse(Line, JSON.parse(line))] : []));
}

/** What the lines say of jobs, in the order in which these began. */
export function jobsOf(lines: readonly ActLine[]): ActJob[] {
  const ofJobs = Object.values(
    Object.groupBy(
      lines.filter(({ jobID }) => jobID !== undefined),
      ({ job, matrix }) => JSON.stringify([job, matrix]),
    ),
  );
  return ofJobs.map((ofJob = []) => ({
    id: ofJob[0]?.jobID ?? '',
    matrix: ofJob[0]?.matrix ?? {},
    result: ofJob.find(({ jobResult }) => jobResult !== undefined)?.jobResult,
    steps: stepsOf(ofJob),
  }));
}

function stepsOf(lines: readonly ActLine[]): ActStep[] {
  const ofSteps = Object.values(
    Object.groupBy(
      lines.filter(({ stepID }) => stepID !== undefined),
      ({ stepID, stage }) => JSON.stringify([stepID, stage]),
    ),
  );
  return ofSteps.flatMap((ofStep = []) => {
    const [first] = ofStep;
    // What is fetched before it runs has a line of its own.
    if (first?.stage === undefined || !ofStep.some(({ msg }) => msg.startsWith('⭐ Run '))) return [];
    const outputs = ofStep.flatMap(({ command, name, arg }) =>
      command === 'set-output' && name !== undefined && arg !== undefined ? [[name, arg] as const] : [],
    );
    return [
      {
        id: first.stepID?.join('.') ?? '',
        name: first.step ?? '',
        stage: first.stage,
        outcome: ofStep.find(({ stepResult }) => stepResult !== undefined)?.stepResult,
        outputs: Object.fromEntries(outputs),
        summary: ofStep.find(({ command }) => command === 'summary')?.content ?? '',
        printed: ofStep.flatMap(({ raw_output, msg }) => (raw_output === true ? [msg] : [])).join(''),
        annotations: ofStep.flatMap(({ command, arg }) =>
          command !== undefined && ['error', 'warning', 'notice'].includes(command) ? [`${command}: ${arg}`] : [],
        ),
      },
    ];
  });
}

/** How each job ended, in order: `render success`; of a combination as well. */
export function endsOf(jobs: readonly ActJob[]): string[] {
  return jobs.map(({ id, result }) => `${id} ${result}`);
}

/** The steps of a job that ran, in order: what they use, without a version, or the first line that they run. */
export function ranOf(job: ActJob | undefined): string[] {
  const mains = (job?.steps ?? []).filter(({ stage, name }) => stage === 'Main' && name !== KEEP);
  return mains.map(({ name, outcome }) => {
    const [line = ''] = name.split('\n');
    return `${line.replace(/^([\w./-]+)@\S+$/, '$1')}${outcome === 'success' ? '' : ` ${outcome}`}`;
  });
}

/** The steps of a job that use this action, in order. */
export function actionsOf(job: ActJob | undefined): ActStep[] {
  return (job?.steps ?? []).filter(({ name, stage }) => name === THIS && stage === 'Main');
}
