import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/whole.ts'],
    // These need programs of others: vitest.real.config.ts.
    exclude: [...configDefaults.exclude, 'test/real/**'],
    setupFiles: ['test/setup.ts'],
    // Real processes, sockets and signals on a noisy machine of two cores: the bound is for what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
