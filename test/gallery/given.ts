import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { systemDisk } from '../../src/base/disk.ts';
import { inert } from '../../src/base/inert.ts';
import type { Gallery, GalleryFile, GalleryTask } from '../../src/gallery/gallery.ts';
import { pageOf } from '../../src/gallery/page.ts';

/** A folder for a page and its files, removed in the end. */
export function createFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'gallery-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A picture of one colour, as PNG. */
export function picture(size = 8, shade = 120): Buffer {
  const png = new PNG({ width: size, height: size });
  png.data.fill(shade);
  return PNG.sync.write(png);
}

/** A file that lies in a folder. */
export function fileIn(folder: string, name: string, bytes: Uint8Array, more: Partial<GalleryFile> = {}): GalleryFile {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { name, path, place: name, bytes: bytes.byteLength, sha256: 'ab'.repeat(32), mediaType: 'image/png', ...more };
}

export function taskOf(files: readonly GalleryFile[], more: Partial<GalleryTask> = {}): GalleryTask {
  return {
    label: 'seed 1',
    parameters: { seed: 1 },
    taskId: '251ab37b',
    agentId: 'gpu-node-01',
    gpuType: 'NVIDIA L4',
    queueTime: 41_000,
    runTime: 31_000,
    ending: 'completed',
    files,
    ...more,
  };
}

export function galleryOf(tasks: readonly GalleryTask[], more: Partial<Gallery> = {}): Gallery {
  return { workflow: 'Shop hero', reference: '3', facts: [inert`4 tasks`], shared: { steps: 20 }, tasks, ...more };
}

/** The pieces of a page. */
export async function piecesOf(gallery: Gallery, budget?: number): Promise<string[]> {
  return Array.fromAsync(pageOf(gallery, systemDisk, budget));
}

export async function textOf(gallery: Gallery, budget?: number): Promise<string> {
  return (await piecesOf(gallery, budget)).join('');
}

/** Texts that a page could take for its own markup, or that would show as something else. */
export const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '"><img src=x onerror="window.hacked=1">',
  `' onmouseover='window.hacked=1`,
  '</style></title></textarea><svg onload=window.hacked=1>',
  'javascript:window.hacked=1//',
  '--><!--><iframe srcdoc="<script>parent.hacked=1</script>">',
  '&lt;script&gt;window.hacked=1&lt;/script&gt;',
  'a\u202egnp.exe\u2066b\u200bc\u0000d\u0007',
  '${window.hacked = 1} {{hacked}} <% hacked %>',
];
