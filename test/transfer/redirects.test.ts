import { expect, test } from 'vitest';
import type { Answer, Wire, WireRequest } from '../../src/base/wire.ts';
import { requestStorage, type StorageRequest } from '../../src/transfer/request.ts';
import { createLeapingClock } from '../base/leaping-clock.ts';

/** What a server answers: a status, and where it redirects to. */
type Step = readonly [status: number, location?: string | undefined];

const GET: StorageRequest = { method: 'GET', headers: { range: 'bytes=5-' }, stallLimit: 1 };

/** Asks over a wire whose servers answer in that order, and keeps what they were sent. */
async function ask(url: string, steps: readonly Step[], request = GET, isApiLocal = false) {
  const asked: { url: string; request: WireRequest; sent: string }[] = [];
  const destroyed: number[] = [];
  const wire: Wire = async (url, request) => {
    const at = asked.length;
    const [status = 0, location] = steps[at] ?? [];
    let sent = '';
    if (request.body !== undefined) for await (const chunk of request.body) sent += String(chunk);
    asked.push({ url, request, sent });
    const header: Answer['header'] = (name) => (name === 'location' ? location : undefined);
    const destroy = () => void destroyed.push(at);
    return { status, header, body: { destroy, async *[Symbol.asyncIterator]() {} } };
  };
  const isHome = () => isApiLocal;
  const context = { wire, isHome, clock: createLeapingClock(), signal: new AbortController().signal };
  const outcome = await requestStorage(url, request, context).then(
    ({ status }) => status,
    (error: unknown) => error,
  );
  // Of the answers that lead on, none keeps its connection.
  expect(destroyed).toEqual([...steps.keys()].filter((at) => typeof outcome !== 'number' || at < steps.length - 1));
  return { outcome, asked, urls: asked.map((one) => one.url) };
}

test.each([301, 302, 303, 307, 308])('%i leads a GET on, with the same headers', async (status) => {
  const { outcome, asked, urls } = await ask('https://a.example/x?s=1', [[status, 'https://b.example/y?t=2'], [206]]);
  expect(outcome).toBe(206);
  expect(urls).toEqual(['https://a.example/x?s=1', 'https://b.example/y?t=2']);
  expect(asked.map(({ request }) => request.headers)).toEqual([GET.headers, GET.headers]);
});

test.each([
  ['/y?t=2', 'https://a.example/y?t=2'],
  ['y', 'https://a.example/d/y'],
  ['//b.example/y', 'https://b.example/y'],
  ['?t=2', 'https://a.example/d/x?t=2'],
])('a Location of %s is read from where it came', async (location, target) => {
  const { urls } = await ask('https://a.example/d/x?s=1', [[302, location], [200]]);
  expect(urls[1]).toBe(target);
});

test('five redirects are followed, and no more', async () => {
  const steps = (count: number): Step[] => Array.from({ length: count }, (_, at) => [302, `https://h/${at + 1}`]);
  expect((await ask('https://h/0', [...steps(5), [200]])).outcome).toBe(200);
  const { outcome, urls } = await ask('https://h/0', steps(6));
  expect(outcome).toMatchObject({ type: 'final', message: expect.stringContaining('It redirected 5 times before') });
  expect(urls).toHaveLength(6);
});

test.each([307, 308])('%i leads a PUT on, with its body and its headers', async (status) => {
  let made = 0;
  const request: StorageRequest = {
    method: 'PUT',
    headers: { 'x-amz-meta-a': 'b' },
    body: async function* () {
      made += 1;
      yield Buffer.from(`body ${made}`);
    },
    stallLimit: 1,
  };
  const { outcome, asked } = await ask('https://h/0', [[status, 'https://h/1'], [200]], request);
  expect(outcome).toBe(200);
  expect(asked.map(({ sent }) => sent)).toEqual(['body 1', 'body 2']);
  expect(asked[1]?.request).toMatchObject({ method: 'PUT', headers: request.headers });
});

test.each([301, 302, 303])('%i ends a PUT', async (status) => {
  const { outcome } = await ask('https://h/0', [[status, 'https://h/1']], { ...GET, method: 'PUT' });
  expect(outcome).toMatchObject({ type: 'final', message: expect.stringContaining('without its file') });
});

test.each([200, 206, 300, 304, 305, 306, 399, 404])('%i is an answer like any other', async (status) => {
  expect((await ask('https://h/0', [[status, 'https://h/1']])).outcome).toBe(status);
});

test.each([
  [undefined, 'does not say where to'],
  ['', 'does not say where to'],
  ['https://[', 'to something that is no URL'],
  ['ftp://h/secret', 'begins with ftp://h, and'],
  ['http://h/secret', 'begins with http://h, and'],
  ['http://127.0.0.1/secret', 'begins with http://127.0.0.1, and'],
  ['data:,secret', 'begins with data:, and'],
])('a Location of %j is an end', async (location, reason) => {
  // Where both it and the API are on this machine, what began with https goes on with it nevertheless.
  const { outcome, urls } = await ask('https://127.0.0.1/0', [[302, location]], GET, true);
  expect(outcome).toMatchObject({ type: 'final', message: expect.stringContaining(reason) });
  expect(outcome).toMatchObject({ message: expect.stringMatching(/^The storage answered 302\. It redirects/) });
  expect(String(outcome)).not.toContain('secret');
  expect(urls).toHaveLength(1);
});

test('on this machine a redirect may be without TLS, or begin with it', async () => {
  const steps: Step[] = [[302, 'http://localhost/1'], [302, 'https://localhost/2'], [200]];
  expect((await ask('http://127.0.0.1/0', steps, GET, true)).outcome).toBe(200);
});

test.each([
  ['https://127.0.0.1/secret', '127.0.0.1, which is this machine'],
  ['https://169.254.169.254/secret', "169.254.169.254, which is the cloud's service"],
  ['//[fd00:ec2::254]/secret', "[fd00:ec2::254], which is the cloud's service"],
  ['//metadata.google.internal/secret', "metadata.google.internal, which is the cloud's service"],
])('a Location of %s is an end where the API is not there', async (location, where) => {
  const { outcome, urls } = await ask('https://a.example/x', [[307, location]]);
  expect(outcome).toMatchObject({ type: 'final', message: expect.stringContaining(`leads to ${where}`) });
  expect(outcome).toMatchObject({ message: expect.stringMatching(/^The storage answered 307\. It redirects/) });
  expect(String(outcome)).not.toContain('secret');
  expect(urls).toHaveLength(1);
});

test('an address that may not be fetched from is not asked', async () => {
  const { outcome, urls } = await ask('http://h/0', []);
  expect(outcome).toMatchObject({ type: 'final', message: expect.stringContaining('begins with http://h,') });
  expect(urls).toEqual([]);
});
