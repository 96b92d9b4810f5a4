import type { Behaviour, EmulatedWorkflow } from './workflows.ts';

/** The fields of one `progress` event that are the workflow's own. */
export interface Progress {
  /** 0 to 1. In ComfyUI it is the node's, so it falls back when the next node starts. */
  readonly progress: number;
  readonly step_current: number;
  readonly step_total: number;
  readonly current_node?: string;
  readonly stage?: string;
  readonly message?: string;
}

/** All the progress that a task of this workflow reports, in order. */
export function* progressOf(
  workflow: EmulatedWorkflow,
  { steps }: Behaviour,
  parameters: Readonly<Record<string, unknown>>,
): Generator<Progress> {
  const total = steps ?? (typeof parameters.steps === 'number' ? parameters.steps : 20);
  if (workflow.tool_type === 'nerfstudio') yield* training(total);
  else yield* nodes(workflow, total);
}

function* nodes({ workflow_json = {} }: EmulatedWorkflow, steps: number): Generator<Progress> {
  const sampler = Object.keys(workflow_json).find((id) => workflow_json[id]?.class_type === 'KSampler') ?? '3';
  const decoder = Object.keys(workflow_json).find((id) => workflow_json[id]?.class_type === 'VAEDecode');
  yield* count(steps, { current_node: sampler });
  if (decoder !== undefined) yield* count(2, { current_node: decoder });
}

function* training(steps: number): Generator<Progress> {
  yield* count(1, { stage: 'download', message: 'Downloading 48 images' });
  yield* count(2, { stage: 'process_data', message: 'Matching camera poses' });
  for (const step of count(steps, { stage: 'train' })) {
    yield { ...step, message: `splatfacto: iteration ${step.step_current} of ${steps}` };
  }
  yield* count(1, { stage: 'export', message: 'Exporting gaussian splat' });
  yield* count(1, { stage: 'upload', message: 'Uploading splat.ply' });
}

function* count(total: number, fields: Partial<Progress>): Generator<Progress> {
  for (let step = 1; step <= total; step += 1) {
    yield { progress: step / total, step_current: step, step_total: total, ...fields };
  }
}
