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

/** The tests that run src itself: those of the built action would not notice what is changed in it here. */
export default defineConfig({
  test: {
    include: ['test/{base,cyberun,files,github,inputs,matrix,task,transfer,workflow}/**/*.test.ts'],
    setupFiles: ['test/setup.ts', 'scripts/mutation/setup.ts'],
    testTimeout: 60_000,
    sequence: { sequencer: OwnFirst },
  },
});
