import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { textToImage } from '../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { startGithub } from '../emulator/github/github.ts';
import { type RunningStep, type StepResult, startStep } from '../emulator/runner/runner.ts';
import type { EmulatedWorkflow } from '../emulator/workflows.ts';
import { logPageOf } from './log-page.ts';
import { pageOf } from './page.ts';
import { ROOT } from './step.ts';
import { giveaways, textOf } from './texts.ts';

/** What a picture shows. */
export interface Scene {
  /** The file that holds its text, beside the picture. */
  readonly file: string;
  readonly text: string;
  /** HTML. */
  readonly page: string;
}

export type SceneName =
  | 'log'
  | 'summary'
  | 'matrix'
  | 'plan'
  | 'gallery'
  | 'reused'
  | 'waited'
  | 'cancelled'
  | 'released';

/**
 * Runs the built action against the embedded service, and keeps what is to be seen of it. Takes some 20 s.
 *
 * @throws {Error} where a run ends otherwise than it should, or tells what no picture may
 */
export async function playScenes(): Promise<Readonly<Record<SceneName, Scene>>> {
  const [one, many] = await Promise.all([playOne(), playMany()]);
  const [waited, cancelled, released] = await Promise.all([playWaiting(), playCancelled(), playReleased()]);
  return { ...one, ...many, waited, cancelled, released };
}

/** A run that waits for an agent first. */
async function playOne(): Promise<Record<'log' | 'summary', Scene>> {
  using workspace = mkdtempDisposableSync(join(tmpdir(), 'scene-'));
  await using emulator = await startEmulator({
    pace: { stepMs: 450, queueMs: 300 },
    replay: 'all',
    workflows: [SOMEBODY_ELSES],
  });
  await keepBusy(emulator);
  const began = performance.now();
  const inputs = {
    workflow: 'text-to-image',
    parameters: 'prompt: a lighthouse at dusk, long exposure\nseed: 7\nwidth: 768\nheight: 512\n',
    timeout: '30m',
  };
  const step = start(emulator, workspace.path, inputs);
  await step.waitForLine('waiting: ');
  await sleep(2_000);
  for (const { id } of emulator.tasks) emulator.release(id);
  const { raw, log, summary } = ended(await step.done, 0);
  const page = logPageOf({
    job: 'render',
    step: 'Run cyberun/run@v1',
    inputs: [
      'with:',
      '  api-key: ***',
      ...Object.entries(inputs).map(([name, value]) => `  ${name}: ${value.trimEnd()}`),
    ],
    raw,
    seconds: Math.round((performance.now() - began) / 1000),
  });
  const show = shownOf(emulator, workspace.path);
  return { log: show('log.txt', log.join('\n'), page), summary: show('summary.md', summary, pageOf(summary)) };
}

/** A matrix of which one task fails, the plan of one that has other seeds, and a run of which most is there already. */
async function playMany(): Promise<Record<'matrix' | 'plan' | 'gallery' | 'reused', Scene>> {
  using workspace = mkdtempDisposableSync(join(tmpdir(), 'scene-'));
  await using emulator = await startEmulator({
    pace: { stepMs: 60, queueMs: 150 },
    replay: 'all',
    workflows: [ONE_FAILS],
    agents: ['gpu-node-01', 'gpu-node-02', 'gpu-node-03'].map((agent_id) => ({
      agent_id,
      agent_labels: ['gpu', 'comfyui'],
      gpu_type: 'NVIDIA L4',
    })),
  });
  const inputs = {
    workflow: 'text-to-image',
    parameters: 'width: 480\nheight: 320\nnegative_prompt: people, text, watermark\n',
    'max-parallel': '5',
    'fail-fast': 'false',
  };
  const matrix = 'prompt: [a lighthouse in spring, a lighthouse in winter, a lighthouse at dusk]\nseed: [1, 2, 3]';
  const step = start(emulator, workspace.path, { ...inputs, matrix, gallery: 'true' });
  const { summary, outputs } = ended(await step.done, 1);
  const gallery = readFileSync(outputs['gallery-path'] ?? '', 'utf8');
  const next = 'prompt: [a lighthouse in winter, a lighthouse at dusk]\nseed: [1, 2, 3, 4]';
  const planned = start(emulator, workspace.path, { ...inputs, matrix: next, reuse: 'true', 'dry-run': 'true' });
  const { summary: plan } = ended(await planned.done, 0);
  const fine = 'prompt: [a lighthouse in spring, a lighthouse in winter]\nseed: [1, 2, 3, 4]';
  const again = start(emulator, workspace.path, { ...inputs, matrix: fine, reuse: 'true' });
  const { summary: reused } = ended(await again.done, 0);
  const show = shownOf(emulator, workspace.path);
  return {
    matrix: show('matrix.md', summary, pageOf(summary)),
    plan: show('plan.md', plan, pageOf(plan)),
    gallery: show('gallery.txt', textOf(gallery), gallery),
    reused: show('reused.md', reused, pageOf(reused)),
  };
}

