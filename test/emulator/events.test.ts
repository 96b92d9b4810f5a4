import { expect, test } from 'vitest';
import { textToImage } from '../../emulator/catalogue.ts';
import { type EmulatorOptions, startEmulator } from '../../emulator/emulator.ts';
import { createClient, eventNames } from './client.ts';

/** An emulator with a task held while it is running. */
async function held(options: EmulatorOptions = {}) {
  const workflows = [{ ...textToImage, behaviour: { holdAt: 'running', steps: 1 } }];
  const emulator = await startEmulator({ ...options, workflows });
  const client = createClient(emulator);
  const id = await client.run('text-to-image', { prompt: 'x' });
  await client.reached(id, 'running');
  return { emulator, id, ...client };
}

const ending = ['progress', 'progress', 'progress', 'completed'];

test.for([
  ['none', ending],
  ['status', ['status', ...ending]],
  ['all', ['status', 'status', 'status', ...ending]],
] as const)('with replay %s a client that comes late hears %j', async ([replay, expected]) => {
  const { emulator, id, get } = await held({ replay });
  await using _ = emulator;
  const response = await get(`/r/tasks/${id}/events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  emulator.release(id);
  expect(eventNames(await response.text())).toEqual(expected);
});

test.for([
  ['none', []],
  ['status', ['completed']],
  ['all', ['status', 'status', 'status', ...ending]],
] as const)('with replay %s a task that is over tells %j and the stream closes', async ([replay, expected]) => {
  const { emulator, id, get, reached } = await held({ replay });
  await using _ = emulator;
  emulator.release(id);
  await reached(id, 'completed');
  expect(eventNames(await (await get(`/r/tasks/${id}/events`)).text())).toEqual(expected);
});

test('ids are there when asked for, and a replay goes on after the last one seen', async () => {
  const { emulator, id, get } = await held({ replay: 'all', eventIds: true });
  await using _ = emulator;
  emulator.release(id);
  const whole = await (await get(`/r/tasks/${id}/events`)).text();
  expect([...whole.matchAll(/^id: (\d+)$/gm)].map(([, number]) => number)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  const rest = await (await get(`/r/tasks/${id}/events`, { 'last-event-id': '5' })).text();
  expect(eventNames(rest)).toEqual(['progress', 'completed']);
});

test('there are no ids unless asked for', async () => {
  const { emulator, id, get } = await held();
  await using _ = emulator;
  emulator.release(id);
  expect(await (await get(`/r/tasks/${id}/events`)).text()).not.toMatch(/^id:/m);
});

test('a silent stream has heartbeats', async () => {
  const { emulator, id, get } = await held({ heartbeatMs: 10, replay: 'none' });
  await using _ = emulator;
  const { body } = await get(`/r/tasks/${id}/events`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe(': keep-alive\n\n');
  await reader?.cancel();
});

test('the emulator sees that a client has gone', async () => {
  const { emulator, id, get } = await held();
  await using _ = emulator;
  const { body } = await get(`/r/tasks/${id}/events`);
  const isClosed = () => emulator.requests.find(({ kind }) => kind === 'events')?.closedAt !== undefined;
  expect(isClosed()).toBe(false);
  await body?.cancel();
  expect(await emulator.waitFor(isClosed)).toBe(true);
});
