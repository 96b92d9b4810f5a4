import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { append, run, STAY, say, start, UUID } from './fake-action.ts';

test('stdout and stderr both make the log, and the exit code is the result', async () => {
  const result = await run({ main: `${say('one\n')} ${say('two\n', 'stderr')} process.exitCode = 3;` });
  expect(result.log.toSorted()).toEqual(['one', 'two']);
  expect(result).toMatchObject({ exitCode: 3, signal: null, violations: [] });
  expect(result).not.toHaveProperty('post');
});

test('a script that is not there fails as node does', async () => {
  const step = start({ main: '' }, { nodeOptions: ['--import', './missing.mjs'] });
  expect((await step.done).exitCode).toBe(1);
  expect(step.log.join('\n')).toContain('ERR_MODULE_NOT_FOUND');
});

test('a node that is not there rejects', async () => {
  const step = start({ main: '' }, { node: '/nowhere/node' });
  await expect(step.done).rejects.toThrow('ENOENT');
  await expect(step.waitForLine('anything')).rejects.toThrow('no line like anything');
});

test("post's violations are the step's too", async () => {
  const result = await run({ main: '', post: say('::nonsense::\n') });
  expect(result.violations).toEqual([expect.stringMatching(/^post: unknown command/)]);
  expect(result.post?.violations).toHaveLength(1);
});

test('inputs are given, or defaulted as action.yml has them, to main and post', async () => {
  const inputs = `{ api-key: { required: true }, my input: {default: 1.0}, github-token: { default: "\${{ github.token }}" }, bare: }`;
  const show =
    "console.log(Object.keys(process.env).filter((k) => k.startsWith('INPUT_')).map((k) => k + '=' + process.env[k]).join());";
  const result = await run({ inputs, main: show, post: show }, { with: { 'api-key': 'sk-1' } });
  const line = 'INPUT_API-KEY=sk-1,INPUT_MY_INPUT=1.0,INPUT_GITHUB-TOKEN=***,INPUT_BARE=';
  expect(result.log).toEqual([line]);
  expect(result.post?.log.at(-1)).toBe(line);
});

test('an input that action.yml does not declare, or a default that cannot be known, is an error', () => {
  expect(() => start({ main: '' }, { with: { nonsense: '1' } })).toThrow('not declared in action.yml: nonsense');
  expect(() => start({ main: '', inputs: `{ a: { default: "\${{ runner.os }}" } }` })).toThrow('default of a');
});

test("the environment is a job's, with nothing else of this machine's", async () => {
  process.env.HTTPS_PROXY = 'http://proxy.invalid';
  process.env.NODE_EXTRA_CA_CERTS = '/nowhere.pem';
  onTestFinished(() => {
    delete process.env.HTTPS_PROXY;
    delete process.env.NODE_EXTRA_CA_CERTS;
  });
  const main = `import { readFileSync } from 'node:fs';
    const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'));
    console.log(JSON.stringify({ ...process.env, event, cwd: process.cwd(), options: process.execArgv }));`;
  const options = {
    env: { https_proxy: 'http://asked.invalid', GITHUB_API_URL: 'http://127.0.0.1:1' },
    event: { release: { id: 7 } },
    eventName: 'release',
    nodeOptions: ['--no-warnings'],
  };
  const result = await run({ main }, options);
  const seen = JSON.parse(result.log[0] ?? '');
  expect(seen).toMatchObject({
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: 'http://127.0.0.1:1',
    GITHUB_EVENT_NAME: 'release',
    GITHUB_REPOSITORY: 'octocat/hello-world',
    GITHUB_WORKSPACE: seen.cwd,
    https_proxy: 'http://asked.invalid',
    event: { release: { id: 7 } },
    options: ['--no-warnings'],
  });
  const rest = Object.keys(seen).filter(
    (name) => !/^(GITHUB_|RUNNER_|CI$|event$|cwd$|options$|https_proxy$)/.test(name),
  );
  expect(['PATH', 'HOME', 'LANG', 'SYSTEMROOT', 'USERPROFILE', 'TEMP']).toEqual(expect.arrayContaining(rest));
  expect(seen).not.toHaveProperty('RUNNER_DEBUG');
  expect(existsSync(seen.RUNNER_TEMP)).toBe(false);
});

test('a cancel sends SIGINT to main, and post runs after it ended', async () => {
  const main = `process.on('SIGINT', () => { console.log('got SIGINT'); process.exit(1); }); ${STAY}`;
  const step = start({ main, post: say('cleaned\n') });
  await step.waitForLine('ready');
  const result = await step.cancel();
  expect(result).toMatchObject({ exitCode: 1, signal: null, log: ['ready', 'got SIGINT'] });
  expect(result.post?.log).toEqual(['Post job cleanup.', 'cleaned']);
});

