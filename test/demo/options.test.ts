import { expect, test } from 'vitest';
import { readOptions } from '../../demo/options.ts';

const NAMES = ['workflow', 'task-id', 'api-url', 'reuse'];
const FINE = { busy: 0, fail: 0, outage: 0, slow: false, leaves: undefined };
const URL = 'http://127.0.0.1:1/api/v1';

function read(...args: string[]) {
  return readOptions(args, NAMES);
}

test('a step is run against the embedded service, in a folder that is emptied, for as long as a job may take', () => {
  expect(read('--workflow', 'a')).toEqual({
    inputs: { workflow: 'a' },
    weather: FINE,
    workspace: undefined,
    keep: false,
    limit: 6 * 3_600_000,
  });
  expect(read('--workflow', 'a', '--fail', '0.5').weather).toEqual({ ...FINE, fail: 0.5 });
  expect(read('--workflow', 'a', '--files', '20', '--bytes', '1.5MB').weather).toEqual({
    ...FINE,
    leaves: { files: 20, bytes: 1_500_000 },
  });
  expect(read('--workflow', 'a', '--limit', '5m').limit).toBe(300_000);
  expect(read('--workflow', 'a', '--workspace', 'b').workspace).toBe('b');
});

test('a task of another service is followed in place of a workflow', () => {
  const inputs = { 'task-id': 'a', 'api-url': URL };
  expect(read('--task-id', 'a', '--api-url', URL)).toMatchObject({ inputs, weather: undefined });
});

test('the folder is kept when told so, and for what is to be reused', () => {
  expect(read('--workflow', 'a', '--keep').keep).toBe(true);
  expect(read('--workflow', 'a', '--reuse', 'true').keep).toBe(true);
  expect(read('--workflow', 'a', '--reuse', 'false').keep).toBe(false);
});

test.each([
  [[], 'Say what to run with --workflow'],
  [['--task-id', 'a'], '--task-id needs --api-url'],
  [['--workflow', 'a', '--limit', '5'], '--limit takes a time up to 6h, such as 5m'],
  [['--workflow', 'a', '--limit', '7h'], '--limit takes a time up to 6h'],
  [['--workflow', 'a', '--fail', '2'], '--fail takes a share'],
  [['--workflow', 'a', '--seeed', '1'], "Unknown option '--seeed'"],
  ...['--busy=1', '--fail=0', '--outage=1s', '--slow', '--files=2', '--bytes=1MB'].map((weather) => [
    ['--workflow', 'a', '--api-url', URL, weather],
    `${weather.replace(/=.*/, '')} is about the embedded service`,
  ]),
] as [string[], string][])('%j is refused in a line', (args, said) => {
  expect(() => readOptions(args, NAMES)).toThrow(new RegExp(`^${said.replace(/[.*()[\]]/g, '\\$&')}.*$`));
});
