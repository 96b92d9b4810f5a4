import { expect, test } from 'vitest';
import { append, run, say, UUID } from './fake-action.ts';

const CORE = import.meta.resolve('@actions/core');

test('commands are carried out on both streams and shown as the web log shows them', async () => {
  const result = await run({
    main: say(
      [
        '::error title=A%2C b,file=src/a.ts::no 100%25%0Asecond line',
        '  ::Warning::careful',
        '::notice::note',
        '',
      ].join('\n'),
      'stderr',
    ),
  });
  expect(result.annotations).toEqual([
    { level: 'error', title: 'A, b', message: 'no 100%\nsecond line', properties: { title: 'A, b', file: 'src/a.ts' } },
    { level: 'warning', message: 'careful', properties: {} },
    { level: 'notice', message: 'note', properties: {} },
  ]);
  expect(result.log).toEqual(['Error: no 100%', 'second line', 'Warning: careful', 'Notice: note']);
  expect(result.violations).toEqual([]);
});

test('a line is told plain and with its colours, both masked', async () => {
  const told: string[][] = [];
  const green = '\u001b[32mdone\u001b[39m';
  await run(
    { main: say(`::add-mask::s3cret\n::group::a\n${green} s3cret\n::endgroup::\n`) },
    { onLine: (...line) => told.push(line) },
  );
  expect(told).toEqual([
    ['▸ a', '▸ a'],
    ['  done ***', `  ${green} ***`],
  ]);
});

test('groups are shown as a title and indented lines, and do not nest', async () => {
  const lines = ['::group::first', 'in', '::group::second', 'in too', '::endgroup::', 'out'];
  const result = await run({ main: say(`${lines.join('\n')}\n`) });
  expect(result.log).toEqual(['▸ first', '  in', '▸ second', '  in too', 'out']);
});

test('debug lines are shown only in a debug run, which the action can see', async () => {
  const main = `${say('::debug::deep\n')} console.log(process.env.RUNNER_DEBUG);`;
  expect((await run({ main })).log).toEqual(['undefined']);
  expect((await run({ main }, { debug: true })).log).toEqual(['##[debug]deep', '1']);
});

test('the last line needs no newline', async () => {
  expect((await run({ main: say('a\nb') })).log).toEqual(['a', 'b']);
});

test('characters cut between two writes are whole in the log', async () => {
  const bytes = JSON.stringify([...Buffer.from('é')]);
  const main = `const [a, b] = ${bytes}; process.stdout.write(Buffer.of(a), () => setTimeout(() => process.stdout.write(Buffer.of(b)), 50));`;
  expect((await run({ main })).log).toEqual(['é']);
});

test.each([
  ['a bare carriage return makes a line', 'x\r::error::y\n', 'carriage return'],
  ["'##[' makes a legacy command anywhere in a line", 'x ##[error]y\n', "'##['"],
])('%s, and is a violation', async (_, text, violation) => {
  const result = await run({ main: say(text) });
  expect(result.annotations).toMatchObject([{ level: 'error', message: 'y' }]);
  expect(result.violations).toEqual([expect.stringContaining(violation)]);
});

test.each([
  ['an unknown command', '::frobnicate::x\n', ['::frobnicate::x']],
  ['an unknown command after spaces', '\u00a0 ::frobnicate::x\n', ['\u00a0 ::frobnicate::x']],
  ["'##[' that is no command", 'x ##[section]y\n', ['x ##[section]y']],
  ["'##[' in a command's data", '::group::x##[error]y\n', ['▸ x##[error]y']],
  ['an escape sequence', 'x\u001b[2Jy\n', ['x\u001b[2Jy']],
  ['a line separator', 'x\u2028y\n', ['x\u2028y']],
  ['a bidi override in an annotation', '::notice::x\u202ey\n', ['Notice: x\u202ey']],
  [
    'set-env, which is disabled',
    '::set-env name=A::b\n',
    expect.arrayContaining(['Error: The `set-env` command is disabled.']),
  ],
  [
    'add-path, which is disabled',
    '::add-path::/b\n',
    expect.arrayContaining(['Error: The `add-path` command is disabled.']),
  ],
  ['add-matcher', '::add-matcher::m.json\n', []],
])('%s in the output is a violation', async (_, text, log) => {
  const result = await run({ main: say(text) });
  expect(result.log).toEqual(log);
  expect(result.violations).toHaveLength(1);
});

