/**
 * The embedded service in a process of its own, so that a benchmark measures the client alone:
 * `node bench/service.ts '{"outputs":[{"name":"a.bin","bytes":1000}]}'`. Prints its addresses as a line of JSON.
 */
import { startEmulator } from '../emulator/emulator.ts';
import { EVENTS } from './flood.ts';

/** What its one workflow, `bench`, does. */
export interface ServiceOptions {
  readonly outputs?: readonly { readonly name: string; readonly bytes: number }[];
  /** Milliseconds that a task runs. Default 5. */
  readonly taskMs?: number;
  /** Default 1. */
  readonly agents?: number;
  /** Keys of parameters that take files. */
  readonly files?: readonly string[];
  /** Where the storage's URLs lead to, by the files' names, in place of the emulator's own. */
  readonly storage?: string;
  /** The first stream brings {@link EVENTS} so many times, and its task runs until it has. */
  readonly flood?: number;
}

const {
  outputs = [],
  taskMs = 5,
  agents = 1,
  files = [],
  storage,
  flood,
}: ServiceOptions = JSON.parse(process.argv[2] ?? '{}');
const emulator = await startEmulator({
  workflows: [
    {
      workflow_slug: 'bench',
      required_labels: ['gpu'],
      parameters: [
        { key: 'seed', type: 'integer' },
        ...files.map((key) => ({ key, type: 'file' as const, required: true })),
      ],
      behaviour: {
        steps: 1,
        stepMs: taskMs,
        queueMs: 0,
        outputs: outputs.map(({ name, bytes }, index) => ({
          output: `file-${index}`,
          name,
          // What another storage has is not made here as well.
          bytes: storage === undefined ? { bytes, seed: index } : 1,
        })),
        ...(flood !== undefined && { holdAt: 'running' }),
      },
    },
  ],
  agents: Array.from({ length: agents }, (_, index) => ({ agent_id: `gpu-${index}`, agent_labels: ['gpu'] })),
  ...(storage !== undefined && {
    otherStorage: (own) => ({
      presignGet: async (key) => `${storage}/${key.split('/').at(-1)}`,
      presignPut: async (key) => `${storage}/put/${key.replaceAll('/', '-')}`,
      has: async (key) => (await own.has(key)) || key.startsWith('inputs/'),
    }),
  }),
  onRequest: ({ kind }) => {
    if (kind === 'submit' && flood !== undefined) {
      emulator.fault({ kind: 'events', fault: { type: 'flood', text: EVENTS, times: flood } });
    }
    if (kind === 'events') for (const { id } of emulator.tasks) emulator.release(id);
  },
});
console.log(JSON.stringify({ apiUrl: emulator.apiUrl, apiKey: emulator.apiKey }));
