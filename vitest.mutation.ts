import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { include: ['test/base/redact.test.ts','test/task/*.test.ts'], testTimeout: 60000 } });
