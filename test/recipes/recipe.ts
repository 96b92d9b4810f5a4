import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

/** Whatever a recipe says beyond this is refused, as nothing here would carry it out. */
const Texts = v.record(v.string(), v.string());
const COMMON = { id: v.optional(v.string()), if: v.optional(v.literal('always()')) };
const Step = v.union([
  v.strictObject({ ...COMMON, uses: v.string(), with: v.optional(Texts, {}) }),
  v.strictObject({
    ...COMMON,
    run: v.string(),
    env: v.optional(Texts, {}),
    'working-directory': v.optional(v.string()),
  }),
]);
const Job = v.strictObject({
  needs: v.optional(v.string()),
  'runs-on': v.literal('ubuntu-latest'),
  environment: v.optional(v.string()),
  permissions: v.optional(Texts),
  strategy: v.optional(v.strictObject({ matrix: v.record(v.string(), v.array(v.string())) })),
  steps: v.array(Step),
});
const Workflow = v.strictObject({
  on: v.optional(v.unknown()),
  permissions: v.optional(Texts),
  jobs: v.record(v.string(), Job),
});

export type Step = v.InferOutput<typeof Step>;
export type Job = v.InferOutput<typeof Job>;

/** A YAML block that can be carried out. */
export interface Recipe {
  readonly text: string;
  /** The block is a list of steps, for a job that has checked out its repository, unless they do. */
  readonly isPart: boolean;
  readonly jobs: Readonly<Record<string, Job>>;
}

const README = join(import.meta.dirname, '../../README.md');

/** The recipes of the README: its YAML blocks that use this action, in order. */
export function readRecipes(): { heading: string; text: string }[] {
  return blocksOf(readFileSync(README, 'utf8')).filter(({ text }) => text.includes('uses: cyberun/run@'));
}

/** The one recipe below a heading of the README; `change` makes another of its text. */
export function readRecipe(heading: string, change = (text: string) => text): Recipe {
  const [recipe, ...more] = readRecipes().filter((one) => one.heading === heading);
  if (recipe === undefined || more.length > 0) throw new Error(`not one recipe below "${heading}"`);
  const text = change(recipe.text);
  // The failsafe schema reads every scalar as the text it is: `dry-run: true` is `true` for an action.
  const content: unknown = parse(text, { schema: 'failsafe' });
  const isPart = Array.isArray(content);
  const workflow = isPart ? { jobs: { job: { 'runs-on': 'ubuntu-latest', steps: content } } } : content;
  return { text, isPart, jobs: v.parse(Workflow, workflow).jobs };
}

/** The recipe with other inputs for each of its steps that has the workflow `of`. */
export function withInputs(recipe: Recipe, of: string, inputs: Readonly<Record<string, string>>): Recipe {
  const changed = (step: Step): Step =>
    'uses' in step && step.with.workflow === of ? { ...step, with: { ...step.with, ...inputs } } : step;
  const jobs = Object.entries(recipe.jobs).map(([name, job]) => [name, { ...job, steps: job.steps.map(changed) }]);
  return { ...recipe, jobs: Object.fromEntries(jobs) };
}

/** Every YAML block, with the heading it lies below. */
export function blocksOf(markdown: string): { heading: string; text: string }[] {
  let heading = '';
  return [...markdown.matchAll(/^#+ (.*)$|^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, title, text]) => {
    heading = title ?? heading;
    return text === undefined ? [] : [{ heading, text }];
  });
}
