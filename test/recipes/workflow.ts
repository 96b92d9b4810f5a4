import * as v from 'valibot';
import { parse } from 'yaml';

/** Whatever a workflow says beyond this is refused, as nothing here would carry it out. */
const Texts = v.record(v.string(), v.string());
const Flag = v.picklist(['true', 'false']);
const Minutes = v.pipe(v.string(), v.regex(/^[1-9]\d*$/));
const Concurrency = v.strictObject({ group: v.string(), 'cancel-in-progress': Flag });
const Permissions = v.record(v.string(), v.picklist(['read', 'write']));

const COMMON = { id: v.optional(v.string()), name: v.optional(v.string()), if: v.optional(v.string()) };
const Step = v.union([
  v.strictObject({
    ...COMMON,
    uses: v.string(),
    with: v.optional(Texts, {}),
    'continue-on-error': v.optional(Flag),
    'timeout-minutes': v.optional(Minutes),
  }),
  v.strictObject({
    ...COMMON,
    run: v.string(),
    env: v.optional(Texts, {}),
    'working-directory': v.optional(v.string()),
  }),
]);

const JOB = {
  name: v.optional(v.string()),
  needs: v.optional(v.string()),
  if: v.optional(v.string()),
  permissions: v.optional(Permissions),
  concurrency: v.optional(Concurrency),
};
const OwnJob = v.strictObject({
  ...JOB,
  'runs-on': v.union([v.literal('ubuntu-latest'), v.tuple([v.literal('self-hosted'), v.literal('linux')])]),
  environment: v.optional(v.string()),
  strategy: v.optional(
    v.strictObject({
      'fail-fast': v.optional(Flag),
      matrix: v.record(v.string(), v.union([v.array(v.string()), v.string()])),
    }),
  ),
  'timeout-minutes': v.optional(Minutes),
  outputs: v.optional(Texts, {}),
  env: v.optional(Texts, {}),
  steps: v.array(Step),
});
const CallingJob = v.strictObject({
  ...JOB,
  uses: v.string(),
  with: v.optional(Texts, {}),
  secrets: v.optional(Texts, {}),
});

const Input = v.strictObject({
  description: v.string(),
  type: v.literal('string'),
  required: v.optional(Flag),
  default: v.optional(v.string()),
});
const Events = v.strictObject({
  push: v.optional(v.strictObject({ branches: v.array(v.string()), paths: v.optional(v.array(v.string())) })),
  pull_request: v.optional(v.strictObject({ paths: v.optional(v.array(v.string())) })),
  release: v.optional(v.strictObject({ types: v.array(v.string()) })),
  schedule: v.optional(v.array(v.strictObject({ cron: v.string() }))),
  workflow_dispatch: v.optional(
    v.union([v.literal(''), v.strictObject({ inputs: v.optional(v.record(v.string(), Input), {}) })]),
  ),
  workflow_call: v.optional(
    v.strictObject({
      inputs: v.optional(v.record(v.string(), Input), {}),
      secrets: v.optional(v.record(v.string(), v.strictObject({ description: v.string(), required: Flag })), {}),
      outputs: v.optional(v.record(v.string(), v.strictObject({ description: v.string(), value: v.string() })), {}),
    }),
  ),
});
const Workflow = v.strictObject({
  name: v.optional(v.string()),
  on: v.optional(Events),
  permissions: v.optional(Permissions),
  concurrency: v.optional(Concurrency),
  env: v.optional(Texts, {}),
  jobs: v.record(v.string(), v.union([OwnJob, CallingJob])),
});

export type Step = v.InferOutput<typeof Step>;
export type OwnJob = v.InferOutput<typeof OwnJob>;
export type CallingJob = v.InferOutput<typeof CallingJob>;
export type Workflow = v.InferOutput<typeof Workflow>;
export type Permissions = Readonly<Record<string, string>>;
export type Inputs = Readonly<Record<string, v.InferOutput<typeof Input>>>;

/**
 * A workflow, or a list of steps as a job of one. Throws on all that cannot be carried out here. The failsafe schema reads
 * every scalar as the text it is: `dry-run: true` is `true` for an action.
 */
export function parseWorkflow(text: string): { workflow: Workflow; isPart: boolean } {
  const content: unknown = parse(text, { schema: 'failsafe' });
  const isPart = Array.isArray(content);
  const whole = isPart ? { jobs: { job: { 'runs-on': 'ubuntu-latest', steps: content } } } : content;
  return { workflow: v.parse(Workflow, whole), isPart };
}

/** The steps of all jobs, in order. */
export function stepsOf({ jobs }: Workflow): Step[] {
  return Object.values(jobs).flatMap((job) => ('steps' in job ? job.steps : []));
}
