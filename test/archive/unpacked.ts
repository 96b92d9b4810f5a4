import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ArchiveKind } from '../../src/archive/kind.ts';
import { unpack } from '../../src/archive/unpack.ts';
import { systemClock } from '../../src/base/clock.ts';

/** What lies in a folder: a file's bytes, `null` for a folder, any other thing by its letter. */
export type Tree = Readonly<Record<string, string | null>>;

/** Unpacks into a new folder, beside which nothing may appear, and says what lies there. */
export async function unpacked(
  kind: ArchiveKind,
  bytes: Uint8Array,
  signal = new AbortController().signal,
): Promise<Tree> {
  const home = mkdtempSync(join(tmpdir(), 'archive-'));
  const folder = join(home, 'folder');
  writeFileSync(join(home, 'archive'), bytes);
  mkdirSync(folder);
  // The program's command, of every one of a thousand archives. tool.test.ts looks at it.
  const log = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const outcome = await unpack(join(home, 'archive'), kind, folder, { signal, clock: systemClock }).then(
      (files) => ({ files }),
      (error: unknown) => ({ error }),
    );
    if (readdirSync(home).sort().join() !== 'archive,folder') throw new Error('something came out of the folder');
    if ('error' in outcome) throw outcome.error;
    const tree = treeOf(folder);
    const returned = outcome.files.map(({ path, bytes: size }) => `${path} ${size}`);
    const there = Object.entries(tree).flatMap(([path, data]) => (data === null ? [] : `${path} ${data.length}`));
    if (returned.sort().join('\n') !== there.sort().join('\n')) throw new Error('what lies there was not returned');
    return tree;
  } finally {
    log.mockRestore();
    rmSync(home, { recursive: true, force: true });
  }
}

export function treeOf(folder: string): Tree {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) return [path, null];
      return [path, stat.isFile() ? readFileSync(join(folder, path), 'latin1') : `a thing of mode ${stat.mode}`];
    });
  return Object.fromEntries(entries);
}
