import { expect, test } from 'vitest';
import { colouredSpans, logPageOf } from '../../demo/log-page.ts';

test.each([
  ['a <b> & "c"', 'a &lt;b&gt; &amp; &quot;c&quot;'],
  ['0:01  \u001b[32mcompleted\u001b[39m in 1', '0:01  <span style="color:#3fb950;">completed</span> in 1'],
  ['\u001b[1;91mbad\u001b[0m.', '<span style="color:#ff7b72;font-weight:600;">bad</span>.'],
  [
    '\u001b[38;2;1;2;3;48;2;4;5;6m▀\u001b[49mx',
    '<span style="color:rgb(1 2 3);background:rgb(4 5 6);">▀</span><span style="color:rgb(1 2 3);">x</span>',
  ],
  [
    '\u001b[44mx\u001b[7m<\u001b[my',
    '<span style="background:#58a6ff;">x</span><span style="background:#58a6ff;">&lt;</span>y',
  ],
])('SGR in %j is shown', (line, html) => {
  expect(colouredSpans(line)).toBe(html);
});

test('groups are folded, their lines are counted, and annotations have their words', () => {
  const raw = '::group::files <1>\n| a.png\n::endgroup::\n::debug::no\n::error title=t::it failed%0A\nend\n';
  const page = logPageOf({ job: 'a', step: 'b', inputs: ['with:'], raw, seconds: 3 });
  const log = page.slice(page.indexOf('<details>'), page.indexOf('</main>'));
  expect(log.replace(/\s*\n\s*/g, '')).toBe(
    [
      '<details><summary><p class=""><i>1</i><span>Run cyberun/run@v1</span></p></summary>',
      '<p class=""><i>2</i><span>with:</span></p></details>',
      '<details><summary><p class=""><i>3</i><span>files &lt;1&gt;</span></p></summary>',
      '<p class=""><i>4</i><span>| a.png</span></p></details>',
      '<p class="error"><i>5</i><span><b>Error: </b>it failed</span></p>',
      '<p class=""><i>6</i><span>end</span></p></div>',
    ].join(''),
  );
});
