import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import type { Github } from '../../emulator/github/github.ts';
import { TOKEN } from '../../emulator/runner/runner.ts';
import { writeFiles } from './github.ts';
import { linesOf, type Place } from './place.ts';

/** What came of a command. */
export interface CommandResult {
  readonly succeeded: boolean;
  readonly printed: string;
  /** What it wrote to `GITHUB_OUTPUT`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it wrote to `GITHUB_STEP_SUMMARY`. */
  readonly summary: string;
}

interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly repository: string;
  /** What `gh release` knows. */
  readonly releases: Github | undefined;
}

/** `bash -e`, as a step has it that names no shell: what fails at the head of a pipe counts for nothing. */
export async function runCommand(script: string, options: CommandOptions): Promise<CommandResult> {
  if (script.includes('${{')) throw new Error(`an expression in a script: ${script}`);
  const { github } = options.place;
  // As the runner, which cannot start a process there.
  if (!existsSync(options.cwd)) return { succeeded: false, printed: '', outputs: {}, summary: '' };
  const folder = mkdtempSync(join(github.folder, 'command-'));
  const output = join(folder, 'output');
  const summary = join(folder, 'summary');
  writeFileSync(output, '');
  writeFileSync(summary, '');
  putGh(folder, options);
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: options.cwd,
    env: {
      ...{
        PATH: `${folder}:${PATH}`,
        HOME,
        CI: 'true',
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_REF: 'refs/heads/main',
        GH_STAND_IN: folder,
      },
      ...options.env,
    },
    signal: github.over,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  takeDone(folder, options);
  const lines = linesOf(readFileSync(output, 'utf8')).map((line) => line.split(/=(.*)/s, 2));
  const succeeded = child.exitCode === 0;
  return { succeeded, printed, outputs: Object.fromEntries(lines), summary: readFileSync(summary, 'utf8') };
}

/** Puts the stand-in of `gh` into a folder, which is then its `GH_STAND_IN`, with what it may see. */
export function putGh(folder: string, { place, repository }: Pick<CommandOptions, 'place' | 'repository'>): void {
  const { github, permissions } = place;
  writeFileSync(join(folder, 'gh'), `#!/bin/sh\nexec '${process.execPath}' '${GH}' "$@"\n`, { mode: 0o755 });
  writeFileSync(
    join(folder, 'state.json'),
    JSON.stringify({
      token: TOKEN,
      repository,
      permissions,
      runs: github.runs,
      caches: github.caches.map(({ key }) => key),
    }),
  );
  for (const { id } of github.runs) {
    for (const [name, files] of github.artifactsOf(id)) writeFiles(join(folder, 'artifacts', `${id}`, name), files);
  }
}

/** Takes over what it did. */
export function takeDone(folder: string, { place, releases }: Pick<CommandOptions, 'place' | 'releases'>): void {
  const path = join(folder, 'done.jsonl');
  for (const line of existsSync(path) ? linesOf(readFileSync(path, 'utf8')) : []) {
    const { issue, publish } = v.parse(Done, JSON.parse(line));
    if (issue !== undefined) place.github.issues.push(issue);
    if (publish === undefined) continue;
    const release = releases?.releases.find(({ tag_name }) => tag_name === publish);
    if (release === undefined) throw new Error(`release not found: ${publish}`);
    release.draft = false;
  }
}

const Done = v.strictObject({
  issue: v.optional(v.strictObject({ title: v.string(), body: v.string() })),
  publish: v.optional(v.string()),
});

const GH = join(import.meta.dirname, 'gh.ts');