test('a cancel goes on to SIGTERM, then to SIGKILL; what main wrote before counts, and post still runs', async () => {
  const main = `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log(name));
    ${append('GITHUB_STATE', `task<<${UUID}\n42\n${UUID}\nhalf<<${UUID}\nwrit`)} ${STAY}`;
  const step = start(
    { main, post: 'console.log(process.env.STATE_task, process.env.STATE_half);' },
    { graceMs: { int: 300, term: 200 } },
  );
  await step.waitForLine('ready');
  const began = performance.now();
  const [result, again] = await Promise.all([step.cancel(), step.cancel()]);
  expect(performance.now() - began).toBeGreaterThanOrEqual(490);
  expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', state: { task: '42' } });
  expect(result.log.slice(0, 3)).toEqual(['ready', 'SIGINT', 'SIGTERM']);
  expect(result.violations).toEqual([expect.stringContaining('Matching delimiter not found')]);
  expect(result.post?.log).toEqual(['Post job cleanup.', '42 undefined']);
  expect(again).toBe(result);
});

test('a cancel does not reach post', async () => {
  const post = `process.on('SIGINT', () => console.log('SIGINT')); console.log('post ready');
    setTimeout(() => console.log('post ends'), 150);`;
  const step = start({ main: '', post });
  await step.waitForLine('post ready');
  expect((await step.cancel()).post?.log.slice(1)).toEqual(['post ready', 'post ends']);
});

test('kill sends just that signal', async () => {
  const step = start({ main: STAY, post: '' });
  await step.waitForLine('ready');
  step.kill('SIGKILL');
  expect(await step.done).toMatchObject({ signal: 'SIGKILL', exitCode: null, post: { exitCode: 0 } });
});

test('a pipe that is closed is an EPIPE for whichever runs', async () => {
  const tell = (name: string) =>
    `process.stdout.on('error', ({ code }) => { console.error('${name}', code); process.exit(); });
     setInterval(() => console.log('${name}'), 5);`;
  const step = start({ main: tell('main'), post: tell('post') });
  await step.waitForLine('main');
  step.closePipe('stdout');
  await step.waitForLine('main EPIPE');
  await step.waitForLine(/^post$/);
  step.closePipe('stdout');
  const { log, post } = await step.done;
  expect([log.at(-1), post?.log.at(-1)]).toEqual(['main EPIPE', 'post EPIPE']);
});

test('another script can be run in place of main', async () => {
  const step = start({ main: 'process.exitCode = 1;', post: say('another\n') }, { main: 'post.mjs' });
  expect(await step.done).toMatchObject({ exitCode: 0, log: ['another'], post: { exitCode: 0 } });
});

test('a preempted runner skips post', async () => {
  const step = start({ main: STAY, post: '' }, { skipPost: true });
  await step.waitForLine('ready');
  expect(await step.cancel()).not.toHaveProperty('post');
});

test('a step that takes too long is cancelled with an error, and post runs', async () => {
  const result = await run({ main: STAY, post: '' }, { timeoutMs: 600 });
  expect(result).toMatchObject({ signal: 'SIGINT', post: { exitCode: 0 } });
  expect(result.annotations).toMatchObject([
    { level: 'error', message: 'The action has timed out after 0.6 seconds.' },
  ]);
});

test('an abandoned step is killed and leaves nothing', async () => {
  const controller = new AbortController();
  const step = start(
    { main: `console.log(process.env.RUNNER_TEMP); ${STAY}`, post: '' },
    { signal: controller.signal },
  );
  await step.waitForLine('ready');
  expect(existsSync(step.log[0] ?? '')).toBe(true);
  controller.abort();
  const result = await step.done;
  expect(result.signal).toBe('SIGKILL');
  expect(result).not.toHaveProperty('post');
  expect(existsSync(step.log[0] ?? '')).toBe(false);
});

test('a step abandoned before it began is killed at once', async () => {
  const result = await run({ main: STAY, post: '' }, { signal: AbortSignal.abort(), timeoutMs: 5000 });
  expect(result).toMatchObject({ signal: 'SIGKILL', annotations: [] });
});

test('lines come live, masked, one by one', async () => {
  const lines: string[] = [];
  const step = start({ main: `${say('::add-mask::key\na key\n')} ${STAY}` }, { onLine: (line) => lines.push(line) });
  expect(await step.waitForLine(/^re.dy$/g)).toBe('ready');
  expect(lines).toEqual(['a ***', 'ready']);
  expect(step.log).toEqual(lines);
  step.kill('SIGTERM');
  await step.done;
});

test('waiting for a line ends with the step, or when told to, and shows the log so far', async () => {
  const step = start({ main: STAY });
  await step.waitForLine('ready');
  await expect(step.waitForLine('never', AbortSignal.abort())).rejects.toThrow(
    'no line like never; the log so far:\nready',
  );
  const waiting = step.waitForLine(/never/);
  step.kill('SIGKILL');
  await expect(waiting).rejects.toMatchObject({ cause: new Error('the step is over') });
});
