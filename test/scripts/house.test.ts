import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { problemsOf } from '../../scripts/house/problems.ts';
import { ROOMS } from '../../scripts/house/rooms.ts';
import { readTree } from '../../scripts/house/tree.ts';

function problemsIn(files: Record<string, string>): string[] {
  return problemsOf(new Map(Object.entries(files)));
}

test('nothing in the repository is against the lines of the house', () => {
  const tree = readTree(join(import.meta.dirname, '../..'));
  expect([...tree.keys()]).toEqual(
    expect.arrayContaining(['src/main.ts', 'src/base/clock.ts', 'emulator/runner/runner.ts', 'vitest.config.ts']),
  );
  expect(problemsOf(tree)).toEqual([]);
});

test('a room of the table names only rooms above its own line', () => {
  const rooms = Object.keys(ROOMS);
  const roomOf = (place: string) => rooms.findIndex((room) => place === room || place.startsWith(`${room}/`));
  for (const [index, room] of rooms.entries()) {
    if (room.startsWith('src/'))
      for (const place of ROOMS[room] ?? []) expect(index, room).toBeGreaterThan(roomOf(place));
  }
});

describe('an arrow that the table does not have', () => {
  test.each([
    ['src/base/x.ts', '../cyberun/http.ts'],
    ['src/cyberun/x.ts', '../inputs/inputs.ts'],
    ['src/cyberun/x.ts', '../task/context.ts'],
    ['src/cyberun/x.ts', '../transfer/storage.ts'],
    ['src/transfer/x.ts', '../cyberun/http.ts'],
    ['src/transfer/x.ts', '../files/names.ts'],
    ['src/task/x.ts', '../transfer/storage.ts'],
    ['src/task/x.ts', '../files/collect.ts'],
    ['src/task/x.ts', '../matrix/matrix.ts'],
    ['src/task/x.ts', '../github/log.ts'],
    ['src/files/x.ts', '../matrix/matrix.ts'],
    ['src/files/x.ts', '../github/log.ts'],
    ['src/files/x.ts', '../inputs/inputs.ts'],
    ['src/matrix/x.ts', '../transfer/storage.ts'],
    ['src/matrix/x.ts', '../workflow/prepare.ts'],
    ['src/matrix/x.ts', '../github/log.ts'],
    ['src/inputs/x.ts', '../files/names.ts'],
    ['src/inputs/x.ts', '../cyberun/http.ts'],
    ['src/workflow/x.ts', '../github/log.ts'],
    ['src/workflow/x.ts', '../step/step.ts'],
    ['src/github/x.ts', '../cyberun/schema.ts'],
    ['src/github/x.ts', '../transfer/storage.ts'],
    ['src/github/x.ts', '../inputs/inputs.ts'],
    ['src/step/x.ts', '../main.ts'],
    ['src/base/x.ts', '../main.ts'],
    ['src/main.ts', './post.ts'],
    ['src/post.ts', './main.ts'],
    ['src/post.ts', './cyberun/submit.ts'],
    ['src/post.ts', './cyberun/client.ts'],
    ['src/post.ts', './task/submit.ts'],
    ['src/post.ts', './step/step.ts'],
    ['src/left-open.ts', './cyberun/submit.ts'],
    ['src/left-open.ts', './cyberun/client.ts'],
    ['src/left-open.ts', './task/submit.ts'],
    ['src/left-open.ts', './task/run.ts'],
    ['src/left-open.ts', './inputs/inputs.ts'],
    ['src/left-open.ts', './github/outputs.ts'],
    ['src/left-open.ts', './files/names.ts'],
    ['src/main.ts', '../emulator/emulator.ts'],
    ['src/base/x.ts', '../../simulator/clock.ts'],
    ['src/base/x.ts', '../../test/base/fast-clock.ts'],
    ['src/base/x.ts', '../../bench/service.ts'],
    ['src/base/x.ts', '../../package.json'],
    ['emulator/x.ts', '../src/base/clock.ts'],
    ['emulator/runner/x.ts', '../../simulator/clock.ts'],
    ['simulator/x.ts', '../emulator/emulator.ts'],
    ['simulator/x.ts', '../test/base/fast-clock.ts'],
    ['scripts/x.ts', '../src/base/clock.ts'],
  ])('from %s to %s is refused', (path, target) => {
    const problems = problemsIn({ [path]: `\nimport { a } from '${target}';` });
    expect(problems[0]).toContain(`${path}:2 imports ${posix.join(path, '..', target)}: `);
    expect(problems[0]).toContain('may import only itself');
  });

  test.each([
    "import '../task/run.ts';",
    "import run from '../task/run.ts';",
    "import * as run from '../task/run.ts';",
    "import type { Run } from '../task/run.ts';",
    "import { type Run } from '../task/run.ts';",
    "export { run } from '../task/run.ts';",
    "export * from '../task/run.ts';",
    "export type { Run } from '../task/run.ts';",
    "const run = await import('../task/run.ts');",
    'const run = await import(`../task/run.ts`);',
    "type Run = import('../task/run.ts').Run;",
    "let run: typeof import('../task/run.ts');",
    "import run from './../task/run.ts';",
  ])('is seen as %s', (text) => {
    expect(problemsIn({ 'src/cyberun/x.ts': text })).toEqual([
      'src/cyberun/x.ts:1 imports src/task/run.ts: src/cyberun may import only itself, src/base (ROOMS).',
    ]);
  });

  test('is none in a comment or a text', () => {
    const text = "// import '../task/run.ts';\n export const a = \"import '../task/run.ts'\";";
    expect(problemsIn({ 'src/cyberun/x.ts': text })).toEqual([]);
  });
});

