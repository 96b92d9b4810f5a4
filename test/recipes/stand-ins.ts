import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, matchesGlob, relative, resolve } from 'node:path';
import { filesOf } from '../action/harness.ts';
import { attest } from './attest.ts';
import { type Files, type GitHub, writeFiles } from './github.ts';

/** Where a step is carried out. */
export interface Place {
  readonly workspace: string;
  /** What the repository holds. */
  readonly files: Files;
  readonly github: GitHub;
}

/** An action of somebody else. It has those inputs and no other, and throws where the real one would fail. */
interface StandIn {
  readonly inputs: readonly string[];
  readonly run: (inputs: Readonly<Record<string, string>>, place: Place) => void;
}

/** What the recipes use beside this action, by name; each keeps to the rules of the real one as far as a recipe meets them. */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  /** Leaves nothing in the workspace but the repository. */
  'actions/checkout': {
    inputs: ['persist-credentials'],
    run(_, { workspace, files }) {
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
      if (found !== undefined) writeFiles(resolve(workspace, path), found.files);
    },
  },

  /** A key that is taken, and a path that is not there, are warnings. An empty folder is saved like any other. */
  'actions/cache/save': {
    inputs: ['path', 'key'],
    run({ path = '', key = '' }, { workspace, github }) {
      const files = filesOf(resolve(workspace, path));
      const taken = github.caches.some((cache) => cache.path === path && cache.key === checkedKey(key));
      if (!taken && existsSync(resolve(workspace, path))) github.caches.push({ key, path, files });
    },
  },

  /** What is hidden stays out, and a folder without a file is a warning. */
  'actions/upload-artifact': {
    inputs: ['name', 'path'],
    run({ name = 'artifact', path = '' }, { workspace, github }) {
      if (path === '') throw new Error('Input required and not supplied: path');
      if (github.artifacts.has(name)) throw new Error(`an artifact with the name ${name} already exists`);
      const folder = resolve(workspace, path);
      const isHidden = (file: string) =>
        `${basename(folder)}/${file}`.split(/[\\/]/).some((part) => part.startsWith('.'));
      const files = Object.entries(filesOf(folder)).filter(([file]) => !isHidden(file));
      const [odd] = [name, ...files.map(([file]) => file)].filter((one) => /[":<>|*?\r\n]/.test(one));
      if (odd !== undefined || /[\\/]/.test(name)) throw new Error(`not allowed in an artifact: ${odd ?? name}`);
      if (files.length > 0) github.artifacts.set(name, Object.fromEntries(files));
    },
  },

  /** Fails where two artifacts have other bytes for one path, where the real one leaves either. */
  'actions/download-artifact': {
    inputs: ['pattern', 'path', 'merge-multiple'],
    run({ pattern = '*', path = '', 'merge-multiple': merged }, { workspace, github }) {
      if (merged !== 'true') throw new Error('each artifact would have a folder of its own');
      const all = new Map<string, string | Uint8Array>();
      for (const [name, files] of github.artifacts) {
        for (const [file, bytes] of matchesGlob(name, pattern) ? Object.entries(files) : []) {
          const other = all.get(file);
          if (other !== undefined && Buffer.compare(Buffer.from(other), Buffer.from(bytes)) !== 0)
            throw new Error(`${file} of ${name} is another one elsewhere`);
          all.set(file, bytes);
        }
      }
      writeFiles(resolve(workspace, path), Object.fromEntries(all));
    },
  },

  'actions/attest': {
    inputs: ['subject-checksums', 'predicate-type', 'predicate-path'],
    run(inputs, { workspace, github }) {
      if (inputs['predicate-type'] === undefined) throw new Error('Input required and not supplied: predicate-type');
      github.attestations.push(attest(workspace, inputs));
    },
  },

  'actions/attest-build-provenance': {
    inputs: ['subject-checksums'],
    run: (inputs, { workspace, github }) => void github.attestations.push(attest(workspace, inputs)),
  },

  'docker/build-push-action': {
    inputs: ['context', 'tags'],
    run({ context = '', tags = '' }, { workspace, github }) {
      const folder = resolve(workspace, context);
      // Without a context of its own it builds what the repository holds, and nothing that a step made.
      if (context === '' || relative(workspace, folder).startsWith('..')) throw new Error(`no context: ${context}`);
      github.images.push({ tags, context: filesOf(folder) });
    },
  },
};

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

function checkedKey(key: string): string {
  if (key.length > 512 || key.includes(',')) throw new Error(`Key Validation Error: ${key}`);
  return key;
}
