import type { Files, GitHub } from './github.ts';
import type { Permissions } from './workflow.ts';

/** Where a step is carried out. */
export interface Place {
  readonly workspace: string;
  /** What the repository holds. */
  readonly files: Files;
  readonly github: GitHub;
  readonly runId: number;
  /** What the job's token may do. Of a part of a job, which says nothing of it: everything. */
  readonly permissions: Permissions | undefined;
  /** Registries that a step of this job has logged in to. */
  readonly logins: Set<string>;
}

/** An action of somebody else. It has those inputs and outputs and no other, and throws where the real one would fail. */
export interface StandIn {
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly run: (inputs: Readonly<Record<string, string>>, place: Place) => Record<string, string> | undefined;
}

/** Throws unless the job's token may do that. */
export function demand(permissions: Permissions | undefined, scope: string, level: 'read' | 'write'): void {
  const has = permissions === undefined ? 'write' : permissions[scope];
  if (has !== level && has !== 'write') throw new Error(`Resource not accessible by integration: ${scope}: ${level}`);
}

/** Lines that say something, without white space around them. */
export function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