test.each([
  ['src/cyberun/x.ts', "import '../base/clock.ts'; import './http.ts';"],
  ['src/inputs/x.ts', "import '../files/folder.ts'; import 'node:fs/promises'; process.cwd();"],
  ['src/post.ts', "await import('./left-open.ts'); process.env.A;"],
  ['src/left-open.ts', "import './task/cancel.ts'; import '@actions/core'; process.env.A;"],
  ['src/step/x.ts', "import '../github/log.ts'; import '../workflow/read.ts'; import '@actions/core'; process.env.A;"],
  ['src/main.ts', "import './step/x.ts'; import './task/run.ts'; process.env.A;"],
  ['src/base/wire.ts', "import 'undici'; import type { Agent } from 'undici/types/agent.js';"],
  ['src/base/clock.ts', 'setTimeout(a, 1); Date.now(); performance.now();'],
  ['simulator/x.ts', "import '../src/task/run.ts'; import 'fast-check';"],
  ['emulator/x.ts', "import 'node:http'; setTimeout(a, 1); Date.now();"],
])('%s may do what the tables give it', (path, text) => {
  expect(problemsIn({ [path]: text })).toEqual([]);
});

test('a file that is in no room is told', () => {
  expect(problemsIn({ 'src/x.ts': '', 'src/run/x.ts': '', 'src/baseline/x.ts': '' })).toEqual([
    'src/x.ts is in no room. Name one in ROOMS.',
    'src/run/x.ts is in no room. Name one in ROOMS.',
    'src/baseline/x.ts is in no room. Name one in ROOMS.',
  ]);
});

