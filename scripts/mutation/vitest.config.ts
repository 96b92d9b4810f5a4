import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * A file is held by the tests of its own room, and by those beside it first: whatever stands on src/base would find its
 * mutants, too, and later.
 */
class OwnFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // StrykerJS says here what is mutated: all of it in the first run, then one file.
    const mutated = (this.ctx.config.related ?? []).map(pathIn('src'));
    const rooms = mutated.map(roomOf);
    const pathOf = (file: TestSpecification) => pathIn('test')(file.moduleId);
    const own = files.filter((file) => rooms.includes(roomOf(pathOf(file))));
    const isBeside = (file: TestSpecification) => mutated.includes(pathOf(file).replace('.test.ts', '.ts'));
    return own.sort((one, other) => Number(isBeside(other)) - Number(isBeside(one)));
  }
}

/** Such as `base/redact.ts`, of `/home/me/run/build/stryker/sandbox-1/src/base/redact.ts`. */
const pathIn = (top: string) => (path: string) => path.slice(path.lastIndexOf(`/${top}/`) + top.length + 2);
const roomOf = (path: string) => path.slice(0, path.indexOf('/'));

/** Tests get our fast-check, which runs a property less often; that gets the real one. */
function fewRuns(name: string, importer: string | undefined): string | undefined {
  const ours = join(import.meta.dirname, 'fast-check.ts');
  return name === 'fast-check' && importer !== ours ? ours : undefined;
}

/** The tests that run src itself: those of the built action would not notice what is changed in it here. */
export default defineConfig({
  plugins: [{ name: 'few-runs', enforce: 'pre', resolveId: fewRuns }],
  test: {
    include: ['test/{base,cyberun,files,github,inputs,matrix,task,transfer,workflow}/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    sequence: { sequencer: OwnFirst },
  },
});
