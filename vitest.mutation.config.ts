import { defineConfig } from 'vitest/config';

/** The tests that run src itself: those of the built action would not notice what is changed in it here. */
export default defineConfig({
  test: {
    include: ['test/{base,cyberun,files,github,inputs,matrix,task,transfer,workflow}/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
  },
});
