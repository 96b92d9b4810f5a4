import { type Inert, inert } from '../base/inert.ts';
import type { Ended } from './ending.ts';
import { reasonLines } from './failure.ts';
import { isKnownState } from './history.ts';

/** A failure that another try only repeats. */
interface Hopeless {
  /** What a line of the service's text has, or the whole of its word for the end. Others' texts, each from its source. */
  readonly says: RegExp;
  readonly why: Inert;
}

const HOPELESS: readonly Hopeless[] = [
  {
    // PyTorch: "CUDA out of memory. Tried to allocate ...", "CUDA error: out of memory", "DefaultCPUAllocator: not enough
    // memory"; ComfyUI: "Allocation on device 0 would exceed allowed memory", "you ran out of memory on your GPU".
    says: /out of memory|OutOfMemoryError|not enough memory|Allocation on device|cudaErrorMemoryAllocation/i,
    why: inert`it needs more memory than there is. Ask for less (size, batch, frames), or for a larger GPU.`,
  },
  {
    // ComfyUI, validate_prompt in execution.py: what it finds before it runs anything.
    says: /failed validation|Prompt has no outputs|Required input is missing|Value not in list|smaller than min of|bigger than max of|Failed to convert an input value|Return type mismatch between|Custom validation failed|Bad linked input/i,
    why: inert`ComfyUI does not take this workflow with these parameters: a value, an input or a model in it is wrong or missing. Correct it.`,
  },
  {
    // ComfyUI, the same; "Cannot execute because node X does not exist." was said in its place until 2025.
    says: /custom node may not be installed|a custom node is missing|Cannot execute because/i,
    why: inert`a node of the workflow is not installed there. Install it, or choose agents that have it by the workflow's labels.`,
  },
  {
    // ComfyUI, folder_paths.py and sd.py; Python.
    says: /Model in folder '|Could not detect model type of|No module named/i,
    why: inert`a model or a module is missing there, or is of an unknown kind. Install it, or choose agents that have it by the workflow's labels.`,
  },
  {
    // PyTorch: models that do not belong together (ComfyUI: "make sure the correct file(s) and type is selected").
    says: /mat1 and mat2 shapes cannot be multiplied|Error\(s\) in loading state_dict/i,
    why: inert`its models do not fit each other. Choose ones that do.`,
  },
  {
    // Nerfstudio, install_checks.py.
    says: /Could not find (?:COLMAP|ffmpeg)/i,
    why: inert`a program that it needs is not installed there. Install it.`,
  },
  {
    // The service's own words for a task that its workflow's `task_timeout` ended.
    says: /^(?:timed[-_ ]?out|timeout|expired)$/i,
    why: inert`the service's own time for it was over, and another try has no more. Raise the workflow's task_timeout, or ask for less.`,
  },
];

/** Why a task that ended as failed is not to be tried again, as the end of a sentence; `undefined` where it may help. */
export function whyHopeless(ended: Pick<Ended, 'isConfirmed' | 'word' | 'error'>): Inert | undefined {
  const { isConfirmed, word } = ended;
  if (!isConfirmed) return inert`its record does not say that it failed, so it may still go on.`;
  if (!isKnownState(word)) return inert`nobody knows what ${word} means, so it may have been for a reason.`;
  return causeOf(ended);
}

/** What would make another try fail as well, and what to do about it, as the end of a sentence; `undefined` where nobody knows. */
export function causeOf(ended: Pick<Ended, 'word' | 'error'>): Inert | undefined {
  const said = [ended.word, ...reasonLines(ended)];
  return HOPELESS.find(({ says }) => said.some((line) => says.test(line)))?.why;
}