describe('a package', () => {
  test.each([
    ['src/transfer/x.ts', 'undici'],
    ['src/cyberun/http.ts', 'undici'],
    ['src/cyberun/http.ts', 'undici/types/agent.js'],
    ['src/cyberun/http.ts', 'eventsource-parser'],
    ['src/workflow/x.ts', 'yaml'],
    ['src/task/x.ts', '@actions/core'],
    ['src/base/log.ts', '@actions/core/lib/core.js'],
    ['src/github/x.ts', '@actions/http-client'],
    ['src/base/x.ts', 'valibot'],
    ['src/cyberun/client.ts', 'valibot'],
    ['src/task/x.ts', 'filenamify'],
    ['src/task/x.ts', 'mrmime'],
    ['src/task/x.ts', 'p-limit'],
    ['src/base/x.ts', 'pretty-bytes'],
    ['src/main.ts', 'left-pad'],
    ['src/main.ts', 'constructor'],
    ['src/main.ts', 'fs'],
    ['src/main.ts', '#inside'],
    ['src/main.ts', '/outside.ts'],
    ['src/main.ts', 'file:///outside.ts'],
    ['src/task/x.ts', 'node:fs'],
    ['src/task/x.ts', 'node:path'],
    ['src/task/x.ts', 'node:crypto'],
    ['src/task/x.ts', 'node:util'],
    ['src/files/x.ts', 'node:stream'],
    ['src/github/x.ts', 'node:fs/promises'],
    ['src/base/wire.ts', 'node:http'],
    ['src/base/wire.ts', 'node:https'],
    ['src/base/wire.ts', 'node:http2'],
    ['src/base/wire.ts', 'node:tls'],
    ['src/base/wire.ts', 'node:tls'],
    ['src/main.ts', 'node:child_process'],
    ['src/main.ts', 'node:worker_threads'],
    ['src/base/clock.ts', 'node:timers/promises'],
    ['src/task/x.ts', 'node:process'],
    ['src/main.ts', 'node:module'],
  ])('that the table does not give to %s is refused: %s', (path, name) => {
    for (const text of [
      `import { a } from '${name}';`,
      `import type { A } from '${name}';`,
      `export * from '${name}';`,
      `await import('${name}');`,
      `type A = import('${name}').A;`,
    ]) {
      expect(problemsIn({ [path]: text })).toEqual([
        expect.stringMatching(new RegExp(`^${path}:1 imports ${name}: .+ may \\(PACKAGES\\)\\.$`)),
      ]);
    }
  });

  test('of which nobody can tell the name is refused', () => {
    expect(problemsIn({ 'src/main.ts': "await import('un' + 'dici');" })).toEqual([
      'src/main.ts:1 imports what it computes: nothing in src may (PACKAGES).',
    ]);
  });
});

describe('a global', () => {
  test.each([
    ['src/cyberun/http.ts', "await fetch('https://example.org');", 'fetch'],
    ['src/base/wire.ts', 'export const wire = { fetch };', 'fetch'],
    ['src/base/wire.ts', 'export const wire = fetch.bind(null);', 'fetch'],
    ['src/cyberun/events.ts', "new EventSource('https://example.org');", 'EventSource'],
    ['src/base/wire.ts', "new WebSocket('wss://example.org');", 'WebSocket'],
    ['src/main.ts', 'setTimeout(() => {}, 1);', 'setTimeout'],
    ['src/matrix/matrix.ts', 'setInterval(say, 1);', 'setInterval'],
    ['src/matrix/matrix.ts', 'await new Promise(setImmediate);', 'setImmediate'],
    ['src/base/clock.ts', 'setInterval(say, 1);', 'setInterval'],
    ['src/task/x.ts', 'performance.now();', 'performance'],
    ['src/task/x.ts', 'Date.now();', 'Date.now'],
    ['src/task/x.ts', 'const now = Date.now;', 'Date.now'],
    ['src/task/x.ts', "Date['now']();", 'Date.now'],
    ['src/task/x.ts', 'Date?.now();', 'Date.now'],
    ['src/task/x.ts', 'const { now } = Date;', 'Date.now'],
    ['src/task/x.ts', 'const { now: a } = Date;', 'Date.now'],
    ['src/task/x.ts', 'new Date();', 'new Date()'],
    ['src/task/x.ts', 'AbortSignal.timeout(1);', 'AbortSignal.timeout'],
    ['src/base/clock.ts', 'AbortSignal.timeout(1);', 'AbortSignal.timeout'],
    ['src/task/x.ts', 'Math.random();', 'Math.random'],
    ['src/base/retry.ts', 'Math.random();', 'Math.random'],
    ['src/task/x.ts', 'process.env.A;', 'process'],
    ['src/inputs/inputs.ts', 'process.env.A;', 'process.env'],
    ['src/inputs/inputs.ts', 'const { env } = process;', 'process.env'],
    ['src/main.ts', "process.getBuiltinModule('node:http');", 'process.getBuiltinModule'],
    ['src/main.ts', "require('undici');", 'require'],
    ['src/main.ts', "globalThis.fetch('');", 'globalThis'],
    ['src/main.ts', "global.fetch('');", 'global'],
  ])('that the table does not give to %s is refused: %s', (path, text, name) => {
    const problems = problemsIn({ [path]: text });
    expect(problems).toContainEqual(expect.stringContaining(`${path}:1 uses ${name}: `));
    expect(problems).toContainEqual(expect.stringMatching(/ may \(GLOBALS\)\.$/));
  });

  test.each([
    'Date.parse(a); new Date(a); Date.UTC(2026);',
    'AbortSignal.any([]); Math.min(1, 2);',
    'wire.fetch(a); clock.performance; clock.Date.now();',
    'const a = { fetch: 1, setTimeout() {} }; class A { process = 1; fetch() {} }',
    'interface A { fetch: string; setTimeout(): void }',
    "// fetch\nexport const a = 'fetch';",
  ])('is not seen where there is none: %s', (text) => {
    expect(problemsIn({ 'src/task/x.ts': text })).toEqual([]);
  });
});

