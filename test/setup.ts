import fc from 'fast-check';
import { afterAll } from 'vitest';
import { keepSeen } from './seen.ts';

// What fails once fails again, on whatever machine. `FUZZ_FIRST=$RANDOM npx vitest run` looks elsewhere.
fc.configureGlobal({ seed: Number(process.env.FUZZ_FIRST ?? 1) });

afterAll(keepSeen);
