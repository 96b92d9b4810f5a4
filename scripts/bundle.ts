/**
 * Links what dist is made of, for each entry of action.yml, which ncc then packs: what is loaded first, and what is loaded when
 * it is needed. Node reads all of a file before its first line runs, so the first one is kept small (docs/performance-tried.md has
 * the figures), and ncc has no way to leave out what no run gets to.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { licencesOf } from './bundle/licences.ts';

const root = join(import.meta.dirname, '..');

/** Files that what is used of a package names, and that no run gets to; and what stands in their place. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // Tokens of OpenID Connect, with an HTTP client; and what machine this is, by programs that say so.
  '@actions/core/lib/oidc-utils.js': 'export const OidcClient = undefined;',
  '@actions/core/lib/platform.js': 'export {};',
  // HTTP/2 is off (src/base/wire.ts).
  'undici/lib/dispatcher/client-h2.js': missing('HTTP/2'),
  // For a body that is a form.
  'undici/lib/web/fetch/body.js': missing('fetch'),
  'undici/lib/web/fetch/formdata.js': missing('fetch'),
  'undici/lib/web/webidl/index.js': missing('fetch'),
  // A parser that is an experiment, and off.
  'undici/lib/milo/simd.js': missing('milo'),
  'undici/lib/milo/no-simd.js': missing('milo'),
};

/** A module that throws as soon as it is used, and not when it is loaded. */
function missing(what: string): string {
  return `module.exports = new Proxy(() => {}, { apply: fail, get: fail });
    function fail() { throw new Error('${what} is left out of dist (scripts/bundle.ts)'); }`;
}

const found = new Set<string>();

const leftOut: Plugin = {
  name: 'left out',
  load(id) {
    const file = id.replaceAll('\\', '/').split('/node_modules/').at(-1) ?? '';
    if (LEFT_OUT[file] === undefined) return null;
    found.add(file);
    return LEFT_OUT[file];
  },
};

/**
 * Modules of Node as `require` has them. An `import` reads all that they export, and with that loads what they would load
 * only when asked for it: worker_threads and 32 others, where it is `node:util`. That one may not even be copied.
 */
const builtins: Plugin = {
  name: 'builtins',
  // That one is the bundler's own.
  resolveId: (id) => (isBuiltin(id) && id !== 'node:module' ? `\0node:${id.replace('node:', '')}` : null),
  load(id) {
    const name = id.slice('\0'.length);
    if (id !== `\0${name}` || !isBuiltin(name)) return null;
    return `module.exports = ${name === 'node:util' ? 'Object.create' : ''}(process.getBuiltinModule('${name}'));`;
  },
};

for (const entry of ['main', 'post']) {
  const input = join(root, 'src', `${entry}.ts`);
  const bundle = await rolldown({
    cwd: root,
    input: { index: input },
    platform: 'node',
    plugins: [leftOut, builtins],
    // By its own index, undici has all of its parts.
    resolve: { alias: { undici$: join(root, 'scripts/bundle/undici.js') } },
    // Nothing happens when these are loaded: what is not used of them is not there.
    treeshake: { moduleSideEffects: [{ test: /[\\/]@actions[\\/]/, sideEffects: false }] },
    onLog(_, { message }) {
      throw new Error(message);
    },
  });
  const { output } = await bundle.write({
    dir: join(root, 'build', entry),
    minify: true,
    chunkFileNames: '[name].js',
    // Not the entry itself: it waits for what it does, and what is loaded meanwhile must not wait for it.
    codeSplitting: { groups: [{ name: 'first', tags: ['$initial'], test: (id) => id !== input }] },
  });
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const dist = join(root, 'dist', entry);
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, 'licenses.txt'), licencesOf(modules));
}

const gone = Object.keys(LEFT_OUT).filter((file) => !found.has(file));
if (gone.length > 0) throw new Error(`nothing names ${gone.join(', ')} any more: what came in its place?`);
