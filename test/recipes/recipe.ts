import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWorkflow, type Step, type Workflow } from './workflow.ts';

/** A workflow that can be carried out. */
export interface Recipe {
  readonly text: string;
  /** It is a list of steps, for a job that has checked out its repository, unless they do. */
  readonly isPart: boolean;
  /** Its name in `.github/workflows/`, where it has one. */
  readonly file?: string;
  readonly workflow: Workflow;
}

const ROOT = join(import.meta.dirname, '../..');

/** The recipes of README.md and docs/recipes.md: their YAML blocks that use this action, in order. */
export function readRecipes(): { heading: string; text: string }[] {
  const blocks = ['README.md', 'docs/recipes.md'].flatMap((path) => blocksOf(readFileSync(join(ROOT, path), 'utf8')));
  return blocks.filter(({ text }) => text.includes('uses: cyberun/run@'));
}

/** The one recipe below a heading of theirs; `change` makes another of its text. */
export function readRecipe(heading: string, change = (text: string) => text): Recipe {
  const [recipe, ...more] = readRecipes().filter((one) => one.heading === heading);
  if (recipe === undefined || more.length > 0) throw new Error(`not one recipe below "${heading}"`);
  const text = change(recipe.text);
  return { text, ...parseWorkflow(text) };
}

/** A workflow of `examples/`; `change` makes another of its text. */
export function readExample(file: string, change = (text: string) => text): Recipe {
  const text = change(readFileSync(join(ROOT, 'examples', file), 'utf8'));
  return { text, file, ...parseWorkflow(text) };
}

/** The recipe with other inputs for each of its steps that has the workflow `of`. */
export function withInputs(recipe: Recipe, of: string, inputs: Readonly<Record<string, string>>): Recipe {
  const changed = (step: Step): Step =>
    'uses' in step && step.with.workflow === of ? { ...step, with: { ...step.with, ...inputs } } : step;
  const jobs = Object.entries(recipe.workflow.jobs).map(([name, job]) => [
    name,
    'steps' in job ? { ...job, steps: job.steps.map(changed) } : job,
  ]);
  return { ...recipe, workflow: { ...recipe.workflow, jobs: Object.fromEntries(jobs) } };
}

/** Every YAML block, with the heading it lies below. */
export function blocksOf(markdown: string): { heading: string; text: string }[] {
  let heading = '';
  return [...markdown.matchAll(/^#+ (.*)$|^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, title, text]) => {
    heading = title ?? heading;
    return text === undefined ? [] : [{ heading, text }];
  });
}
