import type { EmulatedAgent } from './agents.ts';
import type { EmulatedWorkflow } from './workflows.ts';

/** A picture from words: version 3 of the workflow that the examples run. */
export const textToImage: EmulatedWorkflow = {
  workflow_slug: 'text-to-image',
  version: 3,
  display_name: 'Text to Image',
  description: 'Draws a picture from a prompt.',
  tool_type: 'comfyui',
  required_labels: ['gpu', 'comfyui'],
  task_timeout: 600,
  max_retries: 1,
  preferred_gpu: 'NVIDIA GeForce RTX 4090',
  min_vram_gb: 12,
  default_dispatch_target: 'agent',
  required_models: ['sd_xl_base_1.0.safetensors'],
  parameters: [
    {
      key: 'prompt',
      label: 'Prompt',
      type: 'string',
      description: 'What to draw',
      required: true,
      node_id: '6',
      field: 'text',
    },
    { key: 'negative_prompt', label: 'Negative prompt', type: 'string', default: '', node_id: '7', field: 'text' },
    { key: 'seed', label: 'Seed', type: 'number', min: 0, node_id: '3', field: 'seed' },
    { key: 'steps', label: 'Steps', type: 'number', default: 20, min: 1, max: 50, node_id: '3', field: 'steps' },
    { key: 'width', label: 'Width', type: 'number', default: 512, min: 64, max: 1024, node_id: '5', field: 'width' },
    { key: 'height', label: 'Height', type: 'number', default: 512, min: 64, max: 1024, node_id: '5', field: 'height' },
    {
      key: 'sampler',
      label: 'Sampler',
      type: 'select',
      default: 'euler',
      options: ['euler', 'euler_ancestral', 'dpmpp_2m', 'ddim'],
      node_id: '3',
      field: 'sampler_name',
    },
    { key: 'tiling', label: 'Tiling', type: 'boolean', default: false },
  ],
  workflow_json: {
    '3': {
      class_type: 'KSampler',
      inputs: { steps: 20, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
    },
    '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'sd_xl_base_1.0.safetensors' } },
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: '' } },
    '7': { class_type: 'CLIPTextEncode', inputs: { text: '' } },
    '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    '9': { class_type: 'SaveImage', inputs: { images: ['8', 0], filename_prefix: 'output' } },
  },
};

/** A picture from a picture: has a `file` parameter. */
export const imageToImage: EmulatedWorkflow = {
  ...textToImage,
  workflow_slug: 'image-to-image',
  version: 1,
  display_name: 'Image to Image',
  description: 'Draws a picture in the mood of another one.',
  parameters: [
    {
      key: 'image',
      label: 'Image',
      type: 'file',
      required: true,
      accept: ['image/png', 'image/jpeg'],
      node_id: '10',
      field: 'image',
    },
    { key: 'prompt', label: 'Prompt', type: 'string', default: '', node_id: '6', field: 'text' },
    { key: 'denoise', label: 'Denoise', type: 'number', default: 0.6, min: 0, max: 1, node_id: '3', field: 'denoise' },
    { key: 'seed', label: 'Seed', type: 'number', min: 0, node_id: '3', field: 'seed' },
    { key: 'steps', label: 'Steps', type: 'number', default: 20, min: 1, max: 50, node_id: '3', field: 'steps' },
  ],
  workflow_json: { ...textToImage.workflow_json, '10': { class_type: 'LoadImage', inputs: { image: '' } } },
};

/** A gaussian splat, trained on an agent: one file, by `download_url`. */
export const nerfstudioSplat: EmulatedWorkflow = {
  workflow_slug: 'nerfstudio-splat',
  version: 1,
  display_name: 'Gaussian Splat',
  description: 'Trains a gaussian splat of a scene.',
  tool_type: 'nerfstudio',
  required_labels: ['gpu', 'nerfstudio'],
  task_timeout: 3600,
  default_dispatch_target: 'agent',
  parameters: [
    { key: 'scene', label: 'Scene', type: 'string', default: 'garden' },
    { key: 'steps', label: 'Steps', type: 'number', default: 30, min: 1, max: 30_000 },
    { key: 'seed', label: 'Seed', type: 'number', min: 0 },
  ],
  behaviour: { outputStyle: 'agent', outputs: [{ output: 'splat', name: 'splat.ply', bytes: 'splat' }] },
};

/** A scene as Nerfstudio exports it, in one archive: the splat, its cameras and the pictures that they took. */
export const nerfstudioExport: EmulatedWorkflow = {
  ...nerfstudioSplat,
  workflow_slug: 'nerfstudio-export',
  display_name: 'Scene export',
  description: 'Trains a gaussian splat of a scene, and exports it with its cameras.',
  parameters: [
    ...(nerfstudioSplat.parameters ?? []),
    { key: 'format', label: 'Format', type: 'select', default: 'zip', options: ['zip', 'tgz'] },
  ],
  behaviour: ({ format }) => ({
    outputStyle: 'agent',
    outputs: [
      format === 'tgz'
        ? { output: 'scene', name: 'scene.tar.gz', bytes: 'scene.tgz', contentType: 'application/gzip' }
        : { output: 'scene', name: 'scene.zip', bytes: 'scene.zip', contentType: 'application/zip' },
    ],
  }),
};

/** What `startEmulator` has from the start. */
export const builtInWorkflows: readonly EmulatedWorkflow[] = [
  textToImage,
  {
    ...textToImage,
    version: 2,
    parameters: textToImage.parameters?.filter(({ key }) => key !== 'tiling') ?? [],
  },
  imageToImage,
  nerfstudioSplat,
  nerfstudioExport,
];

/** The team's agents, unless `startEmulator` is given others. */
export const builtInAgents: readonly EmulatedAgent[] = [
  { agent_id: 'gpu-node-01', agent_labels: ['gpu', 'comfyui'] },
  { agent_id: 'gpu-node-02', agent_labels: ['gpu', 'comfyui'] },
  { agent_id: 'gpu-node-03', agent_labels: ['gpu', 'nerfstudio'], gpu_type: 'NVIDIA RTX 6000 Ada Generation' },
];
