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

/** An image that was built. */
export interface Image {
  readonly tags: string;
  readonly labels: string;
  readonly args: string;
  /** The files that its build saw, and those of each further context. */
  readonly context: Files;
  readonly contexts: Readonly<Record<string, Files>>;
  readonly pushed: boolean;
  /** `sha256:...` of all that. */
  readonly digest: string;
}

/** A run of a workflow that is a file. */
export interface WorkflowRun {
  readonly id: number;
  readonly file: string;
  readonly event: string;
  /** `2026-01-31`, in UTC. */
  readonly created: string;
}

/** What GitHub keeps beyond a job. Disposing of it ends what runs, and removes the workspaces of its jobs. */
export interface GitHub extends Disposable {
  /** Where jobs have their workspaces. */
  readonly folder: string;
  /** Aborted at the end. */
  readonly over: AbortSignal;
  /** Oldest first; paths are relative to the workspace. */
  readonly caches: { readonly key: string; readonly path: string; readonly files: Files }[];
  /** Those of a run, by name. Default: run 1. */
  readonly artifactsOf: (runId?: number) => Map<string, Files>;
  readonly runs: WorkflowRun[];
  readonly issues: { readonly title: string; readonly body: string }[];
  readonly attestations: Statement[];
  readonly images: Image[];
}

export function createGitHub(): GitHub {
  const folder = mkdtempSync(join(tmpdir(), 'recipes-'));
  const over = new AbortController();
  const artifacts = new Map<number, Map<string, Files>>();
  return {
    folder,
    over: over.signal,
    caches: [],
    artifactsOf(runId = 1) {
      const known = artifacts.get(runId) ?? new Map<string, Files>();
      artifacts.set(runId, known);
      return known;
    },
    runs: [],
    issues: [],
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
