import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readChangelog } from '../scripts/changelog.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const WORKFLOWS = readdirSync(join(ROOT, '.github/workflows'));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Actions in a text: `actions/checkout`, its commit and tag, whichever of its parts is used. */
const pinsOf = (text: string) =>
  [...text.matchAll(/uses: (?!cyberun\/run@|\.\/)([\w-]+\/[\w.-]+)[\w./-]*@(.*)$/gm)].map(([, name = '', at = '']) => ({
    name,
    at,
  }));

describe.each(WORKFLOWS)('.github/workflows/%s', (file) => {
  const text = read(`.github/workflows/${file}`);
  const workflow: Workflow = parse(text);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  test('is pinned to commits of tags that a comment names', () => {
    for (const { at } of pinsOf(text)) expect(at).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(pinsOf(text)).toHaveLength(steps.filter(({ uses }) => uses !== undefined && uses !== './').length);
  });

  test('has no rights but those that its jobs ask for, says of each what for, and ends', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.concurrency).toBeDefined();
    for (const job of jobs) {
      expect(job.permissions).toBeDefined();
      expect(job['timeout-minutes']).toBeDefined();
    }
    const rights = jobs.flatMap((job) => Object.keys(job.permissions ?? {}));
    expect(text.match(/^ {6}[a-z-]+: (?:read|write) # \S.*$/gm) ?? []).toHaveLength(rights.length);
  });

  test('leaves no credentials in a checkout, and no expression in a script', () => {
    for (const { uses = '', run = '', with: given } of steps) {
      expect(run).not.toContain('${{');
      if (uses.startsWith('actions/checkout@')) expect(given).toEqual({ 'persist-credentials': false });
    }
  });
});

test('an action has one commit and one tag, in the examples, too', () => {
  const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yml'));
  const texts = [
    ...WORKFLOWS.map((name) => `.github/workflows/${name}`),
    ...examples.map((name) => `examples/${name}`),
  ];
  const pins = new Map<string, Set<string>>();
  for (const { name, at } of texts.flatMap((path) => pinsOf(read(path)))) {
    pins.set(name, (pins.get(name) ?? new Set()).add(at));
  }
  expect([...pins].filter(([, ats]) => ats.size > 1)).toEqual([]);
  expect(pins.size).toBeGreaterThan(10);
});

test('only the jobs that attest or publish may write, and none of them runs what the repository holds', () => {
  const { jobs }: Workflow = parse(read('.github/workflows/release.yml'));
  const writing = Object.entries(jobs).filter(([, { permissions = {} }]) =>
    Object.values(permissions).includes('write'),
  );
  expect(writing.map(([name]) => name)).toEqual(['attest', 'draft', 'publish']);
  for (const [, { steps }] of writing) {
    for (const { run = '', uses } of steps) {
      expect(run).not.toMatch(/npm|npx|node |\.ci\/|\.\//);
      expect(uses).not.toBe('./');
    }
  }
});

test('every command that documents name is there', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', '.github/pull_request_template.md'];
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = [...documents, ...pages.map((name) => `docs/${name}`)].map(read);
  const named = texts.flatMap((text) => [...text.matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g)].map(([, name]) => name));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name = '') => !(name in scripts))).toEqual([]);

  const files = texts.flatMap((text) =>
    [...text.matchAll(/(?:node|vitest run) ([a-z]+\/[\w./-]+)/g)].map(([, name]) => name),
  );
  expect(files).not.toEqual([]);
  expect(
    files.filter((name = '') => name.includes('/') && !name.startsWith('dist/') && !existsSync(join(ROOT, name))),
  ).toEqual([]);
});

test('CONTRIBUTING.md says what each command of npm is for, but those that others call', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const text = read('CONTRIBUTING.md');
  const table = text.slice(text.indexOf('## What you do'), text.indexOf('## The house'));
  const told = [...table.matchAll(/\| `npm (?:run )?(?:-s )?([a-z:]+)/g)].map(([, name]) => name);
  expect(told.sort()).toEqual(
    Object.keys(scripts)
      .filter((name) => name !== 'clean')
      .sort(),
  );
});

test('where colours are not wanted, npm run check has none', () => {
  const [command, ...args] = JSON.parse(read('package.json')).scripts.check.split(' && ', 1)[0].split(' ');
  const path = join(ROOT, 'node_modules/.bin', command);
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  const { stdout, stderr } = spawnSync(path, [...args, 'biome.json'], { cwd: ROOT, env, encoding: 'utf8' });
  expect(`${stdout}${stderr}`).toMatch(/^Checked 1 file/m);
  expect(stripVTControlCharacters(stdout + stderr)).toBe(stdout + stderr);
});

test('CHANGELOG.md has the form of Keep a Changelog, and a link for each entry', () => {
  const text = read('CHANGELOG.md');
  const entries = readChangelog(text);
  for (const { name } of entries)
    expect(text).toMatch(new RegExp(`^\\[${name}\\]: https://github.com/cyberun/run/`, 'm'));
});

test('what users pin in examples is the repository that the forms lead to', () => {
  const forms = ['config.yml', 'bug.yml'].map((name) => read(`.github/ISSUE_TEMPLATE/${name}`));
  for (const form of forms) expect(form).toContain('https://github.com/cyberun/run/security/advisories/new');
});

test('each line of CODEOWNERS is of what is there, and has owners', () => {
  const lines = read('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => /^[^#]/.test(line));
  for (const line of lines) {
    const [path = '', ...owners] = line.split(/\s+/);
    expect(path === '*' || existsSync(join(ROOT, path))).toBe(true);
    expect(owners).not.toEqual([]);
    expect(owners.filter((owner) => !/^@cyberun\/run-[a-z]+$/.test(owner))).toEqual([]);
  }
});
