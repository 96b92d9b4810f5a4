import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** An error that a run of the built action ended with, as a test saw it. */
export interface Seen {
  /** What its annotation is headed by. */
  readonly title: string;
  readonly message: string;
  /** The test file, from the root. */
  readonly test: string;
}

/** What the tests of the built action saw (`test/seen.ts`), and which of them were not run whole since it was built. */
export function readSeen(root: string): { readonly seen: readonly Seen[]; readonly missing: readonly string[] } {
  const tests = globSync('test/action/*.test.ts', { cwd: root }).sort();
  const fileOf = (test: string) => join(root, 'build/errors', `${test}.json`);
  const seen = tests
    .filter((test) => existsSync(fileOf(test)))
    .flatMap((test) => {
      const found: { title: string; message: string }[] = JSON.parse(readFileSync(fileOf(test), 'utf8'));
      return found.map(({ title, message }) => ({ title, message: steady(message), test }));
    });
  return { seen, missing: tests.filter((test) => !existsSync(fileOf(test))).map((test) => basename(test)) };
}

/** The same words, without what is another each time: ports, the workspace, ids of tasks. */
export function steady(message: string): string {
  return message
    .replace(/(127\.0\.0\.1|localhost|\[::1\]):\d+/g, '$1:8080')
    .replace(/\/[\w/]*\/action-test-\w{6}(?:-link)?/g, '/home/runner/work/shop/shop')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '251ab37b-8114-4540-9306-932c96d94ed8');
}
