import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningStep, type StepOptions, type StepResult, startStep } from '../../../emulator/runner/runner.ts';

/** An action made of throw-away scripts. */
export interface Action {
  /** Bodies of ES modules that play the action. */
  main: string;
  post?: string;
  /** YAML, the value of `inputs:`. */
  inputs?: string;
}

/** Starts it in a folder and workspace of its own, which go with the test; what still runs then is killed. */
export function start(action: Action, options: Partial<StepOptions> = {}): RunningStep {
  const folder = mkdtempSync(join(tmpdir(), 'runner-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'workspace'));
  const post = action.post === undefined ? '' : '\n  post: post.mjs';
  writeFileSync(
    join(folder, 'action.yml'),
    `name: test\ninputs: ${action.inputs ?? '{}'}\nruns:\n  using: node24\n  main: main.mjs${post}\n`,
  );
  writeFileSync(join(folder, 'main.mjs'), action.main);
  writeFileSync(join(folder, 'post.mjs'), action.post ?? '');
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  return startStep({ uses: folder, workspace: join(folder, 'workspace'), signal: ended.signal, ...options });
}

/** Runs it to its end. */
export function run(action: Action, options?: Partial<StepOptions>): Promise<StepResult> {
  return start(action, options).done;
}

/** A script which writes this text as it is. */
export function say(text: string, stream: 'stdout' | 'stderr' = 'stdout'): string {
  return `process.${stream}.write(${JSON.stringify(text)});`;
}

/** A script which appends this text to a command file. */
export function append(variable: string, text: string): string {
  return `(await import('node:fs')).appendFileSync(process.env.${variable}, ${JSON.stringify(text)});`;
}

/** A delimiter as random ones look. */
export const UUID = '8c5c9ab4-1d6b-4b0c-9d0e-6a35c1d8f1aa';

/** A script that stays, and says `ready` when its handlers are set. */
export const STAY = "setInterval(() => {}, 1000); console.log('ready');";
