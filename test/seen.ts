import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, inject } from 'vitest';
import type { StepResult } from '../emulator/runner/runner.ts';

/** With what the runs of this test file ended: title and message of each error, as JSON, so that each is there once. */
const seen = new Set<string>();
const ROOT = join(import.meta.dirname, '..');
/** `npm run build` removes it, so what is there was seen of the action that is built. */
const FOLDER = join(ROOT, 'build/errors');

/** Remembers with what a run of the built action ended; `scripts/errors.ts` lists it. */
export function see({ annotations }: StepResult): void {
  for (const { level, title, message } of annotations) {
    // Without a title, it is the runner's own.
    if (level === 'error' && title !== undefined) seen.add(JSON.stringify({ title, message }));
  }
}

/** Writes down what this test file saw, if all of it was run. */
export function keepSeen(): void {
  const { testPath } = expect.getState();
  if (testPath === undefined || !inject('isWhole')) return;
  const path = join(FOLDER, `${relative(ROOT, testPath)}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `[${[...seen].join(',\n')}]\n`);
}
