import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { type Entry, parseEntries } from './commands.ts';

/** The parts of action.yml which the runner needs. */
export type ActionFile = v.InferOutput<typeof ActionFile>;

// The failsafe schema reads every scalar as the text it is, as the runner does: `default: 1.0` is `1.0`.
const ActionFile = v.object({
  inputs: v.optional(
    v.record(v.string(), v.union([v.literal(''), v.object({ default: v.optional(v.string(), '') })])),
    {},
  ),
  runs: v.object({
    using: v.pipe(v.string(), v.regex(/^node\d+$/, 'only JavaScript actions (using: node24) can run here')),
    main: v.string(),
    post: v.optional(v.string()),
    'post-if': v.optional(v.literal('always()')),
  }),
});

/** Reads `action.yml` in a folder. Throws when it is missing or not a JavaScript action whose post runs `always()`. */
export function readAction(folder: string): ActionFile {
  return v.parse(ActionFile, parse(readFileSync(join(folder, 'action.yml'), 'utf8'), { schema: 'failsafe' }));
}

/**
 * `INPUT_<NAME>` for every declared input: the given value or the declared default, in which `${{ github.token }}` is the
 * one expression known. Throws on an input that is not declared (GitHub only warns; in a test it is a slip).
 */
export function inputVariables(
  action: ActionFile,
  given: Record<string, string>,
  token: string,
): Record<string, string> {
  const undeclared = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
  if (undeclared.length > 0) throw new Error(`not declared in action.yml: ${undeclared.join(', ')}`);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, declared]) => {
      const fallback = declared === '' ? '' : declared.default.replace(/\$\{\{\s*github\.token\s*\}\}/g, () => token);
      const value = given[name] ?? fallback;
      if (given[name] === undefined && value.includes('${{'))
        throw new Error(`cannot evaluate the default of ${name}: ${value}`);
      return [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value];
    }),
  );
}

/** A fresh `RUNNER_TEMP`. Whoever makes it calls `remove`. */
export function createRunnerTemp(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'runner-temp-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/**
 * A job's environment: the few variables of this machine without which no process starts, and GitHub's own. Proxies,
 * certificates and node options of this machine stay out, so that a test sees only what it asked for.
 */
export function jobVariables(job: {
  temp: string;
  workspace: string;
  event: object;
  eventName: string;
  debug: boolean;
}): Record<string, string> {
  const eventPath = join(job.temp, '_github_workflow', 'event.json');
  mkdirSync(join(job.temp, '_github_workflow'), { recursive: true });
  writeFileSync(eventPath, JSON.stringify(job.event));
  return {
    ...inherited(),
    CI: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    // Nothing listens there: a test that forgot to give its own API stays on this machine.
    GITHUB_API_URL: 'http://127.0.0.1:9',
    GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql',
    GITHUB_EVENT_NAME: job.eventName,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_JOB: 'job',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'octocat/hello-world',
    GITHUB_REPOSITORY_ID: '1296269',
    GITHUB_REPOSITORY_OWNER: 'octocat',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_NUMBER: '3',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d',
    GITHUB_WORKFLOW: 'CI',
    GITHUB_WORKSPACE: job.workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_OS: { darwin: 'macOS', win32: 'Windows' }[process.platform as string] ?? 'Linux',
    RUNNER_TEMP: job.temp,
    RUNNER_TOOL_CACHE: join(job.temp, 'toolcache'),
    ...(job.debug ? { RUNNER_DEBUG: '1' } : {}),
  };
}

/** The files behind `GITHUB_OUTPUT`, `GITHUB_STATE`, `GITHUB_ENV`, `GITHUB_PATH` and `GITHUB_STEP_SUMMARY`; each process has its own. */
export interface CommandFiles {
  variables: Record<string, string>;
  /** What was written, as far as it is well formed; `problems` are the errors that the runner shows for the rest. */
  read(): { output: Entry[]; state: Entry[]; env: Entry[]; path: string[]; summary: string; problems: string[] };
}

/** Creates the files, empty, in `RUNNER_TEMP/_runner_file_commands`. `phase` keeps those of main and post apart. */
export function createCommandFiles(temp: string, phase: string): CommandFiles {
  const folder = join(temp, '_runner_file_commands');
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => {
    const path = join(folder, `${name}_${phase}`);
    writeFileSync(path, '');
    return path;
  };
  const variables = {
    GITHUB_OUTPUT: file('set_output'),
    GITHUB_STATE: file('save_state'),
    GITHUB_ENV: file('set_env'),
    GITHUB_PATH: file('add_path'),
    GITHUB_STEP_SUMMARY: file('step_summary'),
  };
  function read(): ReturnType<CommandFiles['read']> {
    const problems: string[] = [];
    const entries = (variable: keyof typeof variables, name: string): Entry[] => {
      const { entries, problem } = parseEntries(readFileSync(variables[variable], 'utf8'));
      if (problem !== undefined) problems.push(`Unable to process file command '${name}' successfully. ${problem}`);
      return entries;
    };
    const size = readFileSync(variables.GITHUB_STEP_SUMMARY).length;
    const tooLong = size > SUMMARY_BYTES;
    const files = {
      output: entries('GITHUB_OUTPUT', 'output'),
      state: entries('GITHUB_STATE', 'state'),
      env: entries('GITHUB_ENV', 'env'),
      path: readFileSync(variables.GITHUB_PATH, 'utf8')
        .split(/\r?\n/)
        .filter((line) => line !== ''),
      summary: tooLong ? '' : readFileSync(variables.GITHUB_STEP_SUMMARY, 'utf8'),
      problems,
    };
    if (tooLong) {
      const kib = Math.floor(size / 1024);
      problems.push(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got ${kib}k.`);
    }
    return files;
  }
  return { variables, read };
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
const SUMMARY_BYTES = 1024 * 1024;

function inherited(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'LANG',
    ...(process.platform === 'win32' ? ['SYSTEMROOT', 'USERPROFILE', 'TEMP'] : []),
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
