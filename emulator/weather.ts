import { setTimeout as sleep } from 'node:timers/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import { readWhole } from '../scripts/command.ts';
import type { EmulatedAgent } from './agents.ts';
import { builtInAgents, builtInWorkflows } from './catalogue.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { type Behaviour, behaviourOf } from './workflows.ts';

/** What a day is made of that is no usual one, as options of a command. */
export const WEATHER_OPTIONS = {
  busy: { type: 'string', default: '0' },
  fail: { type: 'string', default: '0' },
  outage: { type: 'string', default: '0s' },
  slow: { type: 'boolean', default: false },
  files: { type: 'string', default: '' },
  bytes: { type: 'string', default: '' },
} as const satisfies ParseArgsOptionsConfig;

export const WEATHER_USAGE = `  --busy N          so many of the ${builtInAgents.length} agents have work of somebody else's, and stay so
  --fail SHARE      so many of the tasks fail, such as 0.2, beginning with the first: by turns as the agent was lost,
                    which --retries helps against, and for lack of memory, which it does not
  --outage TIME     nobody can connect for so long, such as 30s or 2m, once a task runs
  --slow            every answer takes two seconds more
  --files N         every task leaves so many files, of 1 kB unless --bytes says how large, in place of its own
  --bytes SIZE      every task leaves a file of this size, such as 2GB, or as many as --files says`;

/** A day at the service. */
export interface Weather {
  readonly busy: number;
  /** From 0 to 1. */
  readonly fail: number;
  /** In milliseconds. */
  readonly outage: number;
  readonly slow: boolean;
  /** What every task leaves; `undefined` is what its workflow makes. */
  readonly leaves: { readonly files: number; readonly bytes: number } | undefined;
}

/** @throws {Error} with what to write, where an option is none */
export function readWeather(given: {
  readonly busy: string;
  readonly fail: string;
  readonly outage: string;
  readonly slow: boolean;
  readonly files: string;
  readonly bytes: string;
}): Weather {
  const busy = readWhole('--busy', given.busy, 0, builtInAgents.length);
  const fail = Number(given.fail);
  const [, count, unit] = /^(\d{1,6})([sm])$/.exec(given.outage) ?? [];
  if (!(fail >= 0 && fail <= 1)) throw new Error('--fail takes a share from 0 to 1, such as 0.2');
  if (count === undefined) throw new Error('--outage takes a time, such as 30s or 2m');
  return {
    busy,
    fail,
    outage: Number(count) * (unit === 'm' ? 60_000 : 1000),
    slow: given.slow,
    leaves: readLeaves(given.files, given.bytes),
  };
}

function readLeaves(files: string, bytes: string): Weather['leaves'] {
  if (files === '' && bytes === '') return undefined;
  const [, count, prefix = ''] = /^(\d{1,6}(?:\.\d{1,6})?) ?([kMGT]?)B$/i.exec(bytes || '1kB') ?? [];
  if (count === undefined) throw new Error('--bytes takes a size, such as 64kB or 2GB');
  return {
    files: readWhole('--files', files || '1', 1, 100_000),
    bytes: Math.round(Number(count) * 1000 ** ['', 'k', 'm', 'g', 't'].indexOf(prefix.toLowerCase())),
  };
}

/** What an emulator needs from the start to be like that. */
export function weatherOptions({ busy, fail, leaves }: Weather): Pick<EmulatorOptions, 'agents' | 'workflows'> {
  const agents = builtInAgents.map(
    (agent, index): EmulatedAgent => (index < busy ? { ...agent, agent_status: 'busy', running_count: 1 } : agent),
  );
  const workflows = builtInWorkflows.map((workflow) => ({
    ...workflow,
    behaviour(parameters: Readonly<Record<string, unknown>>, before: number, allBefore: number) {
      const own = { ...behaviourOf(workflow, parameters, before, allBefore), ...(leaves && leaving(leaves)) };
      const error = failureOf(allBefore, fail);
      return error === undefined ? own : { ...own, ending: 'failed' as const, error };
    },
  }));
  return { agents, workflows };
}

/** As ComfyUI numbers what a node saves. */
function leaving({ files, bytes }: NonNullable<Weather['leaves']>): Behaviour {
  const outputs = Array.from({ length: files }, (_, index) => ({
    output: `9.images.${index}`,
    name: `output_${String(index + 1).padStart(5, '0')}_.bin`,
    bytes,
  }));
  return { outputs, outputStyle: 'cloud' };
}

/**
 * Why a task fails before which there were so many; `undefined` where it does not. Of ten with a share of 0.2, the first and
 * the sixth fail: whoever tries once sees it. The causes alternate, and the first is one that another try helps against.
 */
export function failureOf(before: number, share: number): string | undefined {
  const failed = Math.ceil(before * share);
  return Math.ceil((before + 1) * share) > failed ? FAILURES[failed % FAILURES.length] : undefined;
}

const FAILURES = ['the agent was lost', 'CUDA out of memory. Tried to allocate 2.00 GiB'];

/** Lets the weather of a running emulator begin. */
export async function beginWeather({ outage, slow }: Weather, emulator: Emulator, signal: AbortSignal): Promise<void> {
  if (slow) emulator.fault({ kind: 'any', times: Number.POSITIVE_INFINITY, fault: { type: 'delay', ms: 2_000 } });
  if (outage === 0) return;
  while (!signal.aborted && !emulator.tasks.some(({ status }) => status === 'running')) await sleep(100);
  if (!signal.aborted) await emulator.refuseConnections(outage);
}