test('tabs, colours and text with colons are no violation', async () => {
  const text = '\tx \u001b[31;1mred\u001b[0m at 12:30, std::vector::size, [##--], #[x]\n';
  expect((await run({ main: say(text) })).violations).toEqual([]);
});

test('set-output and save-state on stdout still work, and are violations', async () => {
  const main = say('\u0085::set-output name=a::%250A\n::save-state name=b::2\n');
  const result = await run({ main, post: 'console.log(process.env.STATE_b);' });
  expect(result).toMatchObject({ outputs: { a: '%0A' }, state: { b: '2' } });
  expect(result.post?.log).toEqual(['Post job cleanup.', '2']);
  expect(result.violations).toHaveLength(2);
});

test('between stop-commands and its token commands are text', async () => {
  const lines = [
    '::stop-commands::toKen',
    '::error::no',
    '::add-mask::plain',
    '::token::',
    '::error::yes',
    '::token::',
  ];
  const result = await run({ main: say(`${lines.join('\n')}\n`) });
  expect(result.annotations.map(({ message }) => message)).toEqual(['yes']);
  expect(result.masks).not.toContain('plain');
  expect(result.log).toEqual([...lines.slice(0, -2), 'Error: yes', '::token::']);
  expect(result.raw).toContain('::add-mask::plain');
});

test('a stop token which is a command is refused', async () => {
  const result = await run({ main: say('::stop-commands::group\n::notice::still on\n') });
  expect(result.annotations.at(-1)?.message).toBe('still on');
});

test('a mask hides the whole value, each trimmed line and their other writings, from then on and in post', async () => {
  const secret = 's3cr&t "x"';
  const value = `${secret}\n  second line  `;
  const shown = [value.replace('\n', '/'), 'a second line', Buffer.from(secret).toString('base64')];
  const encoded = [encodeURIComponent(secret), JSON.stringify(secret), 's3cr&amp;t &quot;x&quot;'];
  const main = `console.log(${JSON.stringify(secret)}); ${say(`::add-mask::${value.replace('\n', '%0A')}\n`)}
    for (const line of ${JSON.stringify([...shown, ...encoded])}) console.log(line);
    console.log(${JSON.stringify(`::error::bad ${secret}`)});`;
  const result = await run({ main, post: `console.log(${JSON.stringify(secret)});` });
  expect(result.log).toEqual([secret, '***/  ***  ', 'a ***', '***', '***', '"***"', '***', 'Error: bad ***']);
  expect(result.annotations[0]?.message).toBe('bad ***');
  expect(result.post?.log.at(-1)).toBe('***');
  expect(result.raw).toContain(`bad ${secret}`);
  expect(result.raw).not.toContain('add-mask');
});

test('secrets of the repository are masked from the start; a mask has no least length; masks that touch are one', async () => {
  const result = await run({ main: say('xyz and x, y\n') }, { secrets: ['x', 'y'] });
  expect(result.log).toEqual(['***z and ***, ***']);
  expect(result.masks).toEqual(expect.arrayContaining(['x', 'y']));
});

test('an empty mask is a warning and hides nothing', async () => {
  const result = await run({ main: say('::add-mask:: \nplain\n') });
  expect(result.log).toEqual([expect.stringContaining("Warning: Can't add secret mask for empty string"), 'plain']);
});

