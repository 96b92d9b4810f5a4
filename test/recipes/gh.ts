/**
 * Stands for `gh`, GitHub's command line, as far as the examples call it: a program on the PATH of a job's commands, which
 * finds what it may see in the folder `GH_STAND_IN`, and writes what it did to `done.jsonl` there. Anything else is an error.
 */
import { appendFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';

const State = v.object({
  token: v.string(),
  repository: v.string(),
  /** None: it may do everything. */
  permissions: v.optional(v.record(v.string(), v.string())),
  /** Keys of the default branch. */
  caches: v.array(v.string()),
  runs: v.array(v.object({ id: v.number(), file: v.string(), event: v.string(), created: v.string() })),
});

const { GH_STAND_IN: folder = '', GH_TOKEN, GH_REPO } = process.env;
const state = v.parse(State, JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')));
const [noun, verb, ...args] = process.argv.slice(2);

function demand(scope: string, level: string): void {
  const has = state.permissions === undefined ? 'write' : state.permissions[scope];
  if (has !== level && has !== 'write') throw new Error(`HTTP 403: Resource not accessible: ${scope}: ${level}`);
}

function did(what: object): void {
  appendFileSync(join(folder, 'done.jsonl'), `${JSON.stringify(what)}\n`);
}

const text = { type: 'string' } as const;
const read = (options: Record<string, typeof text>) =>
  parseArgs({ args, options, allowPositionals: true, strict: true });

function run(): void {
  if (GH_TOKEN !== state.token) throw new Error('set the GH_TOKEN environment variable');
  if (GH_REPO !== state.repository) throw new Error('not a git repository');
  switch (`${noun} ${verb}`) {
    case 'run list': {
      demand('actions', 'read');
      const { values } = read({ workflow: text, event: text, created: text, limit: text, json: text, jq: text });
      if (values.json !== 'databaseId' || values.jq !== '.[].databaseId') throw new Error('not asked for like that');
      const [, since] = /^>=(\d{4}-\d\d-\d\d)$/.exec(values.created ?? '') ?? [];
      if (since === undefined) throw new Error(`created: ${values.created}`);
      const found = state.runs.filter(
        ({ file, event, created }) => file === values.workflow && event === values.event && created >= since,
      );
      for (const { id } of found.toReversed().slice(0, Number(values.limit))) console.log(id);
      return;
    }
    case 'run download': {
      demand('actions', 'read');
      const { values, positionals } = read({ name: text, dir: text });
      const artifact = join(folder, 'artifacts', positionals[0] ?? '', values.name ?? '');
      if (!existsSync(artifact)) throw new Error('no valid artifacts found to download');
      cpSync(artifact, values.dir ?? '', { recursive: true });
      return;
    }
    case 'cache list': {
      demand('actions', 'read');
      const { values } = read({ ref: text, key: text, limit: text, json: text, jq: text });
      const { ref, key = '', json } = values;
      const [, prefix] = /^\.\[\]\.key \| ltrimstr\("([\w-]*)"\)$/.exec(values.jq ?? '') ?? [];
      if (ref !== 'refs/heads/main' || json !== 'key' || prefix !== key) throw new Error('not asked for like that');
      const found = state.caches.filter((one) => one.startsWith(key)).toReversed();
      for (const one of found.slice(0, Number(values.limit))) console.log(one.slice(key.length));
      return;
    }
    case 'release edit': {
      demand('contents', 'write');
      const [tag, ...more] = args;
      if (more.join(' ') !== '--draft=false') throw new Error(`not known here: ${more.join(' ')}`);
      did({ publish: tag });
      return;
    }
    case 'issue create': {
      demand('issues', 'write');
      const { title, body } = read({ title: text, body: text }).values;
      did({ issue: { title, body } });
      return;
    }
    default:
      throw new Error(`unknown command ${noun} ${verb}`);
  }
}

try {
  run();
} catch (error) {
  console.error(`gh: ${error}`);
  process.exitCode = 1;
}
