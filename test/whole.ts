import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Each test file is run as a whole, and not by names of tests. */
    isWhole: boolean;
  }
}

/** Says so to the tests, before any of them. */
export default function setup({ vitest, provide }: TestProject): void {
  provide('isWhole', vitest.getGlobalTestNamePattern() === undefined);
}
