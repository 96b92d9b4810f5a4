import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/cyberun/errors.ts';
import { LARGEST_EVENT, type StreamItem, streamEvents } from '../../src/cyberun/events.ts';
import type { Http } from '../../src/cyberun/http.ts';

/** A wire that plays the chunks, then ends, or breaks. */
function wireOf(chunks: readonly Uint8Array[], { contentType = 'text/event-stream', breaks = false } = {}) {
  const seen = { path: '', headers: {} as Record<string, string>, destroyed: false };
  const http: Pick<Http, 'open'> = {
    async open(path, headers) {
      Object.assign(seen, { path, headers });
      async function* body() {
        yield* chunks;
        if (breaks) throw new Error('other side closed');
      }
      return { status: 200, contentType, body: Object.assign(body(), { destroy: () => (seen.destroyed = true) }) };
    },
  };
  return { http: http as Http, seen };
}

async function itemsOf(chunks: readonly Uint8Array[]): Promise<StreamItem[]> {
  const { signal } = new AbortController();
  const items = await Array.fromAsync(streamEvents(wireOf(chunks).http, 'task-1', undefined, signal));
  return items.filter(({ type }) => type !== 'open' && type !== 'alive');
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** The bytes in chunks that end at the places given, wherever those are. */
function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
}

const STREAM = [
  ': hello\n\n',
  'event: status\ndata: {"status":"waiting","timestamp":1}\nid: 7\n\n',
  'event: progress\r\ndata: {"progress":0.5,\r\ndata: "message":"é \u{1f600} 日本"}\r\n\r\n',
  'retry: 1500\n\n',
  'data: no JSON\r\r',
  'event: completed\rdata: {"task_id":"task-1"}\r\n\n',
].join('');
const EXPECTED: StreamItem[] = [
  { type: 'event', name: 'status', data: { status: 'waiting', timestamp: 1 }, id: '7' },
  { type: 'event', name: 'progress', data: { progress: 0.5, message: 'é \u{1f600} 日本' }, id: '7' },
  { type: 'retry', ms: 1500 },
  { type: 'dropped', why: 'not JSON' },
  { type: 'event', name: 'completed', data: { task_id: 'task-1' }, id: '7' },
];

describe('streamEvents', () => {
  test('reads the same events, wherever the chunks end', async () => {
    const whole = bytes(STREAM);
    expect(await itemsOf([whole])).toEqual(EXPECTED);
    expect(await itemsOf(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(EXPECTED);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (places) => {
        expect(await itemsOf(cutAt(whole, places))).toEqual(EXPECTED);
      }),
      { numRuns: 300 },
    );
  });

  test('says that it is open, and shows a sign of life for every chunk that brings no event', async () => {
    const { http } = wireOf([': ping\n', '\n', 'data: {', '}\n\n'].map(bytes));
    const items = await Array.fromAsync(streamEvents(http, 't', undefined, new AbortController().signal));
    expect(items.map(({ type }) => type)).toEqual(['open', 'alive', 'alive', 'alive', 'event']);
  });

  test('throws at no bytes', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc
        .constantFrom('data:', 'event:', 'id:', 'retry:', ':', '\n', '\r', '\n\n', '{}', ' ', '\0', '\ufeff')
        .map(bytes),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (chunks) => {
        await itemsOf(chunks);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves out an event that has no end, since the rest of it may be lost', async () => {
    expect(await itemsOf([bytes('event: completed\ndata: {}\n')])).toEqual([]);
  });

  describe('drops an event that is too large, and nothing else', () => {
    const event = (name: string) => `event: ${name}\ndata: {}\n\n`;
    const giant = {
      line: `data: "${'x'.repeat(LARGEST_EVENT + 200_000)}"`,
      lines: `data: ${'x'.repeat(999)}\n`.repeat(4500),
    };

    test.each([
      ['in one line', giant.line, '\n\n'],
      ['in one line, with CR LF', giant.line, '\r\n\r\n'],
      ['in one line, with CR', giant.line, '\r\r'],
      ['in one line, with both', giant.line, '\n\r\n'],
      ['in many lines', giant.lines, '\n'],
      ['in many lines, with CR LF', giant.lines.replaceAll('\n', '\r\n'), '\r\n'],
    ])('%s', async (_, text, blank) => {
      const whole = bytes(`${event('before')}${text}${blank}${event('after')}${event('last')}`);
      const from = whole.length - event('after').length - event('last').length - 6;
      const regular = Array.from({ length: Math.floor(from / 65_536) }, (_, index) => (index + 1) * 65_536);
      // Around the end of the giant every place may be the end of a chunk.
      for (let place = from; place < from + 9; place += 1) {
        const items = await itemsOf(cutAt(whole, [...regular, place]));
        expect(items.map((item) => (item.type === 'event' ? item.name : JSON.stringify(item)))).toEqual([
          ...['before', '{"type":"dropped","why":"too large"}', 'after', 'last'],
        ]);
      }
    });
  });

  test('asks with the last id when it has one that a header can carry', async () => {
    const { signal } = new AbortController();
    for (const [id, sent] of [
      ['7', '7'],
      [undefined, undefined],
      ['', undefined],
      ['日', undefined],
      ['a\rb', undefined],
    ]) {
      const { http, seen } = wireOf([]);
      await Array.fromAsync(streamEvents(http, 'a/b', id, signal));
      expect(seen.headers['last-event-id']).toBe(sent);
      expect(seen.headers.accept).toBe('text/event-stream');
      expect(seen.path).toBe('/r/tasks/a%2Fb/events');
    }
  });

  test.each(['text/html', '', 'application/json', 'text/event-streams'])(
    'refuses an answer of type %j',
    async (contentType) => {
      const { http, seen } = wireOf([bytes(STREAM)], { contentType });
      const reading = Array.fromAsync(streamEvents(http, 't', undefined, new AbortController().signal));
      await expect(reading).rejects.toMatchObject({ type: 'shape' });
      expect(seen.destroyed).toBe(true);
    },
  );

  test('takes a content type with parameters, in any case', async () => {
    const { http } = wireOf([bytes(STREAM)], { contentType: 'Text/Event-Stream; charset=utf-8' });
    expect(await Array.fromAsync(streamEvents(http, 't', undefined, new AbortController().signal))).not.toEqual([]);
  });

  test('says that a stream broke, and brings what came before', async () => {
    const { http, seen } = wireOf([bytes(STREAM)], { breaks: true });
    const items: StreamItem[] = [];
    const read = async () => {
      for await (const item of streamEvents(http, 't', undefined, new AbortController().signal)) items.push(item);
    };
    await expect(read()).rejects.toThrow(ApiError);
    await expect(
      Array.fromAsync(streamEvents(http, 't', undefined, new AbortController().signal)),
    ).rejects.toMatchObject({
      type: 'lost',
    });
    expect(items.filter(({ type }) => type !== 'open')).toEqual(EXPECTED);
    expect(seen.destroyed).toBe(true);
  });

  test("throws the signal's reason where that is why it broke", async () => {
    const { http } = wireOf([], { breaks: true });
    const reading = Array.fromAsync(streamEvents(http, 't', undefined, AbortSignal.abort(new Error('cancelled'))));
    await expect(reading).rejects.toThrow('cancelled');
  });

  test('closes the connection when it is left early', async () => {
    const { http, seen } = wireOf([bytes(STREAM), bytes(STREAM)]);
    for await (const _ of streamEvents(http, 't', undefined, new AbortController().signal)) break;
    expect(seen.destroyed).toBe(true);
  });
});
