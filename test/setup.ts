import fc from 'fast-check';

// What fails once fails again, on whatever machine. `FUZZ_FIRST=$RANDOM npx vitest run` looks elsewhere.
fc.configureGlobal({ seed: Number(process.env.FUZZ_FIRST ?? 1) });
