import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import prettyBytes from 'pretty-bytes';
import { beginCommand, messageOf, readWhole } from '../scripts/command.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { type Github, startGithub } from './github/github.ts';
import type { ReceivedRequest } from './requests.ts';
import type { EmulatedTask } from './task.ts';
import { beginWeather, readWeather, WEATHER_OPTIONS, WEATHER_USAGE, weatherOptions } from './weather.ts';

/** Serves at a realistic pace until Ctrl-C. */
async function main() {
  const { host, port, storagePort, githubPort, weather } = beginCommand(USAGE, readOptions);
  const emulator = await startEmulator({
    ...weatherOptions(weather),
    host,
    port,
    storagePort,
    pace: { stepMs: 250, queueMs: 1000 },
    heartbeatMs: 15_000,
    onRequest: logRequest,
    onStatus: logStatus,
  });
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      over.abort();
      void emulator.close();
    });
  }
  void beginWeather(weather, emulator, over.signal);
  const github = githubPort === undefined ? undefined : await serveGithub(host, githubPort, emulator);
  console.log(welcome(emulator, github));
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8787' },
      'storage-port': { type: 'string', default: '8788' },
      github: { type: 'boolean', default: false },
      'github-port': { type: 'string' },
      ...WEATHER_OPTIONS,
    },
  });
  const { host, port, 'storage-port': storagePort, github, 'github-port': githubPort = '8789' } = values;
  const isAsked = github || values['github-port'] !== undefined;
  return {
    host,
    port: readWhole('--port', port, 0, LAST_PORT),
    storagePort: readWhole('--storage-port', storagePort, 0, LAST_PORT),
    // The two after it are taken, too.
    githubPort: isAsked ? readWhole('--github-port', githubPort, 0, LAST_PORT - 2) : undefined,
    weather: readWeather(values),
  };
}

const LAST_PORT = 65_535;

/** Starts the stand-in of GitHub beside an emulator, with an event in a file, for as long as the process lives. */
async function serveGithub(host: string, port: number, emulator: Emulator) {
  const after = (offset: number) => (port === 0 ? 0 : port + offset);
  const ports = { port, uploadsPort: after(1), storagePort: after(2) };
  const github = await startGithub({ host, ...ports, onRequest: logRequest }).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  github.addRelease({ tag: 'v1.1.0', draft: true });
  const release = github.addRelease({ tag: 'v1.0.0' });
  const folder = mkdtempSync(join(tmpdir(), 'emulator-github-'));
  const eventPath = join(folder, 'event.json');
  writeFileSync(eventPath, JSON.stringify(github.eventPayload(release)));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => void github.close());
  process.once('SIGTERM', () => void github.close());
  return { github, variables: { ...github.jobVariables(release), GITHUB_EVENT_PATH: eventPath } };
}

const USAGE = `npm run emulator -- [options]

Serves Cyberun's Runtime API and its storage, and says how to point the action at them.

  --port N          of the API (8787); 0 is any that is free
  --storage-port N  of the storage (8788)
  --host H          to listen on (127.0.0.1)
  --github          a stand-in of GitHub's releases, too: a repository with a release and a draft
  --github-port N   of its API (8789), --github included; uploads and assets have the next two

How a day is:

${WEATHER_USAGE}

Tasks live as long as the emulator runs. A run with the parameter {"steps": 50} takes about 15 s.`;

function welcome(
  { apiUrl, storageUrl, apiKey, workflows }: Emulator,
  standIn: Awaited<ReturnType<typeof serveGithub>> | undefined,
) {
  const catalogue = workflows.map(({ workflow_slug, version = 1, description = '', parameters = [] }) => {
    const keys = parameters.map(({ key, required }) => (required ? `${key} (required)` : key)).join(', ');
    return `  ${`${workflow_slug}@${version}`.padEnd(20)}  ${description}\n  ${' '.repeat(20)}  ${keys}`.trimEnd();
  });
  return `Cyberun emulator: no GPU, no account, nothing leaves this machine.

  api-url  ${apiUrl}
  api-key  ${apiKey}
  storage  ${storageUrl}

Workflows
${catalogue.join('\n')}

In a workflow file, on a runner that reaches this address:

  with:
    api-url: ${apiUrl}
    api-key: ${apiKey}
    workflow: text-to-image
    parameters: |
      prompt: a lighthouse at dusk
      seed: 42

From a shell, run and shown as on GitHub:

  npm run step -- --api-url ${apiUrl} --workflow text-to-image --parameters 'prompt: a lighthouse at dusk'

The built action alone, with the words that a runner reads:

  env 'INPUT_API-URL=${apiUrl}' \\
      'INPUT_API-KEY=${apiKey}' \\
      INPUT_WORKFLOW=text-to-image \\
      'INPUT_PARAMETERS={"prompt": "a lighthouse at dusk", "seed": 42}' \\
      INPUT_PATH=cyberun-outputs INPUT_SUMMARY=false \\
      node_modules/.bin/node dist/main/index.js
${standIn ? aboutGithub(standIn.github, standIn.variables) : ''}
Ctrl-C stops it. Requests, and what becomes of tasks:
`;
}

function aboutGithub({ repository, token, readToken, releases }: Github, variables: Record<string, string>) {
  const tags = releases.map(({ tag_name, draft }) => (draft ? `${tag_name} (a draft)` : tag_name));
  const lines = [...Object.entries(variables), ['INPUT_ATTACH-TO-RELEASE', 'true'], ['INPUT_GITHUB-TOKEN', token]];
  return `
GitHub's releases of ${repository}: ${tags.join(', ')}. For a job that the release event starts, add:

${lines.map(([name, value]) => `      '${name}=${value}' \\`).join('\n')}

  A token that may only read: ${readToken}
`;
}

function logRequest({ origin, method, path, status, at, closedAt = at, headers }: ReceivedRequest) {
  const range = headers.range ? `  ${headers.range}` : '';
  const size =
    origin !== 'api' && headers['content-length'] ? `  ${prettyBytes(Number(headers['content-length']))}` : '';
  console.log(
    `${timeOfDay()}  ${status ?? 'cut'}  ${method.padEnd(4)} ${path}${range}${size}  ${Math.round(closedAt - at)} ms`,
  );
}

function logStatus({ id, status }: EmulatedTask) {
  console.log(`${timeOfDay()}  task ${id} ${status}`);
}

function timeOfDay() {
  return new Date().toTimeString().slice(0, 8);
}

// Last, as what it needs must be there by then.
await main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const advice = taken
    ? ' Another one may be running: choose other ports with --port and --storage-port, or --github-port.'
    : '';
  console.error(`The emulator cannot start: ${messageOf(error)}.${advice}`);
  process.exitCode = 1;
});