test('what @actions/core writes arrives in outputs, state, exports, path and summary, and post has it', async () => {
  const main = `import * as core from ${JSON.stringify(CORE)};
    core.setOutput('list', [1, 'a\\nb']);
    core.saveState('task', 'first\\nghadelimiter\\nlast\\n');
    core.exportVariable('TOLD', 'yes');
    core.addPath('/tools');
    await core.summary.addRaw('# Done').write();
    core.setFailed('in the end');`;
  const post = `import * as core from ${JSON.stringify(CORE)};
    console.log(JSON.stringify(core.getState('task')), process.env.TOLD, process.env.PATH.startsWith('/tools'));
    core.setOutput('late', 1);
    await core.summary.addRaw('post').write();`;
  const result = await run({ main, post });
  expect(result).toMatchObject({
    exitCode: 1,
    outputs: { list: '[1,"a\\nb"]' },
    state: { task: 'first\nghadelimiter\nlast\n' },
    exports: { TOLD: 'yes' },
    pathAdditions: ['/tools'],
    summary: '# Done',
    annotations: [{ level: 'error', message: 'in the end' }],
    violations: [],
    post: { exitCode: 0, outputs: { late: '1' }, summary: 'post', violations: [] },
  });
  expect(result.post?.log).toEqual(['Post job cleanup.', '"first\\nghadelimiter\\nlast\\n" yes true']);
});

test('files may hold name=value lines; what is before a malformed one counts', async () => {
  const result = await run({ main: append('GITHUB_OUTPUT', 'a=b<<c\n\nd==\nnonsense\ne=f\n') });
  expect(result.outputs).toEqual({ a: 'b<<c', d: '=' });
  expect(result.violations).toEqual([expect.stringContaining("Invalid format 'nonsense'")]);
  expect(result.log).toEqual([expect.stringContaining("Error: Unable to process file command 'output'")]);
});

test.each([
  ['a fixed delimiter', append('GITHUB_OUTPUT', 'a<<EOF\nb\nEOF\n'), 'not random: EOF'],
  ['a delimiter used twice', append('GITHUB_STATE', `a<<${UUID}\n${UUID}\nb<<${UUID}\n${UUID}\n`), 'not random'],
  ['a delimiter that does not come', append('GITHUB_STATE', `a<<${UUID}\nb\n`), 'Matching delimiter not found'],
  ['NODE_OPTIONS for later steps', append('GITHUB_ENV', 'NODE_OPTIONS=--inspect\n'), 'NODE_OPTIONS'],
  [
    'a masked value in an output',
    say('::add-mask::key\n') + append('GITHUB_OUTPUT', 'a=the key\n'),
    'masked value in a',
  ],
  ['a masked value in the summary', say('::add-mask::key\n') + append('GITHUB_STEP_SUMMARY', 'key'), 'in the summary'],
  ['a summary over 1 MiB', append('GITHUB_STEP_SUMMARY', 'x'.repeat(1024 * 1024 + 1)), 'upload aborted'],
  ['outputs over 1 MiB', append('GITHUB_OUTPUT', `a=${'x'.repeat(512 * 1024 + 1)}\n`), 'outputs of'],
  ['an annotation that is too long', say(`::notice::${'x'.repeat(4097)}\n`), '4097 characters'],
  ['an eleventh annotation of a kind', say('::warning::x\n'.repeat(11)), '11 annotations (warning)'],
])('%s is a violation', async (_, main, violation) => {
  expect((await run({ main })).violations).toEqual([expect.stringContaining(violation)]);
});

test('limits are kept when just reached', async () => {
  const main = [
    append('GITHUB_STEP_SUMMARY', 'x'.repeat(1024 * 1024)),
    append('GITHUB_OUTPUT', `a=${'x'.repeat(512 * 1024)}\n`),
    say(`::notice::${'x'.repeat(4096)}\n${'::warning::x\n'.repeat(10)}`),
  ].join('\n');
  const result = await run({ main });
  expect(result.violations).toEqual([]);
  expect(result.summary).toHaveLength(1024 * 1024);
});
