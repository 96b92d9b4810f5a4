import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import type { FaultRule } from '../../emulator/faults.ts';
import { annotationsOf, countOf, quick, runAction } from './harness.ts';

type Rule = Pick<FaultRule, 'kind' | 'fault'>;

/** Three minutes, for which is asked again, in a second. */
const FAST = { faster: 200 };
const status = (status: number, body = '{"error":"no"}') => ({ type: 'status', status, body }) as const;
const body = (body: string, contentType = 'application/json') => ({ type: 'body', body, contentType }) as const;
const WORKFLOW = 'GET /r/workflows/slug/quick';
const MEND = 'The service writes it so, or a proxy cuts it: whoever runs them can mend it.';

describe('before there is a task, what answers at api-url ends a step by saying what it means:', () => {
  test.each<[string, readonly Rule[], string | RegExp, Readonly<Record<string, string>>?]>([
    [
      'a redirect',
      [{ kind: 'workflow', fault: status(302, '') }],
      `api-url points at an address that redirects (302). The key is not sent on to another one: set api-url to the final address, ending in /api/v1. That was ${WORKFLOW}.`,
    ],
    [
      'a page',
      [{ kind: 'workflow', fault: body('<html><title>Log in</title></html>', 'text/html') }],
      new RegExp(
        `^${WORKFLOW} was answered with a page instead of JSON: <html><title>Log in</title></html>\\. A proxy or a login page may stand before the service: check api-url\\. It was tried for 3m`,
      ),
    ],
    [
      'a text',
      [{ kind: 'workflow', fault: body('Hello!', 'text/plain') }],
      `${WORKFLOW} was answered with broken JSON: it begins with Hello!. ${MEND}`,
    ],
    [
      'JSON that is none in the middle',
      [{ kind: 'workflow', fault: body('{"version": NaN}') }],
      new RegExp(
        `^${WORKFLOW} was answered with broken JSON: Unexpected token .* at character 13, behind \`.*\`\\. The`,
      ),
    ],
    [
      'bytes that dribble in',
      [{ kind: 'workflow', fault: { type: 'trickle', bytesPerSecond: 100 } }],
      new RegExp(
        `^${WORKFLOW} to 127\\.0\\.0\\.1:\\d+ got no whole answer: no complete answer within 60 s\\. It was tried`,
      ),
    ],
    [
      'no such thing, whatever is asked for',
      [
        { kind: 'workflow', fault: status(404) },
        { kind: 'workflows', fault: status(404) },
      ],
      'What answers at api-url is not the Runtime API: neither the workflow quick nor the list of workflows is found there. Check api-url: it must end in /api/v1.',
    ],
    [
      'no such workflow, and no list',
      [
        { kind: 'workflow', fault: status(404) },
        { kind: 'workflows', fault: status(403) },
      ],
      /^There is no workflow quick\. Which ones there are could not be read either: The api-key may not do that \(403: no\)\. .* Check api-url too: it must end in \/api\/v1\.$/,
    ],
    [
      'no such workflow, nor any other',
      [
        { kind: 'workflow', fault: status(404) },
        { kind: 'workflows', fault: { type: 'reshape', change: () => ({ workflows: [], data: [] }) } },
      ],
      "There is no workflow quick. The key's team sees no workflow at all: is it a key of the right team?",
    ],
    [
      'no such version',
      [],
      /^There is no workflow quick@v9\. There is quick, but not that version of it\. Versions are plain numbers: write quick@9\. The key's team sees /,
      { workflow: 'quick@v9' },
    ],
  ])('%s', async (_, rules, said, given = {}) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    for (const rule of rules) emulator.fault({ ...rule, times: Number.POSITIVE_INFINITY });
    await using action = runAction({ emulator, with: { workflow: 'quick', ...given }, ...FAST });
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 1, signal: null, outputs: { status: 'failed' } });
    expect(annotationsOf(result, 'error')).toEqual([typeof said === 'string' ? said : expect.stringMatching(said)]);
    expect(result.annotations).toMatchObject([{ title: 'Cyberun: the submit failed' }]);
    expect(countOf(emulator, 'submit')).toBe(0);
  });

  test('nothing that speaks TLS', async () => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    const given = { workflow: 'quick', 'api-url': emulator.apiUrl.replace('http:', 'https:') };
    await using action = runAction({ emulator, with: given, ...FAST });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringMatching(
        /^No connection to 127\.0\.0\.1:\d+: what answers there does not speak TLS, so its address may begin with http:.*\. The address, a proxy/,
      ),
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe('a submit that is answered by', () => {
  test.each<[string, Rule, string, number | undefined]>([
    [
      'a limit for three minutes was not accepted',
      { kind: 'submit', fault: status(429) },
      'The run was not accepted. The service limits how often it may be asked (429: no). It answers again after a while. That was POST /r/workflows/slug/quick/run. It was tried for 3m',
      undefined,
    ],
    [
      'a fault may have been accepted, and is not sent again',
      { kind: 'submit', fault: status(500) },
      'Nobody knows whether the run was accepted: The service, or a proxy before it, has a fault (500: no). It may be over after a while. That was POST /r/workflows/slug/quick/run. A task may be running, so it was not sent again. Look for it in Cyberun; go on with it by its task-id, or cancel it and run this job again.',
      1,
    ],
  ])('%s', async (_, rule, said, submits) => {
    await using emulator = await startEmulator({ workflows: [quick()] });
    emulator.fault({ ...rule, times: Number.POSITIVE_INFINITY });
    await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
    const result = await action.done;
    expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(said)]);
    if (submits !== undefined) expect(countOf(emulator, 'submit')).toBe(submits);
    expect(emulator.tasks).toEqual([]);
  });
});

test('a service that is gone for ten minutes while a task runs ends the step, whose task may go on', async () => {
  await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
  // Ten minutes in three seconds.
  await using action = runAction({ emulator, with: { workflow: 'quick' }, ...FAST });
  await action.waitForLine('running on');
  await emulator.refuseConnections();
  const { exitCode, annotations, outputs, log } = await action.done;
  const down =
    /No connection to 127\.0\.0\.1:\d+: connect ECONNREFUSED .*\. It answered before: the service, a proxy or the network may be down for now\./;
  expect(exitCode).toBe(1);
  expect(annotations).toMatchObject([
    {
      level: 'error',
      message: expect.stringMatching(
        new RegExp(`^${down.source} It was tried for 10m.* Nobody confirmed that task \\S+ is cancelled: `),
      ),
    },
  ]);
  expect(log.join('\n')).toMatch(down);
  expect(outputs).toMatchObject({ status: 'failed', 'task-id': emulator.tasks[0]?.id });
});
