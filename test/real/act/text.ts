import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { Recipe } from '../../recipes/recipe.ts';
import { nameOf } from '../../recipes/step.ts';
import { stepsOf } from '../../recipes/workflow.ts';

/** The step that each job ends with: act removes the workspace of a job that ended well. */
export const KEEP = 'Keep the workspace';

/**
 * A recipe as a whole workflow that act can run. A list of steps becomes a job that has checked out its repository, unless
 * they do so themselves; what act does not know is written otherwise, see `differences.ts`.
 */
export function textForAct(recipe: Recipe, event = 'push'): string {
  const whole = recipe.isPart ? asJob(recipe) : recipe.text;
  const started = /^on:/m.test(whole) ? whole : `on: ${event}\n${whole}`;
  const workflow = parseDocument(started.replaceAll('${{ strategy.job-total }}', `${combinationsOf(recipe)}`));
  for (const { value: job } of mapAt(workflow.get('jobs')).items) {
    const steps = mapAt(job).get('steps');
    if (!isSeq(steps)) continue;
    steps.add(
      workflow.createNode({ name: KEEP, if: 'always()', run: 'cp -a . "$(mktemp -d "$KEEP/$GITHUB_JOB-XXXXXX")"' }),
    );
    if (mapAt(job).has('strategy')) mapAt(mapAt(job).get('strategy')).set('max-parallel', 1);
  }
  return workflow.toString({ lineWidth: 0 });
}

function mapAt(node: unknown): YAMLMap {
  if (!isMap(node)) throw new Error(`no mapping: ${node}`);
  return node;
}

function asJob({ text, workflow }: Recipe): string {
  const steps = text.startsWith(' ') ? text : text.replace(/^(?=.)/gm, '      ');
  const hasCheckout = stepsOf(workflow).some((step) => 'uses' in step && nameOf(step.uses) === 'actions/checkout');
  const checkout = hasCheckout ? '' : '      - uses: actions/checkout@v7\n';
  return `jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${checkout}${steps}`;
}

/** Of the job that has a matrix, where its values are written there. */
function combinationsOf({ workflow }: Recipe): number {
  const lists = Object.values(workflow.jobs).flatMap((job) =>
    'steps' in job ? Object.values(job.strategy?.matrix ?? {}).filter((list) => Array.isArray(list)) : [],
  );
  return lists.reduce((product, list) => product * list.length, 1);
}
