import { parseArgs } from 'node:util';
import prettyBytes from 'pretty-bytes';
import { type Emulator, startEmulator } from './emulator.ts';
import type { RecordedRequest } from './requests.ts';

/** `npm run emulator -- [--port N] [--storage-port N] [--host H]`: serves at a realistic pace until Ctrl-C. */
async function main() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8787' },
      'storage-port': { type: 'string', default: '8788' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const emulator = await startEmulator({
    host: values.host,
    port: Number(values.port),
    storagePort: Number(values['storage-port']),
    pace: { stepMs: 250, queueMs: 1000 },
    heartbeatMs: 15_000,
    onRequest: logRequest,
  });
  console.log(welcome(emulator));
  process.once('SIGINT', () => void emulator.close());
  process.once('SIGTERM', () => void emulator.close());
}

const USAGE = `npm run emulator -- [options]

  --port N          of the API (8787)
  --storage-port N  of the storage (8788)
  --host H          to listen on (127.0.0.1)

Tasks live as long as the emulator runs. A run with the parameter {"steps": 50} takes about 15 s.`;

function welcome({ apiUrl, storageUrl, apiKey, workflows }: Emulator) {
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

The built action from a shell:

  env 'INPUT_API-URL=${apiUrl}' \\
      'INPUT_API-KEY=${apiKey}' \\
      INPUT_WORKFLOW=text-to-image \\
      'INPUT_PARAMETERS={"prompt": "a lighthouse at dusk", "seed": 42}' \\
      INPUT_PATH=cyberun-outputs INPUT_SUMMARY=false \\
      node_modules/.bin/node dist/main/index.js

Ctrl-C stops it. Requests:
`;
}

function logRequest({ origin, method, path, status, at, closedAt = at, headers }: RecordedRequest) {
  const time = new Date().toTimeString().slice(0, 8);
  const range = headers.range ? `  ${headers.range}` : '';
  const size =
    origin === 'storage' && headers['content-length'] ? `  ${prettyBytes(Number(headers['content-length']))}` : '';
  console.log(
    `${time}  ${status ?? 'cut'}  ${method.padEnd(4)} ${path}${range}${size}  ${Math.round(closedAt - at)} ms`,
  );
}

// Last, as what it needs must be there by then.
await main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const advice = taken ? ' Another one may be running: choose other ports with --port and --storage-port.' : '';
  console.error(`The emulator cannot start: ${error instanceof Error ? error.message : String(error)}.${advice}`);
  process.exitCode = 1;
});
