import { textToImage } from '../../emulator/catalogue.ts';
import { startEmulator } from '../../emulator/emulator.ts';
import type { Fault, FaultRule } from '../../emulator/faults.ts';
import { createClient, raw } from './client.ts';

/** The content of the object `object`. */
export const bytes = Buffer.from('0123456789'.repeat(10));
const workflows = [
  { workflow_slug: 'object', behaviour: { steps: 1, outputs: [{ output: 'a', name: 'a.bin', bytes }] } },
  { ...textToImage, behaviour: { steps: 2 } },
];

/** An emulator in which one rule is laid, with a client. */
export async function faulty(rule: FaultRule) {
  const emulator = await startEmulator({ workflows, replay: 'all' });
  emulator.fault(rule);
  return { emulator, ...createClient(emulator) };
}

/** Downloads an object with a fault; what came of it, the object's URL, and the emulator. */
export async function downloadWith(fault: Fault, headers: Record<string, string> = {}) {
  const { emulator, download } = await faulty({ kind: 'storage-get', fault });
  const url = await download('object');
  return { emulator, url, ...(await raw(url, { headers })) };
}

/** The text of an event stream with a fault, and how it ended. */
export async function eventsWith(fault: Fault) {
  const { emulator, run, reached } = await faulty({ kind: 'events', fault });
  const id = await run('text-to-image', { prompt: 'x' });
  await reached(id, 'completed');
  const headers = { authorization: `Bearer ${emulator.apiKey}` };
  const { body, error } = await raw(`${emulator.apiUrl}/r/tasks/${id}/events`, { headers });
  return { emulator, text: body.toString(), error };
}
