import type { EmulatorOptions } from './emulator.ts';
import type { Fault, FaultRule } from './faults.ts';

/** A service or storage that does its worst while the job is cancelled. */
export interface Hostile {
  readonly name: string;
  /** Of its emulator; the workflow is `hostile`. */
  readonly options: Pick<EmulatorOptions, 'workflows' | 'agents'>;
  /** What strikes every request of these kinds. */
  readonly kinds: readonly FaultRule['kind'][];
  readonly fault: Fault;
  /** The job is cancelled when so many of them have come. */
  readonly after: number;
  /** What becomes of the task; left out where it may have ended before. */
  readonly status?: 'cancelled' | 'completed';
}

const MIB = 1024 * 1024;

/** That text for longer than anybody waits. */
export const flood = (text: string, more: object = {}) =>
  ({ type: 'flood', text: text.repeat(Math.ceil((64 * 1024) / text.length)), times: 1e6, ...more }) as Fault;
const reshaped = (fields: object): Fault => ({ type: 'reshape', change: (json) => ({ ...json, ...fields }) });
const progress = (message: string) => flood(`event: progress\ndata: ${JSON.stringify({ progress: 0.5, message })}\n\n`);

const output = { output: '9.images.0', name: 'output_00001_.png', bytes: 50 * MIB, contentType: 'image/png' };
const workflow = { workflow_slug: 'hostile', required_labels: ['gpu', 'comfyui'] };
const HELD = { workflows: [{ ...workflow, behaviour: { holdAt: 'running' } }] } as const;
const QUICK = { workflows: [{ ...workflow, behaviour: { steps: 3, outputs: [output] } }] } as const;

/** Comes while a task runs. */
function running(name: string, kind: FaultRule['kind'], fault: Fault): Hostile {
  return { name, options: HELD, kinds: [kind], fault, after: 1, status: 'cancelled' };
}

/** Is waited for, a minute or longer. */
function awaited(name: string, kind: FaultRule['kind'], fault: Fault, after = 2): Hostile {
  return { name, options: QUICK, kinds: [kind], fault, after, status: 'completed' };
}

function atTheEnds(name: string, kind: FaultRule['kind'], fault: Fault): Hostile {
  return { name, options: QUICK, kinds: [kind], fault, after: 1 };
}

const MISSING: Fault = { type: 'status', status: 404 };
const BUSY: Fault = { type: 'status', status: 503, headers: { 'retry-after': '60' } };
const TWO_STATES = 'event: status\ndata: {"status":"a"}\n\nevent: status\ndata: {"status":"b"}\n\n';

export const HOSTILE: readonly Hostile[] = [
  running('events without an end', 'events', progress('a')),
  running('an event without an end', 'events', flood('data: and so on')),
  running('lines without an end', 'events', flood('\n')),
  running('states without an end', 'events', flood(TWO_STATES)),
  running('breaks in each event', 'events', progress('\r\n'.repeat(2_000))),
  running('commands of a terminal in each event', 'events', progress('\u001b]8;;'.repeat(2_000))),
  running('what looks like secrets in each event', 'events', progress('sig=a&'.repeat(2_000))),
  running('a record without an end', 'task', flood('{"a":"b",')),
  running('a record of long texts', 'task', reshaped({ agent_id: 'a-'.repeat(MIB), gpu_type: '\r\n'.repeat(MIB) })),
  running('an error text without an end', 'task', flood('no ', { status: 503 })),
  { ...running('a record that is not there', 'task', MISSING), after: 2 },
  { ...running('a stream that is not there, nor a record', 'task', MISSING), kinds: ['events', 'task'], after: 3 },
  { ...running('agents without an end', 'agents', flood('[{},')), options: { ...QUICK, agents: [] } },
  awaited('URLs that never come', 'result', reshaped({ download_urls: {}, task_output: { image_count: 2 } })),
  awaited('a result that is not there', 'result', MISSING),
  awaited('a storage that is asked to be left alone', 'storage-get', BUSY, 1),
  atTheEnds('a workflow without an end', 'workflow', flood('{"a":"b",')),
  atTheEnds('a result without an end', 'result', flood('{"a":"b",')),
  atTheEnds('a storage that dribbles', 'storage-get', { type: 'trickle', bytesPerSecond: 100 }),
  atTheEnds('a storage that redirects in a circle', 'storage-get', { type: 'redirect', status: 307 }),
  atTheEnds('an error of the storage without an end', 'storage-get', flood('<Code>', { status: 503 })),
];
