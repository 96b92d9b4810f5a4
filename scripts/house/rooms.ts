/**
 * The lines of the house, as tables; `npm run check` holds them (problems.ts). A name stands for a file, or for a folder
 * and all that is in it. What is not listed is refused.
 */
export type Lines = Readonly<Record<string, readonly string[]>>;

/** What workflow/ stands on, and so all that stands on workflow/. */
const LOWER = [
  'src/inputs',
  'src/matrix',
  'src/files',
  'src/task',
  'src/archive',
  'src/transfer',
  'src/cyberun',
  'src/base',
];

/**
 * What each room may import of ours, besides itself. From the ground up: a room names only rooms of lines above its own,
 * so no two can come to need each other. An import of types is an import, too.
 */
export const ROOMS: Lines = {
  'src/base': [],
  'src/archive': ['src/base'],
  'src/cyberun': ['src/base'],
  'src/transfer': ['src/base'],
  'src/task': ['src/cyberun', 'src/base'],
  'src/files': ['src/task', 'src/archive', 'src/transfer', 'src/cyberun', 'src/base'],
  'src/release': ['src/files', 'src/base'],
  'src/gallery': ['src/base'],
  'src/matrix': ['src/files', 'src/task', 'src/cyberun', 'src/base'],
  'src/inputs': ['src/files/folder.ts', 'src/base'],
  'src/workflow': LOWER,
  'src/github': ['src/matrix', 'src/release', 'src/files', 'src/task', 'src/base'],
  'src/step': ['src/github', 'src/release', 'src/gallery', 'src/workflow', ...LOWER],
  'src/main.ts': ['src/step', 'src/github', 'src/release', 'src/workflow', ...LOWER],
  'src/left-open.ts': [
    'src/github/state.ts',
    'src/inputs/credentials.ts',
    'src/task/cancel.ts',
    'src/task/leftovers.ts',
    'src/task/likely.ts',
    'src/cyberun/http.ts',
    'src/cyberun/tasks.ts',
    'src/base',
  ],
  'src/post.ts': ['src/left-open.ts', 'src/github/log.ts', 'src/github/saved.ts', 'src/base'],
  scripts: [],
  emulator: ['scripts/command.ts'],
  simulator: ['scripts/command.ts', 'src'],
  demo: ['emulator', 'scripts/command.ts'],
  bench: ['simulator', 'emulator', 'scripts/command.ts', 'src'],
  test: ['scripts', 'demo', 'simulator', 'emulator', 'src'],
  'vitest.config.ts': [],
  'vitest.real.config.ts': [],
};

/** What a file must not reach, however many imports lie between. Imports of types don't count, as nothing of them is built. */
export const OUT_OF_REACH: Lines = {
  // A cancelled run must not begin anew.
  'src/post.ts': ['src/cyberun/client.ts', 'src/cyberun/submit.ts', 'src/task/submit.ts'],
};

/** Who in src/ may import a package, or a module of Node. */
export const PACKAGES: Lines = {
  '@actions/core': ['src/left-open.ts', 'src/step', 'src/github'],
  '@actions/github': ['src/release/api.ts', 'src/release/open.ts'],
  '@actions/tool-cache': ['src/archive/tool.ts'],
  'eventsource-parser': ['src/cyberun/events.ts'],
  'jpeg-js': ['src/gallery/decode.ts'],
  filenamify: ['src/files', 'src/workflow'],
  minimatch: ['src/base/pattern.ts'],
  mrmime: ['src/files', 'src/workflow'],
  'p-limit': ['src/files', 'src/matrix', 'src/release', 'src/transfer', 'src/workflow'],
  pngjs: ['src/gallery/decode.ts'],
  'pretty-bytes': ['src/files', 'src/gallery', 'src/github', 'src/step', 'src/transfer', 'src/workflow'],
  tar: ['src/archive/tar.ts'],
  undici: ['src/base/wire.ts', 'src/base/receive.ts'],
  valibot: ['src/cyberun/schema.ts'],
  yaml: ['src/base/mapping.ts'],
  yauzl: ['src/archive'],

  'node:buffer': ['src/archive'],
  'node:crypto': ['src/base/sign.ts', 'src/files', 'src/gallery', 'src/release', 'src/transfer', 'src/workflow'],
  'node:dns': ['src/base/wire.ts'],
  'node:fs': ['src/base/disk.ts', 'src/archive'],
  'node:fs/promises': [
    'src/base/disk.ts',
    'src/archive',
    'src/inputs',
    'src/files/folder.ts',
    'src/workflow/find-file.ts',
  ],
  'node:net': ['src/base/addresses.ts', 'src/base/wire.ts'],
  'node:os': ['src/transfer/digest.ts'],
  'node:path': [
    ...['src/archive', 'src/files', 'src/gallery', 'src/github', 'src/inputs'],
    ...['src/release', 'src/step', 'src/transfer', 'src/workflow'],
  ],
  'node:stream': ['src/base/wire.ts', 'src/task'],
  'node:stream/promises': ['src/archive/tar.ts'],
  'node:util': ['src/base', 'src/matrix/plan.ts', 'src/workflow'],
  'node:v8': ['src/main.ts'],
  'node:worker_threads': ['src/transfer/digest.ts'],
  'node:zlib': ['src/archive'],
};

/** Who in src/ may use what is there without an import. What is not named here is free. */
export const GLOBALS: Lines = {
  // The network has one door, `Wire`.
  fetch: [],
  EventSource: [],
  WebSocket: [],
  // Time is made from `Clock`, so that a test can own it.
  setTimeout: ['src/base/clock.ts'],
  setInterval: [],
  setImmediate: [],
  performance: ['src/base/clock.ts'],
  'Date.now': ['src/base/clock.ts'],
  'new Date()': [],
  'AbortSignal.timeout': [],
  'Math.random': ['src/base/clock.ts'],
  // So is what this process was given.
  process: [
    ...['src/main.ts', 'src/post.ts', 'src/left-open.ts', 'src/step', 'src/inputs', 'src/github/log.ts'],
    'src/transfer/digest.ts',
  ],
  'process.env': ['src/main.ts', 'src/post.ts', 'src/left-open.ts', 'src/step'],
  // These lead around the tables. A thread has its program as text, which has nothing to import.
  'process.getBuiltinModule': ['src/transfer/digest.ts'],
  require: [],
  global: [],
  globalThis: [],
};
