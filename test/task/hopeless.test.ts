import { describe, expect, test } from 'vitest';
import { whyHopeless } from '../../src/task/hopeless.ts';

const FAILED = { isConfirmed: true, word: 'failed' };
const why = (error: string | undefined) => whyHopeless({ ...FAILED, error });

describe('what another try only repeats', () => {
  test.each([
    // PyTorch, as ComfyUI and Nerfstudio pass it on.
    ['memory', 'CUDA out of memory. Tried to allocate 14.00 MiB. GPU 0 has a total capacity of 4.00 GiB'],
    [
      'memory',
      'Traceback (most recent call last):\n  File "nodes.py"\ntorch.cuda.OutOfMemoryError: Allocation on device',
    ],
    ['memory', 'CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported at some other API call'],
    ['memory', 'Allocation on device 0 would exceed allowed memory. (out of memory)\nRequested : 320.00 MiB'],
    [
      'memory',
      '[enforce fail at alloc_cpu.cpp:80] data. DefaultCPUAllocator: not enough memory: you tried to allocate',
    ],
    // ComfyUI.
    [
      'these parameters',
      "Prompt outputs failed validation; CheckpointLoaderSimple (node 4): Value not in list: ckpt_name: 'a.ckpt' not in []",
    ],
    ['these parameters', 'KSampler:\n- Required input is missing: steps'],
    ['these parameters', 'Value -1 smaller than min of 0: seed'],
    ['these parameters', 'Failed to convert an input value to a INT value: steps, many'],
    ['a node', "Node 'ReActor' not found. The custom node may not be installed."],
    ['a node', 'Cannot execute because node ReActorFaceSwap does not exist.'],
    ['a model or a module', "Model in folder 'checkpoints' with filename 'sdxl.safetensors' not found."],
    ['a model or a module', 'ERROR: Could not detect model type of: /models/a.safetensors'],
    ['a model or a module', "ModuleNotFoundError: No module named 'insightface'"],
    ['its models', 'mat1 and mat2 shapes cannot be multiplied (154x2048 and 768x320)'],
    // Nerfstudio.
    ['a program', 'Could not find COLMAP. Please install COLMAP.'],
  ])('%s: %s', (reason, error) => {
    expect(why(error)).toContain(reason);
  });

  test.each(['timed_out', 'Timed-Out', 'TIMEOUT', 'expired'])('the time of the service: %s', (word) => {
    expect(whyHopeless({ ...FAILED, word, error: undefined })).toContain('task_timeout');
  });

  test('what nobody knows to be a failure', () => {
    expect(whyHopeless({ ...FAILED, isConfirmed: false, error: 'boom' })).toContain('its record does not say');
    expect(whyHopeless({ ...FAILED, word: 'archived', error: 'boom' })).toContain('nobody knows what archived means');
  });
});

describe('what another try may help', () => {
  test.each([
    undefined,
    '',
    'CUDA error: an illegal memory access was encountered',
    'CUDA error: unspecified launch failure',
    'agent gpu-node-01 disconnected',
    'agent timed out: no heartbeat for 60 s',
    "HTTPSConnectionPool(host='huggingface.co', port=443): Read timed out. (read timeout=10)",
    'ERROR: failed to create sparse model',
    'Input timeout expired on the way',
  ])('%s', (error) => {
    expect(why(error)).toBeUndefined();
  });

  test.each(['failed', 'FAILED', 'error', 'failure'])('an end by the name of %s', (word) => {
    expect(whyHopeless({ ...FAILED, word, error: 'boom' })).toBeUndefined();
  });
});

test('a text of any length is looked at in no time', () => {
  const began = process.cpuUsage();
  for (const part of ['Could not find ', 'smaller than min o', "Model in folder '", 'out of memor ', 'a\n'])
    expect(why(part.repeat(1_000_000))).toSatisfy((said) => said === undefined || part.startsWith('Model'));
  expect(process.cpuUsage(began).user / 1e6).toBeLessThan(20);
});