/** A run that waits longer than it may. */
async function playWaiting(): Promise<Scene> {
  using workspace = mkdtempDisposableSync(join(tmpdir(), 'scene-'));
  await using emulator = await startEmulator({ replay: 'all', workflows: [SOMEBODY_ELSES] });
  await keepBusy(emulator);
  const inputs = { workflow: 'text-to-image', parameters: 'prompt: a lighthouse at dusk\n', 'queue-timeout': '3s' };
  const { summary } = ended(await start(emulator, workspace.path, inputs).done, 1);
  return shownOf(emulator, workspace.path)('waited.md', summary, pageOf(summary));
}

/** A matrix that is cancelled once the first of its tasks is over. */
async function playCancelled(): Promise<Scene> {
  using workspace = mkdtempDisposableSync(join(tmpdir(), 'scene-'));
  await using emulator = await startEmulator({ replay: 'all', workflows: [SECOND_HANGS] });
  const matrix = 'seed: [1, 2, 3]';
  const inputs = { workflow: 'text-to-image', parameters: 'prompt: a lighthouse at dusk\n', 'max-parallel': '1' };
  const step = start(emulator, workspace.path, { ...inputs, matrix });
  await step.waitForLine('[1]  1 file in ');
  await step.waitForLine('[2]  running on ');
  await step.cancel();
  const { summary } = ended(await step.done, 1);
  return shownOf(emulator, workspace.path)('cancelled.md', summary, pageOf(summary));
}

/** A run whose files are attached to a release. */
async function playReleased(): Promise<Scene> {
  using workspace = mkdtempDisposableSync(join(tmpdir(), 'scene-'));
  await using emulator = await startEmulator({ replay: 'all' });
  await using github = await startGithub();
  const release = github.addRelease({ tag: 'v1.0.0', name: 'First light' });
  const step = startStep({
    uses: ROOT,
    workspace: workspace.path,
    with: {
      ...{ 'api-key': emulator.apiKey, 'api-url': emulator.apiUrl, workflow: 'text-to-image' },
      parameters: 'prompt: a lighthouse at dusk\nseed: 7\n',
      ...{ 'attach-to-release': 'true', 'github-token': github.token },
    },
    env: github.jobVariables(release),
    event: github.eventPayload(release),
    eventName: 'release',
    secrets: [emulator.apiKey, github.token],
  });
  const { summary } = ended(await step.done, 0);
  const shown = summary.replaceAll(github.serverUrl, 'https://github.com');
  return shownOf(emulator, workspace.path)('released.md', shown, pageOf(shown));
}

/** Every agent has work of somebody else's. */
async function keepBusy(emulator: Emulator): Promise<void> {
  for (const _ of emulator.agents) await submitSomebodyElses(emulator);
  await emulator.waitFor(({ tasks }) => tasks.every(({ status }) => status === 'running'));
}

/** Keeps an agent until it is released. */
const SOMEBODY_ELSES: EmulatedWorkflow = {
  workflow_slug: 'somebody-elses',
  required_labels: ['gpu'],
  behaviour: { holdAt: 'running', steps: 1 },
};

const SECOND_HANGS: EmulatedWorkflow = {
  ...textToImage,
  behaviour: ({ seed }) => (seed === 2 ? { steps: 4, holdAt: 'running' } : { steps: 4 }),
};

const ONE_FAILS: EmulatedWorkflow = {
  ...textToImage,
  behaviour({ prompt, seed }) {
    const isLarge = prompt === 'a lighthouse at dusk' && seed === 3;
    // Bars that are all of a length show nothing.
    const steps = 12 + ((Number(seed) * 7 + String(prompt).length * 5) % 18);
    return isLarge ? { steps, ending: 'failed', error: 'CUDA out of memory. Tried to allocate 2.00 GiB' } : { steps };
  },
};

async function submitSomebodyElses({ apiUrl, apiKey }: Emulator): Promise<void> {
  await fetch(`${apiUrl}/r/workflows/slug/${SOMEBODY_ELSES.workflow_slug}/run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: '{"parameters":{}}',
  });
}

function start({ apiKey, apiUrl }: Emulator, workspace: string, inputs: Record<string, string>): RunningStep {
  const given = { 'api-key': apiKey, 'api-url': apiUrl, ...inputs };
  return startStep({ uses: ROOT, workspace, with: given, secrets: [apiKey] });
}

function ended(result: StepResult, exitCode: number): StepResult {
  const { violations, log } = result;
  if (result.exitCode === exitCode && violations.length === 0) return result;
  throw new Error(`A run ended with ${result.exitCode}: ${violations.join('; ')}\n${log.join('\n')}`);
}

/** The public service stands where the embedded one was; nothing else is changed. */
function shownOf({ apiUrl, apiKey }: Emulator, workspace: string) {
  const { host } = new URL(apiUrl);
  const shown = (text: string) =>
    text
      .replaceAll(`${host} (input api-url)`, 'core.cyberun.cloud (default of api-url)')
      .replaceAll(host, 'core.cyberun.cloud');
  return (file: string, text: string, page: string): Scene => {
    const scene = { file, text: `${shown(text).trimEnd()}\n`, page: shown(page) };
    const told = giveaways(`${scene.text}${scene.page}`, [ROOT, workspace, apiKey]);
    if (told.length > 0) throw new Error(`The picture of ${file} would show ${told.join(', ')}`);
    return scene;
  };
}
