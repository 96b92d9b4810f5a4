import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, matchesGlob, resolve } from 'node:path';
import { filesOf } from '../action/harness.ts';
import { attest } from './attest.ts';
import { DOCKER } from './docker.ts';
import { type Files, writeFiles } from './github.ts';
import { demand, linesOf, type StandIn } from './place.ts';

/** What recipes and examples use beside this action, by name; each keeps to the rules of the real one as far as they meet them. */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  ...DOCKER,

  /** Leaves nothing in the workspace but the repository. */
  'actions/checkout': {
    inputs: ['persist-credentials'],
    run(_, { workspace, files, permissions }) {
      demand(permissions, 'contents', 'read');
      for (const name of readdirSync(workspace)) rmSync(join(workspace, name), { recursive: true });
      writeFiles(workspace, files);
    },
  },

  /** Of `key` and then of each of `restore-keys`: the cache of that very key, or else the newest that begins so. */
  'actions/cache/restore': {
    inputs: ['path', 'key', 'restore-keys'],
    run({ path = '', key = '', 'restore-keys': more = '' }, { workspace, github }) {
      const saved = github.caches.filter((cache) => cache.path === path).toReversed();
      const found = [checkedKey(key), ...linesOf(more).map(checkedKey)]
        .flatMap((wanted) => [
          saved.find((cache) => cache.key === wanted),
          saved.find((cache) => cache.key.startsWith(wanted)),
        ])
        .find((cache) => cache !== undefined);
      if (found !== undefined) writeFiles(workspace, found.files);
    },
  },

  /** A key that is taken, and a path that is not there, are warnings. An empty folder is saved like any other. */
  'actions/cache/save': {
    inputs: ['path', 'key'],
    run({ path = '', key = '' }, { workspace, github }) {
      const taken = github.caches.some((cache) => cache.path === path && cache.key === checkedKey(key));
      if (taken || !existsSync(resolve(workspace, path))) return;
      const files = Object.entries(filesAt(resolve(workspace, path))).map(([name, bytes]) => [join(path, name), bytes]);
      github.caches.push({ key, path, files: Object.fromEntries(files) });
    },
  },

  /** What is hidden stays out, and a folder without a file is a warning. */
  'actions/upload-artifact': {
    inputs: ['name', 'path', 'retention-days', 'overwrite', 'archive'],
    outputs: ['artifact-url'],
    run({ name: given = 'artifact', path = '', overwrite, archive }, { workspace, github, runId }) {
      if (path === '') throw new Error('Input required and not supplied: path');
      const artifacts = github.artifactsOf(runId);
      const place = resolve(workspace, path);
      if (archive === 'false' && !isFile(place)) throw new Error('without an archive, an artifact is one file');
      const name = archive === 'false' ? basename(place) : given;
      const above = isFile(place) ? '' : `${basename(place)}/`;
      const isHidden = (file: string) => `${above}${file}`.split(/[\\/]/).some((part) => part.startsWith('.'));
      const files = Object.entries(filesAt(place)).map(([file, bytes]) => [file || basename(place), bytes] as const);
      const visible = files.filter(([file]) => !isHidden(file));
      const [odd] = [name, ...visible.map(([file]) => file)].filter((one) => /[":<>|*?\r\n]/.test(one));
      if (odd !== undefined || /[\\/]/.test(name)) throw new Error(`not allowed in an artifact: ${odd ?? name}`);
      if (visible.length === 0) return {};
      if (artifacts.has(name) && overwrite !== 'true') throw new Error(`an artifact named ${name} already exists`);
      artifacts.set(name, Object.fromEntries(visible));
      return { 'artifact-url': `https://github.com/octo/demo/actions/runs/${runId}/artifacts/${artifacts.size}` };
    },
  },

  /**
   * One by its name, whose absence is an error, or all that a pattern selects, merged. Fails where two artifacts have other
   * bytes for one path, where the real one leaves either.
   */
  'actions/download-artifact': {
    inputs: ['name', 'pattern', 'path', 'merge-multiple'],
    run({ name, pattern = '', path = '', 'merge-multiple': merged }, { workspace, github, runId }) {
      const artifacts = github.artifactsOf(runId);
      if (name !== undefined && !artifacts.has(name)) throw new Error(`Artifact not found for name: ${name}`);
      if (name === undefined && merged !== 'true') throw new Error('each artifact would have a folder of its own');
      const all = new Map<string, string | Uint8Array>();
      for (const [one, files] of artifacts) {
        for (const [file, bytes] of one === name || matchesGlob(one, pattern) ? Object.entries(files) : []) {
          const other = all.get(file);
          if (other !== undefined && Buffer.compare(Buffer.from(other), Buffer.from(bytes)) !== 0)
            throw new Error(`${file} of ${one} is another one elsewhere`);
          all.set(file, bytes);
        }
      }
      writeFiles(resolve(workspace, path), Object.fromEntries(all));
    },
  },

  'actions/attest': {
    inputs: ['subject-checksums', 'subject-name', 'subject-digest', 'predicate-type', 'predicate-path'],
    run(inputs, place) {
      if (inputs['predicate-type'] === undefined) throw new Error('Input required and not supplied: predicate-type');
      attest(inputs, place);
    },
  },

  'actions/attest-build-provenance': {
    inputs: ['subject-checksums', 'subject-name', 'subject-digest'],
    run: attest,
  },
};

const isFile = (path: string) => existsSync(path) && statSync(path).isFile();

/** The files below a folder, or a file alone, whose path is empty then. */
function filesAt(path: string): Files {
  return isFile(path) ? { '': readFileSync(path) } : filesOf(path);
}

function checkedKey(key: string): string {
  if (key.length > 512 || key.includes(',')) throw new Error(`Key Validation Error: ${key}`);
  return key;
}
