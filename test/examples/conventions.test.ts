import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../action/harness.ts';
import { readExample, readRecipes } from '../recipes/recipe.ts';
import { nameOf, THIS } from '../recipes/step.ts';
import { parseWorkflow, stepsOf } from '../recipes/workflow.ts';

const FOLDER = join(ROOT, 'examples');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const INPUTS = Object.keys(parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')).inputs);

/** Others' actions in a text, as `actions/checkout`, its commit or tag, and what a comment says of it. */
const usesOf = (text: string) =>
  [...text.matchAll(/uses: (?!cyberun\/run@|\.\/)([\w./-]+)@(\S+)(?: # (\S+))?/g)].map(
    ([, name = '', at = '', tag = '']) => ({ name: name.split('/').slice(0, 2).join('/'), at, tag }),
  );
const unique = (lines: string[]) => [...new Set(lines)].sort();

/** The inputs that a text gives to this action. */
const givenTo = (text: string) =>
  stepsOf(parseWorkflow(text).workflow).flatMap((step) =>
    'uses' in step && step.uses === THIS ? Object.keys(step.with) : [],
  );

describe.each(FILES)('examples/%s', (file) => {
  const { text, workflow } = readExample(file);
  const jobs = Object.values(workflow.jobs);

  test('is pinned to commits of tags that a comment names, but for this action', () => {
    for (const { name, at, tag } of usesOf(text)) {
      expect(`${name}@${at}`).toMatch(/@[0-9a-f]{40}$/);
      expect(`${name} ${tag}`).toMatch(/ v\d+\.\d+\.\d+$/);
    }
  });

  test('has no rights but those that its jobs ask for, and ends', () => {
    expect(workflow.permissions).toEqual({});
    for (const job of jobs) {
      expect(job.permissions).toBeDefined();
      if ('steps' in job) expect(job['timeout-minutes']).toBeDefined();
    }
  });

  test('leaves no credentials in a checkout, and no expression in a script', () => {
    for (const step of stepsOf(workflow)) {
      if ('run' in step) expect(step.run).not.toContain('${{');
      else if (nameOf(step.uses) === 'actions/checkout') expect(step.with).toEqual({ 'persist-credentials': 'false' });
    }
  });

  test('has the key from an environment, unless it is passed on', () => {
    for (const job of jobs) {
      const hasKey = JSON.stringify(job).includes('secrets.CYBERUN_API_KEY');
      if (hasKey && 'steps' in job) expect(job.environment).toMatch(/^(?:rendering|planning)$/);
    }
  });

  test('gives this action inputs that it has', () => {
    expect(givenTo(text).filter((input) => !INPUTS.includes(input))).toEqual([]);
  });

  test('is run by a test, and told of in both lists', () => {
    const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
    const run = tests.filter((name) => readFileSync(join(import.meta.dirname, name), 'utf8').includes(`('${file}'`));
    expect(run).not.toEqual([]);
    expect(README).toContain(`](examples/${file})`);
    expect(readFileSync(join(FOLDER, 'README.md'), 'utf8')).toContain(`](${file})`);
  });
});

test('an action has one commit and one tag in all examples', () => {
  const pins = unique(
    FILES.flatMap((file) => usesOf(readExample(file).text)).map(({ name, at, tag }) => `${name}@${at} ${tag}`),
  );
  expect(unique(pins.map((pin) => pin.split('@')[0] ?? ''))).toHaveLength(pins.length);
});

test('README.md and docs/ use the major versions that the examples have', () => {
  const pinned = FILES.flatMap((file) => usesOf(readExample(file).text));
  const majors = unique(pinned.map(({ name, tag }) => `${name}@${tag.split('.')[0]}`));
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const texts = [README, ...docs.map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8'))];
  const used = unique(texts.flatMap(usesOf).map(({ name, at }) => `${name}@${at}`));
  expect(used).not.toEqual([]);
  expect(used.filter((use) => !majors.includes(use))).toEqual([]);
});

test('recipes give this action inputs that it has', () => {
  const given = readRecipes().flatMap(({ text }) => givenTo(text));
  expect(given.length).toBeGreaterThan(30);
  expect(given.filter((input) => !INPUTS.includes(input))).toEqual([]);
});
