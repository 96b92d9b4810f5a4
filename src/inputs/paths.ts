import { readFile, realpath, rmdir, stat } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { withoutEnd } from '../base/ends.ts';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { isLfsPointer, POINTER_FOUND } from '../base/lfs-pointer.ts';
import { findObstacle, findShellWord, isPrivate, nearestThere, type Place, resolveInside } from '../files/folder.ts';
import { decodeText } from './encoding.ts';

/**
 * The workspace, as the job knows it.
 *
 * @throws {RunError} of kind `input` when it is no folder
 */
export async function findWorkspace(workspace: string): Promise<string> {
  const found = await stat(workspace).catch(() => undefined);
  if (found?.isDirectory() === true) return workspace;
  throw new RunError(
    'input',
    inert`GITHUB_WORKSPACE is ${workspace}, and there is no such folder: an earlier step may have removed it, or a container does not have it. Make it before this step, e.g. by actions/checkout.`,
  );
}

/**
 * The folder that the input `path` names.
 *
 * @throws {RunError} of kind `input` when it is a file, or lies outside the workspace, or in `.git` or `.github`
 */
export async function findOutputFolder(workspace: string, path: string): Promise<Place> {
  const place = await inside(workspace, path, 'path', FOLDER);
  const [reserved] = relative(await realpath(workspace), place.real)
    .split(sep)
    .filter(isReserved);
  if (reserved !== undefined) {
    throw new RunError(
      'input',
      inert`Input path is ${path}, which leads into ${reserved}: what lies there is run by Git or by GitHub, and no place for files that a service names. Write the path of a folder beside it, e.g. \`path: ${exampleFolder(path)}\`.`,
    );
  }
  const found = await stat(place.real).catch(() => undefined);
  if (found === undefined || found.isDirectory()) return place;
  throw new RunError(
    'input',
    inert`Input path is ${path}, which is a file. Write the path of a folder, e.g. \`path: ${exampleFolder(path)}\`.`,
  );
}

/**
 * Makes a folder for files to come, below or at the input `path`, and sees that there can be files in it.
 *
 * @param path The input.
 * @param written What the user would call the folder.
 * @throws {RunError} of kind `input` when there cannot
 */
export async function makeOutputFolder(
  disk: Disk,
  workspace: string,
  folder: string,
  path: string,
  written = path,
): Promise<void> {
  const obstacle = await findObstacle(disk, workspace, folder);
  if (obstacle === undefined) return;
  const place = written === path ? inert`` : inert` with the folder ${written} of a combination,`;
  throw new RunError(
    'input',
    inert`Input path is ${path},${place} ${obstacle}. Write the path of a folder that can be made and written, e.g. \`path: ${exampleFolder(path)}\`.`,
  );
}

/**
 * The same for files that are not to come now: folders that were not there are gone again. `actions/cache` would keep an
 * empty one, and bring it back as the newest.
 */
export async function tryOutputFolder(disk: Disk, workspace: string, folder: string, path: string): Promise<void> {
  const there = await nearestThere(disk, folder);
  try {
    await makeOutputFolder(disk, workspace, folder, path);
  } finally {
    for (let at = folder; at !== there; at = dirname(at)) await rmdir(at).catch(() => undefined);
  }
}

/**
 * The text of the file that the input `parameters-file` names.
 *
 * @throws {RunError} of kind `input` when there is no such file in the workspace, or no text in it
 */
export async function readParametersFile(workspace: string, path: string): Promise<string> {
  const { real } = await inside(workspace, path, 'parameters-file', 'render.yml');
  const named = path.split(/[/\\]/);
  const hidden = relative(await realpath(workspace), real)
    .split(sep)
    .find((part) => isPrivate(part) && !named.includes(part));
  // The job says which file it is; whoever made the checkout says where a link in it leads.
  if (hidden !== undefined) {
    throw new RunError(
      'input',
      inert`Input parameters-file is ${path}, a link that leads to ${hidden}, which may hold secrets. Write the path of the file itself, e.g. \`parameters-file: render.yml\`.`,
    );
  }
  const found = await stat(real).catch(() => undefined);
  // A pipe would be waited for; a file of the size of a disk, read.
  if (found !== undefined && (!found.isFile() || found.size > LARGEST_FILE)) {
    const what = found.isDirectory() ? inert`which is a folder` : inert`which is no file`;
    const said = found.isFile() ? inert`which has more than ${LARGEST_FILE / 1024 / 1024} MiB` : what;
    throw new RunError(
      'input',
      inert`Input parameters-file is ${path}, ${said}. Write the path of a file of parameters, e.g. \`parameters-file: render.yml\`; large data belongs into a file that a parameter of type file names.`,
    );
  }
  const bytes = await readFile(real).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? inert`and there is no such file` : inert`which cannot be read: ${cause.message}`;
    throw new RunError(
      'input',
      inert`Input parameters-file is ${path}, ${why}. Is the repository checked out before this step? Write e.g. \`parameters-file: render.yml\`.`,
      cause,
    );
  });
  const text = decode(bytes, path);
  if (text.trim() === '') {
    throw new RunError(
      'input',
      inert`Input parameters-file is ${path}, which is empty: the step that made it may have failed. Write one \`key: value\` a line into it, or leave parameters-file out.`,
    );
  }
  if (!isLfsPointer(text)) return text;
  throw new RunError('input', inert`Input parameters-file is ${path}, ${POINTER_FOUND}.`);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    const said = (cause as Error).message;
    throw new RunError(
      'input',
      inert`Input parameters-file is ${path}, which ${said}. Write the file in UTF-8.`,
      cause,
    );
  }
}

const FOLDER = 'cyberun-outputs';

/** Another folder than the one that will not do. */
export function exampleFolder(path: string): string {
  return path === FOLDER ? 'renders' : FOLDER;
}

/** In bytes. */
const LARGEST_FILE = 4 * 1024 * 1024;

/** As file systems read names: in any case, without what macOS ignores, and what Windows takes off the end or knows `.git` by. */
function isReserved(name: string): boolean {
  const visible = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return /^(?:\.git|\.github|git~\d+)$/i.test(withoutEnd(visible, /[. ]/));
}

async function inside(workspace: string, path: string, name: string, example: string): Promise<Place> {
  const shell = findShellWord(path);
  if (shell !== undefined) {
    const { word, rest } = shell;
    const right = rest === '' || rest.split(/[/\\]/).includes('..') ? example : rest;
    throw new RunError(
      'input',
      inert`Input ${name} is ${path}, and nothing replaces ${word} here, as no shell reads it. Write a path below the workspace, e.g. \`${name}: ${right}\`.`,
    );
  }
  const found = await resolveInside(workspace, path);
  if (found !== undefined) return found;
  throw new RunError(
    'input',
    inert`Input ${name} is ${path}, which leads out of the workspace. Write a path below it, e.g. \`${name}: ${example}\`.`,
  );
}
