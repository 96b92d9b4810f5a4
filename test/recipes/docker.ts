import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { TOKEN } from '../../emulator/runner/runner.ts';
import { filesOf } from '../action/harness.ts';
import { demand, linesOf, type StandIn } from './place.ts';

/** Docker's actions. An image is what its build saw; nothing is built. */
export const DOCKER: Readonly<Record<string, StandIn>> = {
  'docker/setup-buildx-action': { inputs: [], run: () => undefined },

  'docker/login-action': {
    inputs: ['registry', 'username', 'password'],
    run({ registry = '', username = '', password }, { permissions, logins }) {
      if (registry !== 'ghcr.io' || username === '' || password !== TOKEN) throw new Error(`unauthorized: ${registry}`);
      demand(permissions, 'packages', 'write');
      logins.add(registry);
    },
  },

  /** Of the kinds of tags it has, these two. */
  'docker/metadata-action': {
    inputs: ['images', 'tags'],
    outputs: ['tags', 'labels'],
    run({ images = '', tags = '' }) {
      const named = linesOf(tags).map((tag) => {
        const [, raw] = /^type=raw,value=([\w.-]+)$/.exec(tag) ?? [];
        if (raw === undefined && tag !== 'type=sha') throw new Error(`a tag that nobody here knows: ${tag}`);
        return `${images}:${raw ?? 'sha-7fd1a60'}`;
      });
      return { tags: named.join('\n'), labels: 'org.opencontainers.image.source=https://github.com/octo/demo' };
    },
  },

  'docker/build-push-action': {
    inputs: ['context', 'build-contexts', 'build-args', 'push', 'tags', 'labels'],
    outputs: ['digest'],
    run({ context = '', tags = '', labels = '', push, ...inputs }, { workspace, github, permissions, logins }) {
      const seen = (path: string) => {
        const folder = resolve(workspace, path);
        // Without a context of its own it builds what the repository holds, and nothing that a step made.
        if (path === '' || relative(workspace, folder).startsWith('..') || !existsSync(folder))
          throw new Error(`no context: ${path}`);
        return filesOf(folder);
      };
      const contexts = linesOf(inputs['build-contexts'] ?? '').map((line) => {
        const [name = '', path = ''] = line.split(/=(.*)/s, 2);
        return [name, seen(path)] as const;
      });
      for (const tag of linesOf(tags)) {
        if (!/^[a-z0-9./-]+:[\w.-]+$/.test(tag)) throw new Error(`invalid reference format: ${tag}`);
        if (push === 'true' && !logins.has(tag.split('/')[0] ?? '')) throw new Error(`denied: ${tag}`);
      }
      if (push === 'true') demand(permissions, 'packages', 'write');
      const args = inputs['build-args'] ?? '';
      const image = { tags, labels, args, context: seen(context), contexts: Object.fromEntries(contexts) };
      const digest = `sha256:${createHash('sha256').update(JSON.stringify(image)).digest('hex')}`;
      github.images.push({ ...image, pushed: push === 'true', digest });
      return { digest };
    },
  },
};
