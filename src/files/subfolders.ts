/** What a result says of where an output is, unchecked. */
export interface Whereabouts {
  /** The service's id of the output. */
  readonly output: string;
  /** The object's key at the storage. */
  readonly key: string | undefined;
  /** ComfyUI's: the folder below its own output folder; empty for that one. */
  readonly subfolder: string | undefined;
}

/**
 * The folder of each output below its task's own, unchecked, in the same order; empty where the service does not clearly
 * say one.
 *
 * What says so is ComfyUI's `subfolder`, or else a key below the task's own prefix. That prefix ends with the task's id:
 * what all keys have in common would be no sure sign, as a storage may sort files into folders of its own. It may do so
 * below the id, too: folders that only number or name the outputs are the storage's, and left out.
 */
export function subfoldersOf(taskId: string, outputs: readonly Whereabouts[]): string[] {
  const below = outputs.map(({ key, subfolder }) => (subfolder === undefined ? foldersBelow(taskId, key) : undefined));
  const isOfTheStorage = (depth: number) =>
    outputs.every(({ output }, index) => below[index] === undefined || isSorting(below[index][depth], taskId, output));
  let depth = 0;
  while (
    depth < DEEPEST &&
    below.some((folders) => folders !== undefined && folders.length > depth) &&
    isOfTheStorage(depth)
  )
    depth += 1;
  return outputs.map(({ subfolder }, index) => subfolder ?? below[index]?.slice(depth).join('/') ?? '');
}

/** A storage that sorts deeper is none. */
const DEEPEST = 100;

/** The folders between a task's prefix and the object; `undefined` where the key has no such prefix. */
function foldersBelow(taskId: string, key: string | undefined): string[] | undefined {
  const parts = key?.split(/[/\\]/) ?? [];
  const at = parts.indexOf(taskId);
  return at === -1 || at === parts.length - 1 ? undefined : parts.slice(at + 1, -1);
}

/** Whether a folder says no more than that it holds outputs, or which one. */
function isSorting(folder: string | undefined, taskId: string, output: string): boolean {
  if (folder === undefined) return false;
  return /^(?:\d+|outputs?|results?)$/i.test(folder) || UUID.test(folder) || folder === taskId || isOf(output, folder);
}

/** `9.images.0` may lie in `9.images.0`, or in `9`. */
function isOf(output: string, folder: string): boolean {
  return folder === output || output.split('.').includes(folder);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