describe('imports in a circle', () => {
  test.each(['import', 'import type', 'export'])('are told once, with all who take part: %s', (kind) => {
    const files = {
      'src/task/a.ts': `${kind} { b } from './b.ts';`,
      'src/task/b.ts': `${kind} { c } from './c.ts'; import '../base/d.ts';`,
      'src/task/c.ts': `${kind} { a } from './a.ts';`,
      'src/task/e.ts': "import './b.ts';",
      'src/base/d.ts': '',
    };
    expect(problemsIn(files)).toEqual([
      'Imports go in a circle: src/task/a.ts -> src/task/b.ts -> src/task/c.ts -> src/task/a.ts.',
    ]);
  });

  test('are none where two ways lead to one file', () => {
    const files = {
      'src/task/a.ts': "import './b.ts'; import './c.ts';",
      'src/task/b.ts': "import './d.ts';",
      'src/task/c.ts': "import './d.ts';",
      'src/task/d.ts': '',
    };
    expect(problemsIn(files)).toEqual([]);
  });
});

describe('what post must not reach', () => {
  const between = (text: string) => ({
    'src/post.ts': "const { cancelOpen } = await import('./left-open.ts');",
    'src/left-open.ts': "import { cancel } from './task/cancel.ts';",
    'src/task/cancel.ts': "export { a } from './a.ts';",
    'src/task/a.ts': text,
  });

  test('is told with the way there', () => {
    expect(problemsIn(between("import { submit } from '../cyberun/submit.ts';"))).toEqual([
      'src/post.ts must not reach src/cyberun/submit.ts: src/post.ts -> src/left-open.ts -> src/task/cancel.ts -> src/task/a.ts -> src/cyberun/submit.ts (OUT_OF_REACH).',
    ]);
    expect(problemsIn(between("await import('../cyberun/client.ts');"))).toHaveLength(1);
    // Of this one an empty import is left.
    expect(problemsIn(between("import { type Client } from '../cyberun/client.ts';"))).toHaveLength(1);
  });

  test('it may have the types of', () => {
    expect(problemsIn(between("import type { Client } from '../cyberun/client.ts';"))).toEqual([]);
  });
});

test('a text that is no TypeScript is an error, as nothing would be seen in it', () => {
  expect(() => problemsIn({ 'src/base/x.ts': "import from 'undici" })).toThrow('src/base/x.ts cannot be read');
});
