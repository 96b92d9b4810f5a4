import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { looseReturns } from '../../scripts/house/returns.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What each probe may use. */
const GIVEN = `
declare function limit(): Disposable & { readonly signal: AbortSignal };
declare function lock(): AsyncDisposable;
declare function a(signal?: AbortSignal): Promise<number>;
declare function b(): Promise<number>;
declare function maybe(): number | undefined;
declare function now(): number;
declare const service: { task(): Promise<number> };
declare const yes: boolean;
`;

/** A promise that leaves a scope unawaited, in a function that is async. */
const LEAVES = [
  'async () => { using l = limit(); return a(); }',
  'async () => { using l = limit(); return a(l.signal); }',
  'async () => { using l = limit(); return service.task().catch(() => undefined); }',
  'async () => { await using l = lock(); return a(); }',
  'async () => { using l = limit(); return yes ? await a() : b(); }',
  'async () => { using l = limit(); return maybe() ?? a(); }',
  'async () => { using l = limit(); return yes && a(); }',
  'async () => { using l = limit(); return (a()); }',
  'async () => { using l = limit(); return new Promise<void>(() => {}); }',
  'async () => { using l = limit(); return Promise.all([a(), b()]); }',
  'async () => { using l = limit(); const later = a(); return later; }',
  'async () => { using l = limit(); if (yes) { for (;;) { return a(); } } return 1; }',
  'async () => { if (yes) { using l = limit(); return a(); } return 1; }',
  'async () => { for (using l of [limit()]) return a(); return 1; }',
  'async function () { using l = limit(); return a(); }',
  '{ async method() { using l = limit(); return a(); } }',
  '() => async () => { using l = limit(); return a(); }',
  'async () => { try { return a(); } catch { return 0; } }',
  'async () => { try { return a(); } finally { now(); } }',
  'async () => { try { return yes ? await a() : b(); } catch { return 0; } }',
  'async () => { try { return maybe() ?? a(); } finally { now(); } }',
  'async () => { try { now(); } catch { return a(); } finally { now(); } return 1; }',
  'async () => { try { if (yes) return a(); } catch { now(); } return 1; }',
];

/** One that nobody waits for at all. */
const FLOATS = [
  'async () => { using l = limit(); a(); }',
  '() => { a().finally(now); }',
  '() => { [1].forEach(async () => { await a(); }); }',
];

const FINE = [
  'async () => { using l = limit(); return await a(); }',
  'async () => { using l = limit(); return yes ? await a() : await b(); }',
  'async () => { using l = limit(); return maybe() ?? (await a()); }',
  'async () => { using l = limit(); return now(); }',
  'async () => { using l = limit(); const later = async () => a(); return await later(); }',
  'async () => { { using l = limit(); now(); } return a(); }',
  'async () => { try { return await a(); } catch { return 0; } }',
  'async () => { try { now(); } catch { return a(); } return 1; }',
  'async () => { try { now(); } finally { now(); } return a(); }',
  'async () => a()',
  '() => a()',
  'async () => await a()',
];

/** Promises that leave inside of something else: neither check sees them. */
const UNSEEN = [
  'async () => { using l = limit(); return [a()]; }',
  'async () => { using l = limit(); return { later: a() }; }',
  'async () => { using l = limit(); new Set<unknown>().add(a()); }',
  'async () => { using l = limit(); return () => a(l.signal); }',
  'async () => { using l = limit(); void a(); }',
];

describe('oxlint, as .oxlintrc.json sets it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'awaits-'));
  const probes = [...LEAVES, ...FLOATS, ...FINE, ...UNSEEN];
  let found: readonly (string | undefined)[] = [];

  beforeAll(() => {
    writeFileSync(join(folder, 'given.d.ts'), GIVEN);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions: { types: [] }, include: ['.'] }),
    );
    for (const [index, probe] of probes.entries())
      writeFileSync(join(folder, `${index}.ts`), `export default ${probe};\n`);
    const lint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [lint, '-c', '.oxlintrc.json', '-f', 'json', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    const rules = new Map(diagnostics.map(({ filename, code }) => [/(\d+)\.ts$/.exec(filename)?.[1], code]));
    found = probes.map((_, index) => rules.get(String(index)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ruleFor = (probe: string) => found[probes.indexOf(probe)];

  test.each(LEAVES)('finds a promise that leaves a scope unawaited: %s', (probe) => {
    expect(ruleFor(probe)).toBe('typescript(return-await)');
  });
  test.each(FLOATS)('finds a promise that nobody waits for: %s', (probe) => {
    expect(ruleFor(probe)).toMatch(/no-floating-promises|no-misused-promises/);
  });
  test.each(FINE)('finds nothing where a promise is waited for, or no scope is left: %s', (probe) => {
    expect(ruleFor(probe)).toBe(undefined);
  });
  test.each(UNSEEN)('does not see, which a reader has to: %s', (probe) => {
    expect(ruleFor(probe)).toBe(undefined);
  });
});

describe('in a function that is not async, a return out of a scope', () => {
  const linesOf = (probe: string) => looseReturns('x.ts', `export default ${probe};`);

  test.each([
    '() => { using l = limit(); return a(); }',
    '(): Promise<number> => { using l = limit(); return a(); }',
    '(): number | PromiseLike<number> => { using l = limit(); return a(); }',
    'function () { using l = limit(); return a(); }',
    '{ method() { using l = limit(); return a(); } }',
    'async () => () => { using l = limit(); return a(); }',
    '() => { if (yes) { using l = limit(); for (;;) return a(); } }',
    '() => { for (using l of [limit()]) return a(); }',
    '(): Promise<number> => { try { return a(); } catch { return b(); } }',
    '(): Promise<number> => { try { return a(); } finally { now(); } }',
    '(): Promise<number> => { try { now(); } catch { return a(); } finally { now(); } }',
  ])('is found: %s', (probe) => {
    expect(linesOf(probe)).toHaveLength(1);
  });

  test.each([
    '(): number => { using l = limit(); return now(); }',
    '() => { using l = limit(); return; }',
    '() => { const l = limit(); return a(); }',
    '() => { for (using l of [limit()]) now(); return a(); }',
    '() => { for (using l = limit(); yes; ) now(); return a(); }',
    '() => { { using l = limit(); now(); } return a(); }',
    '() => { using l = limit(); const later = () => { return a(); }; }',
    '(): string => { try { return decode(); } catch { return text; } }',
    '() => { try { now(); } catch { return a(); } }',
    '() => { try { now(); } finally { now(); } return a(); }',
    'async () => { using l = limit(); return a(); }',
  ])('is fine, or for oxlint to judge: %s', (probe) => {
    expect(linesOf(probe)).toEqual([]);
  });
});
