import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { stringify } from 'yaml';
import { listen } from '../../../emulator/server.ts';
import { putGh, takeDone } from '../../recipes/command.ts';
import { writeFiles } from '../../recipes/github.ts';
import type { RunOptions } from '../../recipes/options.ts';
import type { Place, StandIn } from '../../recipes/place.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { STAND_INS } from '../../recipes/stand-ins.ts';
import { nameOf, THIS } from '../../recipes/step.ts';
import { type Permissions, stepsOf } from '../../recipes/workflow.ts';

const Question = v.object({
  /** Of the stand-in. */
  name: v.string(),
  args: v.array(v.string()),
  env: v.record(v.string(), v.string()),
  folder: v.string(),
});
type Question = v.InferOutput<typeof Question>;

/** The stand-ins of a run, which are carried out here. */
export interface StandInServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Carries out what a job asks for through {@link ask}: the actions and the `gh` of `test/recipes/`, each with what the job that
 * asks may do. What they refuse is a step that fails, with the reason.
 */
export async function startStandIns(recipes: readonly Recipe[], options: RunOptions): Promise<StandInServer> {
  const { github, files = {}, runId = 1, releases } = options;
  const { repository = 'octo/demo' } = releases ?? {};
  const loginsOf = new Map<string, Set<string>>();

  function placeOf({ env }: Question): Place {
    const { GITHUB_JOB: job = '', GITHUB_WORKSPACE: workspace = '' } = env;
    const logins = loginsOf.get(workspace) ?? new Set<string>();
    loginsOf.set(workspace, logins);
    return { workspace, files, github, runId, permissions: permissionsOf(recipes, job), logins };
  }

  async function gh({ args, env, folder: cwd }: Question, place: Place): Promise<string> {
    const folder = mkdtempSync(join(github.folder, 'gh-'));
    putGh(folder, { place, repository });
    const running = promisify(execFile)(join(folder, 'gh'), args, { cwd, env: { ...env, GH_STAND_IN: folder } });
    const { stdout } = await running;
    takeDone(folder, { place, releases });
    return stdout;
  }

  /** What is printed. */
  async function answer(question: Question): Promise<string> {
    const { name, env } = question;
    const place = placeOf(question);
    if (name === 'gh') return await gh(question, place);
    const action = STAND_INS[name];
    if (action === undefined) throw new Error(`nothing stands for ${name}`);
    for (const [output, value] of Object.entries(action.run(inputsOf(name, action, env), place) ?? {})) {
      const end = randomUUID();
      appendFileSync(env.GITHUB_OUTPUT ?? '', `${output}<<${end}\n${value}\n${end}\n`);
    }
    return '';
  }

  const origin = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    onRequest: (request, response) =>
      void json(request)
        .then((body) => answer(v.parse(Question, body)))
        .then(
          (printed) => response.end(printed),
          (error: unknown) => response.writeHead(500).end(`${error}\n`),
        ),
  });
  return { url: origin.url, [Symbol.asyncDispose]: origin.close };
}

/** What the job of that name may do. Throws where no recipe, or more than one, has one. */
function permissionsOf(recipes: readonly Recipe[], job: string): Permissions | undefined {
  const [found, ...more] = recipes.flatMap(({ workflow }) => {
    const own = workflow.jobs[job];
    return own === undefined ? [] : [own.permissions ?? workflow.permissions];
  });
  if (more.length > 0) throw new Error(`not one job is called ${job}`);
  return found;
}

/** The inputs that a step gives: the runner has no other way to say that one is not given than to leave it empty. */
function inputsOf(name: string, { inputs }: StandIn, env: Readonly<Record<string, string>>): Record<string, string> {
  const given = Object.entries(env).flatMap(([variable, value]) =>
    variable.startsWith('INPUT_') && value !== '' ? [[variable.slice('INPUT_'.length).toLowerCase(), value]] : [],
  );
  const unknown = given.filter(([input = '']) => !inputs.includes(input));
  if (unknown.length > 0) throw new Error(`${name} has no such input here: ${unknown.map(([input]) => input)}`);
  return Object.fromEntries(given);
}

/**
 * Writes what act takes for the actions of others into a folder, and a `gh` that is to be on the PATH. Returns act's
 * `--local-repository` for each: `actions/cache@v6=/folder/actions/cache`.
 */
export function writeStandIns(folder: string, ...recipes: readonly Recipe[]): string[] {
  const bin = join(folder, 'bin');
  writeFiles(bin, { 'gh.mjs': asking('gh') });
  writeFileSync(join(bin, 'gh'), `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'gh.mjs')}' "$@"\n`, {
    mode: 0o755,
  });
  const used = recipes.flatMap(({ workflow }) =>
    stepsOf(workflow).flatMap((step) => ('uses' in step && step.uses !== THIS ? [step.uses] : [])),
  );
  return [...new Set(used)].map((uses) => {
    const name = nameOf(uses);
    const action = STAND_INS[name];
    if (action === undefined) throw new Error(`nothing stands for ${uses}`);
    const [owner = '', repository = ''] = name.split('/');
    writeFiles(join(folder, name), {
      'action.yml': stringify({
        name,
        inputs: Object.fromEntries(action.inputs.map((input) => [input, { description: input }])),
        outputs: Object.fromEntries((action.outputs ?? []).map((output) => [output, { description: output }])),
        runs: { using: 'node24', main: 'main.mjs' },
      }),
      'main.mjs': asking(name),
    });
    return `${owner}/${repository}@${uses.split('@')[1]}=${join(folder, owner, repository)}`;
  });
}

const asking = (name: string) =>
  `const { ask } = await import('${join(import.meta.dirname, 'ask.ts')}');\nawait ask('${name}');\n`;
