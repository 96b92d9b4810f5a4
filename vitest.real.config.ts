import { defineConfig } from 'vitest/config';

/** The tests against programs of others, which `npm run test:real` runs, and `npm test` does not. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // The bound is for what hangs, as in vitest.config.ts.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
