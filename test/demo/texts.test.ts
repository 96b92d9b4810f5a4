import { expect, test } from 'vitest';
import { giveaways, lasting, textOf } from '../../demo/texts.ts';

test.each([
  ['Task 095c2e83-21b4-46cf-ac76-e455b5e5e490 submitted', 'Task <id> submitted'],
  ['Queued 0:03 · ran 1:02:09 · 9 GPU seconds', 'Queued <time> · ran <time>'],
  ['ran 0:01 · 1 GPU second · task `095c2e83`', 'ran <time> · task `<short id>`'],
  [`280 kB  sha256 ${'1e5efee2'.repeat(8)}`, '<size>  sha256 <digest>'],
  ['1 file in cyberun-outputs, 280 kB at 431 kB/s', '1 file in cyberun-outputs, <size>'],
  ['1 file in cyberun-outputs, 1.2 MB', '1 file in cyberun-outputs, <size>'],
  ['| `░░░███`<br>0:01 + 0:02 | `gpu-node-03` |', '| `<bar>`<br><time> + <time> | `<agent>` |'],
  ['reused, of `2026-11-26` (0:02)', 'reused, of `<date>` (<time>)'],
  ['4 of 12 tasks would run; text-to-image@3, seed: 7', '4 of 12 tasks would run; text-to-image@3, seed: 7'],
])('of %j, what differs from run to run is masked', (text, masked) => {
  expect(lasting(text)).toBe(masked);
  expect(lasting(masked)).toBe(masked);
});

test('lines of progress that follow one another are one, whatever they tell', () => {
  const lines = [
    '  0:03  running on gpu-node-01 (NVIDIA L4)',
    '  0:03  [#-------------------]   5%  step 1/20  KSampler (node 3)',
    '  0:09  [############--------]  60%  step 12/20  KSampler (node 3)  about 0:02 left',
    '  0:12  [##########----------]  50%  step 1/2  VAEDecode (node 8, the 2nd of 7)',
    '  0:12  completed in 0:12',
  ];
  const few = [...lines.slice(0, 2), ...lines.slice(-1)];
  expect(lasting(lines.join('\n'))).toBe(lasting(few.join('\n')));
  expect(lasting(few.join('\n'))).toBe(
    '  <time>  running on <agent> (NVIDIA L4)\n  <time>  <progress>\n  <time>  completed in <time>',
  );
});

test('a page is read a line a block, without style, script and markup', () => {
  const page = `<!doctype html><title>a</title><style>p{}</style><h1>Shop &amp; hero</h1>
    <ul><li>one <b>bold</b></li><li>&lt;two&gt;</li></ul><script>if (1 < 2) {}</script>`;
  expect(textOf(page)).toBe('Shop & hero\none bold\n<two>');
});

test.each([
  ['Service: 127.0.0.1:33483', ['127.0.0.1:33483']],
  ['at http://localhost:8080/api', ['localhost:8080/api']],
  ['in /home/ann/run, "/tmp/scene-1"', ['/home/ann/run,', '/tmp/scene-1"']],
  ['in C:\\Users\\ann', ['C:\\Users\\ann']],
  ['key sk-emulator-0123, ghs_token, X-Amz-Signature=1', ['sk-emulator-0123,', 'ghs_token', 'X-Amz-Signature=1']],
  ['in my own place', ['my own place']],
  ['<img src="data:image/png;base64,AA+/tmp/b"> core.cyberun.cloud, docs/tmp/a, 12:34, task-sk-1', []],
])('of %j, what no picture may show is found', (text, found) => {
  expect(giveaways(text, ['my own place', '/nowhere'])).toEqual(found);
});
