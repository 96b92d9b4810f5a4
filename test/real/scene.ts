import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { StepResult } from '../../emulator/runner/runner.ts';
import type { EmulatedOutput, EmulatedWorkflow } from '../../emulator/workflows.ts';
import { filesOf, quick, SMALL, wordsOf } from '../action/harness.ts';
import type { Program } from '../action/program.ts';
import { type Gateway, startGateway, type UrlOptions, urlsOf } from './gateway.ts';
import { type Fate, type Relay, type Relayed, startRelay } from './relay.ts';

/** A real storage, a relay before it that counts, and a service that gives out its URLs. */
export interface Scene extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly relay: Relay;
  readonly emulator: Emulator;
}

/** What is special about a scene. */
export interface SceneOptions extends Omit<UrlOptions, 'origin'> {
  /** URLs lead to the storage itself, and nobody counts. */
  readonly direct?: boolean;
  /** URLs lead to what is started here, and that to the relay, whose address it is given. */
  readonly front?: (relay: string) => Promise<Program>;
  /** The API and the relay speak TLS. PEM. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** What a task leaves. Default: one file of 1000 bytes. */
  readonly outputs?: readonly EmulatedOutput[];
  readonly workflow?: Partial<EmulatedWorkflow>;
  /** What the relay does with a request. */
  readonly fateOf?: (request: Relayed, before: number, gateway: Gateway) => Fate | undefined;
  /** Options of versitygw. */
  readonly gatewayOptions?: readonly string[];
}

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const {
    outputs = [SMALL],
    workflow,
    fateOf = () => undefined,
    gatewayOptions,
    direct,
    front,
    tls,
    ...urls
  } = options;
  await using stack = new AsyncDisposableStack();
  const gateway = stack.use(await startGateway(gatewayOptions));
  const relay = stack.use(await startRelay(gateway.url, (request, before) => fateOf(request, before, gateway), tls));
  const before = front === undefined ? relay : stack.use(await front(relay.url));
  const workflows = [quick({ behaviour: { outputs }, ...workflow })];
  const otherStorage = urlsOf(gateway, { origin: direct ? gateway.url : before.url, ...urls });
  const emulator = stack.use(await startEmulator({ workflows, otherStorage, ...(tls && { tls }) }));
  const all = stack.move();
  return { gateway, relay, emulator, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/** A workflow of one file parameter, and what a step gives for it. */
export const IMAGE = { parameters: [{ key: 'image', type: 'file', required: true }] } as const;
export const WITH_SKETCH = { workflow: 'quick', parameters: 'image: sketch.png' };

/** What the storage answered the requests of a method: its statuses; 0 where none came. */
export function statusesOf({ requests }: Relay, method: 'GET' | 'PUT'): number[] {
  return requests.filter((one) => one.method === method).map(({ status = 0 }) => status);
}

/** Hex SHA-256. */
export function digestOf(bytes: Uint8Array = Buffer.of()): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The files that came, by name, each as its digest; without the lists. */
export function digestsOf({ workspace }: { readonly workspace: string }): Record<string, string> {
  const files = Object.entries(filesOf(join(workspace, 'cyberun-outputs')));
  const isList = (name: string) => name === 'SHA256SUMS' || name === 'cyberun-run.json';
  return Object.fromEntries(files.filter(([name]) => !isList(name)).map(([name, bytes]) => [name, digestOf(bytes)]));
}

/** The one key that a task left in the storage. */
export function keyIn({ objects }: Emulator): string {
  const [key, ...more] = objects.keys();
  if (key === undefined || more.length > 0) throw new Error(`${objects.size} objects, and one was meant`);
  return key;
}

/** The storage got neither the key nor a header of ours, and no signature is where others read it. */
export function expectKept({ relay, emulator }: Pick<Scene, 'relay' | 'emulator'>, result: StepResult): void {
  const said = Object.values(wordsOf(result)).join('\n');
  for (const { url, headers } of relay.requests) {
    expect(headers).not.toHaveProperty('authorization');
    expect(JSON.stringify(headers)).not.toContain(emulator.apiKey);
    const signature = /X-Amz-Signature=(\w+)/.exec(url)?.[1] ?? '';
    expect(signature).toHaveLength(64);
    expect(said).not.toContain(signature);
  }
}
