import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { createWire } from '../../src/base/wire.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';
import { downloadTo } from './objects.ts';

/** The object; the first request asks for six bytes of it. */
const CONTENT = '0123456789';
const CUTS = { first: 6, least: 4, most: 4 };

const reply = (head: string, body: string) => `HTTP/1.1 ${head.replaceAll(' | ', '\r\n')}\r\n\r\n${body}`;
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n`;
/** At the end of a text: the connection breaks, but not before what came has been counted. */
const BREAK = '(break)';
const DATE = 'Thu, 26 Nov 2026 10:00:00 GMT';
const WHOLE = reply(`200 OK | Content-Length: ${CONTENT.length}`, CONTENT);

/** Fetches from a server that sends these texts, one a connection, then the whole object each time. */
async function fetchFrom(texts: readonly string[], mostBytes?: number) {
  const ranges: (string | undefined)[] = [];
  const tags: (string | undefined)[] = [];
  let arrived = () => {};
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      const text = texts[ranges.length] ?? WHOLE;
      ranges.push(/^range: bytes=(.*)\r$/im.exec(request.toString())?.[1]);
      tags.push(/^if-match: (.*)\r$/im.exec(request.toString())?.[1]);
      socket.write(text.replace(BREAK, ''));
      arrived = () => void socket.end();
      if (!text.endsWith(BREAK)) arrived();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire = createWire();
  const folder = await mkdtemp(join(tmpdir(), 'replies-'));
  onTestFinished(async () => {
    await wire[Symbol.asyncDispose]();
    server.close();
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { signal } = new AbortController();
  const tools = { wire, isHome: () => true, disk: systemDisk, notice: () => undefined, clock: createLeapingClock() };
  const context = { ...tools, signal, cuts: CUTS, mostBytes };
  const source = { url: () => url, renew: async () => undefined };
  const meter = { size: () => undefined, bytes: () => arrived() };
  const fetched = downloadTo(source, join(folder, 'file'), context, meter);
  let encoding: string | undefined;
  const file = await fetched.then(
    (download) => {
      encoding = download.encoding;
      return readFile(join(folder, 'file'), 'latin1');
    },
    (error) => error,
  );
  expect(await readdir(folder)).toEqual(typeof file === 'string' ? ['file'] : []);
  return { file, ranges, tags, encoding };
}

test.for<[string, string]>([
  [
    'does not say of how much it is a part',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/* | Content-Length: 6', '012345'),
  ],
  [
    'ends beyond the end of the whole',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/3 | Content-Length: 6', '012345'),
  ],
  [
    'has another length than its range',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/10 | Content-Length: 4', '0123'),
  ],
  ['begins elsewhere', reply('206 P | ETag: "a" | Content-Range: bytes 1-6/10 | Content-Length: 6', '123456')],
  [
    'is longer than what was asked for',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-9/10 | Content-Length: 10', CONTENT),
  ],
  [
    'has two ranges',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/6 | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345'),
  ],
  [
    'has no range, but parts with one each',
    reply('206 P | ETag: "a" | Content-Type: multipart/byteranges; boundary=b | Content-Length: 5', '--b--'),
  ],
  [
    'is of more bytes than a number can say',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/18446744073709551616 | Content-Length: 6', '012345'),
  ],
])('a part that %s is no use, and the whole is asked for without a range', async ([, text]) => {
  const { file, ranges } = await fetchFrom([text]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', undefined]);
});

test.for<[string, string]>([
  ['has two tags', reply('206 P | ETag: "a" | ETag: "b" | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345')],
  ['has a tag without quotes', reply('206 P | ETag: a | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345')],
  [
    'has a date alone',
    reply(`206 P | Last-Modified: ${DATE} | Content-Range: bytes 0-5/10 | Content-Length: 6`, '012345'),
  ],
  [
    'brings more bytes than it said',
    reply(
      '206 P | ETag: "a" | Content-Range: bytes 0-5/10 | Transfer-Encoding: chunked',
      `${chunked(CONTENT)}${chunked('')}`,
    ),
  ],
])('a part that %s is nothing to go on with, and the whole is asked for', async ([, text]) => {
  const { file, ranges } = await fetchFrom([text]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '0-']);
});

test.for<[string, string]>([
  ['has no tag', reply('206 P | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx')],
  ['has a weak tag', reply('206 P | ETag: W/"a" | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx')],
  [
    'has a date in place of a tag',
    reply(`206 P | Last-Modified: ${DATE} | Content-Range: bytes 6-9/10 | Content-Length: 4`, 'xxxx'),
  ],
  [
    'has the tag without its quotes',
    reply('206 P | ETag: a | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx'),
  ],
  ['has it in other quotes', reply("206 P | ETag: 'a' | Content-Range: bytes 6-9/10 | Content-Length: 4", 'xxxx')],
  ['has it in twice as many', reply('206 P | ETag: ""a"" | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx')],
  ['has it with half of them', reply('206 P | ETag: "a | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx')],
  ['has another tag', reply('206 P | ETag: "b" | Content-Range: bytes 6-9/10 | Content-Length: 4', 'xxxx')],
  ['is one of another whole', reply('206 P | ETag: "a" | Content-Range: bytes 6-9/12 | Content-Length: 4', 'xxxx')],
  ['is one of a smaller whole', reply('206 P | ETag: "a" | Content-Range: bytes 6-7/8 | Content-Length: 2', 'xx')],
  ['does not say of how much', reply('206 P | ETag: "a" | Content-Range: bytes 6-9/* | Content-Length: 4', 'xxxx')],
  ['begins elsewhere', reply('206 P | ETag: "a" | Content-Range: bytes 0-3/10 | Content-Length: 4', 'xxxx')],
  ['runs backwards', reply('206 P | ETag: "a" | Content-Range: bytes 6-5/10 | Content-Length: 0', '')],
  ['is the whole', reply('200 P | ETag: "a" | Content-Length: 10', 'xxxxxxxxxx')],
  ['is not there', reply('416 R | Content-Range: bytes */6 | Content-Length: 0', '')],
  ['is of another object', reply('412 P | Content-Length: 0', '')],
])('a second part that %s is not taken, and the whole is asked for', async ([, text]) => {
  const first = reply('206 P | ETag: "a" | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345');
  const { file, ranges } = await fetchFrom([first, text]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '6-9', '0-']);
});

test.for<[string, string]>([
  ['a weak one', 'W/"a"'],
  ['none', ''],
])('a tag that is no use (%s) is not asked for, as a storage would answer 412 each time', async ([, tag]) => {
  const first = reply(`200 OK${tag && ` | ETag: ${tag}`} | Content-Length: 10`, `012345${BREAK}`);
  const { file, ranges, tags } = await fetchFrom([first]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '0-']);
  expect(tags).toEqual([undefined, undefined]);
});

test('an object that changes in the midst of its parts, and again in the midst of the whole, is fetched anew', async () => {
  const first = reply('206 P | ETag: "a" | Content-Range: bytes 0-5/10 | Content-Length: 6', 'xxxxxx');
  const again = reply('206 P | ETag: "b" | Content-Range: bytes 0-9/10 | Content-Length: 10', `yyyy${BREAK}`);
  const changed = reply('412 P | Content-Length: 0', '');
  const { file, ranges, tags } = await fetchFrom([first, changed, again, changed]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '6-9', '0-', '4-', '0-']);
  expect(tags).toEqual([undefined, '"a"', undefined, '"b"', undefined]);
});

test('a second part that comes little by little is taken', async () => {
  const parts = ['0-3', '4-5', '6-6', '7-9'].map((range) => {
    const [start = 0, end = 0] = range.split('-').map(Number);
    const head = `206 P | ETag: "a" | Content-Range: bytes ${range}/10 | Content-Length: ${end + 1 - start}`;
    return reply(head, CONTENT.slice(start, end + 1));
  });
  const { file, ranges } = await fetchFrom(parts);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '4-5', '6-9', '7-9']);
});

test('a storage that sends little of whatever is asked for is asked without a range', async () => {
  const little = reply('206 P | Content-Range: bytes 0-3/10 | Content-Length: 4', '0123');
  const { file, ranges } = await fetchFrom([little, little]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '0-', undefined]);
});

test('an empty object that says so comes by one request', async () => {
  const { file, ranges } = await fetchFrom([reply('416 R | Content-Range: bytes */0 | Content-Length: 5', 'error')]);
  expect(file).toBe('');
  expect(ranges).toEqual(['0-5']);
});

test('an object that ends where a body broke is not taken for the one that broke', async () => {
  const broken = reply('200 OK | ETag: "a" | Transfer-Encoding: chunked', chunked('0123') + BREAK);
  const { file, ranges } = await fetchFrom([broken, reply('416 R | Content-Range: bytes */4 | Content-Length: 0', '')]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '4-5', '0-']);
});

test.for([
  ['that is kept alive', ''],
  ['that is to be closed', ' | Connection: close'],
])('chunks without the last one, on a connection %s, are not the whole', async ([, header]) => {
  const text = reply(`200 OK | Transfer-Encoding: chunked${header}`, chunked('0123') + BREAK);
  const { file, ranges } = await fetchFrom([text]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', '0-']);
});

test('a beginning that cannot be had of an object that is not empty is that of the whole', async () => {
  const { file, ranges } = await fetchFrom([reply('416 R | Content-Length: 0', '')]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', undefined]);
});

test.for<[string, string]>([
  ['of HTTP/1.0 with a length', WHOLE.replace('HTTP/1.1', 'HTTP/1.0')],
  ['in chunks', reply('200 OK | Transfer-Encoding: Chunked', `${chunked('01234')}${chunked('56789')}${chunked('')}`)],
  ['that says it is encoded, as it is', WHOLE.replace('OK', 'OK\r\nContent-Encoding: gzip')],
])('a whole %s comes by one request', async ([, text]) => {
  const { file, ranges } = await fetchFrom([text]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5']);
});

test.for<[string, string | undefined]>([
  ['gzip', 'gzip'],
  ['GZip', 'gzip'],
  ['identity, br', 'br'],
  ['gzip, br', 'gzip, br'],
  ['identity', undefined],
  // Some storages keep the one of a signed upload in chunks, which they have undone.
  ['aws-chunked', undefined],
  ['gzip,aws-chunked', 'gzip'],
  ['', undefined],
])('what is stored with Content-Encoding: %s is known to be packed as %s, and kept', async ([coding, encoding]) => {
  const first = `206 P | ETag: "a" | Content-Encoding: ${coding} | Content-Range: bytes 0-5/10 | Content-Length: 6`;
  const rest = '206 P | ETag: "a" | Content-Range: bytes 6-9/10 | Content-Length: 4';
  expect(await fetchFrom([reply(first, '012345'), reply(rest, '6789')])).toMatchObject({
    file: CONTENT,
    ranges: ['0-5', '6-9'],
    encoding,
  });
});

test('a part of HTTP/1.0 that ends with the connection is whole where its range says so', async () => {
  const text = reply('206 P | Content-Range: bytes 0-4/5', '01234').replace('HTTP/1.1', 'HTTP/1.0');
  expect(await fetchFrom([text])).toMatchObject({ file: '01234', ranges: ['0-5'] });
});

test.for<[string, string, string]>([
  ['in HTTP/1.0', reply('200 OK', CONTENT).replace('HTTP/1.1', 'HTTP/1.0'), 'does not say how long the file is'],
  ['in HTTP/1.1', reply('200 OK | ETag: "a" | Connection: close', CONTENT), 'does not say how long the file is'],
  [
    'packed for the way',
    reply('200 OK | Transfer-Encoding: gzip, chunked', `${chunked(CONTENT)}${chunked('')}`),
    'Transfer-Encoding: gzip, chunked',
  ],
  [
    'packed for the way, twice named',
    reply('200 OK | Transfer-Encoding: gzip | Transfer-Encoding: chunked', `${chunked(CONTENT)}${chunked('')}`),
    'gzip, chunked',
  ],
  [
    'of a part that is packed for the way',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/6 | Transfer-Encoding: gzip', '012345'),
    'Transfer-Encoding: gzip,',
  ],
  [
    'for which no disk is large enough',
    reply('206 P | ETag: "a" | Content-Range: bytes 0-5/999999999999999 | Content-Length: 6', '012345'),
    'The disk is too full: the file has 1 PB',
  ],
])('a body %s is refused at once, with the reason', async ([, text, reason]) => {
  const { file, ranges } = await fetchFrom([text]);
  expect(file).toMatchObject({ name: 'TransferError', type: 'final', message: expect.stringContaining(reason) });
  expect(ranges).toEqual(['0-5']);
});

const BROKEN = reply('200 OK | ETag: "a" | Transfer-Encoding: chunked', chunked('0123') + BREAK);
const later = (total: number) =>
  reply(`206 P | ETag: "a" | Content-Range: bytes 4-5/${total} | Content-Length: 2`, '45');

test.for([6, 8])('chunks that broke after %i bytes, no fewer than were asked for, go on to the end', async (at) => {
  const broken = reply('200 OK | ETag: "a" | Transfer-Encoding: chunked', chunked(CONTENT.slice(0, at)) + BREAK);
  const head = `206 P | ETag: "a" | Content-Range: bytes ${at}-9/10 | Content-Length: ${10 - at}`;
  const { file, ranges } = await fetchFrom([broken, reply(head, CONTENT.slice(at))]);
  expect(file).toBe(CONTENT);
  expect(ranges).toEqual(['0-5', `${at}-`]);
});

test('a size that only a later reply tells is held against the disk, too', async () => {
  const { file, ranges } = await fetchFrom([BROKEN, later(999_999_999_999_999)]);
  expect(file).toMatchObject({ type: 'final', message: expect.stringContaining('The disk is too full: the file has') });
  expect(ranges).toEqual(['0-5', '4-5']);
});

describe('a file that is larger than the user wants', () => {
  const SAYS = 'the 9 B that the input max-download-size allows. Raise it (`0` is no bound), or';

  test.for<[string, readonly string[], string, readonly string[]]>([
    ['with a length, before its first byte', [WHOLE], 'The file has 10 B, more than', ['0-5']],
    [
      'by its range, before its first byte',
      [reply('206 P | ETag: "a" | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345')],
      'The file has 10 B, more than',
      ['0-5'],
    ],
    [
      'in chunks, where it passes the bound',
      [reply('200 OK | Transfer-Encoding: chunked', `${chunked('01234')}${chunked('56789')}${chunked('')}`)],
      'The file has more than',
      ['0-5'],
    ],
    ['by what a later reply says', [BROKEN, later(10)], 'The file has 10 B, more than', ['0-5', '4-5']],
  ])('is refused %s', async ([, texts, found, asked]) => {
    const { file, ranges } = await fetchFrom(texts, 9);
    expect(file).toMatchObject({ name: 'TransferError', type: 'final', message: expect.stringContaining(SAYS) });
    expect(file).toMatchObject({ message: expect.stringContaining(found) });
    expect(ranges).toEqual(asked);
  });

  test('is none that has as many bytes as are allowed', async () => {
    expect(await fetchFrom([BROKEN], 10)).toMatchObject({ file: CONTENT });
    expect(await fetchFrom([WHOLE], 10)).toMatchObject({ file: CONTENT });
  });
});

test('a storage that sends parts nobody asked for is given up', async () => {
  const part = reply('206 P | Content-Range: bytes 0-5/10 | Content-Length: 6', '012345');
  const { file, ranges } = await fetchFrom(Array.from({ length: 9 }, () => part));
  expect(file).toMatchObject({ type: 'final', message: expect.stringContaining('have it pass requests on') });
  expect(ranges).toEqual(['0-5', '0-', undefined]);
});
