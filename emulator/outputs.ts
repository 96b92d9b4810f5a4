import { createHash } from 'node:crypto';
import { type Packed, tgzOf, zipOf } from './archives.ts';
import { type Content, createObject } from './objects.ts';
import { renderPicture } from './pictures.ts';
import { renderSplat } from './splat.ts';
import type { Storage } from './storage.ts';
import type { EmulatedTask, StoredOutput } from './task.ts';
import { type EmulatedOutput, wordOf, workflowId } from './workflows.ts';

/** Puts what a task made into the storage. Pictures are drawn at their first download. */
export function storeOutputs(task: EmulatedTask, storage: Storage): StoredOutput[] {
  const { outputs = [{ output: '9.images.0', name: 'output_00001_.png', bytes: 'png' }] } = task.behaviour;
  return outputs.map((output, index) => {
    const key = `tasks/${task.id}/${output.key ?? `${index}/${output.name}`}`;
    const type = output.contentType ?? defaultType(output);
    storage.objects.set(key, createObject(contentOf(output, task, storage), type, output.encoding));
    return { ...output, key };
  });
}

/** The `task_output` of a task's result and of its `completed` event. */
export function taskOutput({ outputs, behaviour }: EmulatedTask): Record<string, unknown> {
  const { outputStyle = 'cloud' } = behaviour;
  const [first] = outputs;
  const cloud = outputs.map(({ output, key, contentType, about }) => [
    output,
    { s3_key: key, content_type: contentType, ...about },
  ]);
  return {
    ...(outputStyle === 'cloud' || outputStyle === 'both' ? Object.fromEntries(cloud) : {}),
    ...((outputStyle === 'agent' || outputStyle === 'both') && first
      ? { storage_key: first.key, image_count: outputs.length }
      : {}),
  };
}

/** The reply of `GET /r/tasks/{id}/result`, with URLs minted for this call. */
export async function resultJson(task: EmulatedTask, storage: Storage): Promise<Record<string, unknown>> {
  const { outputStyle = 'cloud' } = task.behaviour;
  const [first] = task.outputs;
  const mint = ({ key, disposition }: StoredOutput) => storage.presignGet(key, disposition);
  const urls = task.outputs.map(async (output) => [output.output, await mint(output)] as const);
  return {
    id: task.id,
    task_output: taskOutput(task),
    ...((outputStyle === 'agent' || outputStyle === 'both') && first && { download_url: await mint(first) }),
    ...((outputStyle === 'cloud' || outputStyle === 'both') &&
      first && { download_urls: Object.fromEntries(await Promise.all(urls)) }),
    expires_at: new Date(storage.now().getTime() + storage.urlSeconds * 1000).toISOString(),
    task_error: task.error,
    completed_at: task.completedAt?.toISOString(),
    ...task.behaviour.extra?.result,
  };
}

/** The reply of `GET /r/tasks/{id}`. */
export function taskJson(task: EmulatedTask): Record<string, unknown> {
  return {
    id: task.id,
    workflow_id: workflowId(task.workflow),
    task_status: wordOf(task.behaviour, task.status),
    source: 'api_key',
    created_at: task.createdAt.toISOString(),
    started_at: task.startedAt?.toISOString() ?? null,
    completed_at: task.completedAt?.toISOString() ?? null,
    task_error: task.error,
    retry_count: 0,
    agent_id: task.agent?.agent_id ?? null,
    agent_labels: task.agent?.agent_labels ?? [],
    gateway_id: null,
    gpu_type: task.agent?.gpu_type ?? null,
    dispatch_target: task.submission.dispatch_target ?? 'agent',
    target_pool: task.submission.target_pool ?? null,
    tool_type: task.submission.tool_type ?? task.workflow.tool_type,
    ...task.behaviour.extra?.task,
  };
}

function contentOf({ bytes, name }: EmulatedOutput, task: EmulatedTask, storage: Storage): Content {
  if (bytes === 'png') return () => renderPicture(pictureRequest(task, storage));
  if (bytes === 'splat') return () => renderSplat(seedOf(task));
  if (bytes === 'scene.zip') return () => zipOf(sceneOf(task));
  if (bytes === 'scene.tgz') return () => tgzOf(sceneOf(task));
  if (typeof bytes === 'number') return { bytes, seed: createHash('sha256').update(name).digest().readUInt32BE() };
  return bytes;
}

/** What Nerfstudio exports of a scene: the splat, how it was seen, and from where. */
function sceneOf(task: EmulatedTask): Packed[] {
  const seed = seedOf(task);
  const views = [0, 1, 2].map((view) => ({
    path: `images/frame_${String(view + 1).padStart(5, '0')}.png`,
    bytes: renderPicture({ prompt: 'scene', seed: seed + view, width: 64, height: 64 }),
  }));
  const frames = views.map(({ path }) => ({ file_path: path }));
  const transforms = {
    path: 'transforms.json',
    bytes: Buffer.from(JSON.stringify({ camera_model: 'OPENCV', frames })),
  };
  return [{ path: 'splat.ply', bytes: renderSplat(seed) }, transforms, ...views];
}

function pictureRequest(task: EmulatedTask, storage: Storage) {
  const { prompt, width, height, image } = task.parameters;
  // A picture made from another one takes its mood from that one.
  const input = typeof image === 'string' ? storage.objects.get(image) : undefined;
  const mood = input ? createHash('sha256').update(input.bytes).digest('hex') : '';
  return {
    prompt: `${String(prompt ?? '')}${mood}`,
    seed: seedOf(task),
    width: Number(width ?? 512),
    height: Number(height ?? 512),
  };
}

/** Without a seed every task is another picture, as with the real service. */
function seedOf({ id, parameters }: EmulatedTask): number {
  return typeof parameters.seed === 'number'
    ? parameters.seed
    : createHash('sha256').update(id).digest().readUInt32BE();
}

function defaultType({ bytes }: EmulatedOutput): string {
  return bytes === 'png' ? 'image/png' : 'application/octet-stream';
}
