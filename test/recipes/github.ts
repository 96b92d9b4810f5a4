import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Files by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** An in-toto statement, as `actions/attest` signs it. */
export interface Statement {
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** What GitHub keeps beyond a job. Disposing of it ends what runs, and removes the workspaces of its jobs. */
export interface GitHub extends Disposable {
  /** Where jobs have their workspaces. */
  readonly folder: string;
  /** Aborted at the end. */
  readonly over: AbortSignal;
  /** Oldest first. */
  readonly caches: { readonly key: string; readonly path: string; readonly files: Files }[];
  readonly artifacts: Map<string, Files>;
  readonly attestations: Statement[];
  /** Images that were built, with the files that their build saw. */
  readonly images: { readonly tags: string; readonly context: Files }[];
}

export function createGitHub(): GitHub {
  const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  const over = new AbortController();
  return {
    folder,
    over: over.signal,
    caches: [],
    artifacts: new Map(),
    attestations: [],
    images: [],
    [Symbol.dispose]() {
      over.abort();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Writes files below a folder, over those that are there; others stay. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
