import { describe, expect, test } from 'vitest';
import { INVARIANTS, type Violation, violationsOf } from '../../simulator/invariants/invariants.ts';
import type { Fault, LateUrls, Plan, Route, TaskPlan } from '../../simulator/plan.ts';
import { live, type Tamper } from '../../simulator/world.ts';
import type { Answer } from '../../src/base/wire.ts';
import { createPlan, TASK } from './plans.ts';
import { answerOf, edited, heldUp, onClock, onDisk, onWire, spliced } from './tampers.ts';

const STRANGE_END: TaskPlan = { ...TASK, ending: 'failed', words: { failed: 'archived' } };

const [RUN] = TASK.tries;

/** A fault of the action, planted into what it is given, and the invariant that has to find it. */
interface Planted {
  readonly name: string;
  readonly plan: Plan;
  readonly tamper: Tamper;
  readonly finds: Violation['invariant'];
}

const PLANTED: readonly Planted[] = [
  {
    name: 'a submit that is sent twice',
    plan: createPlan(),
    tamper: onWire('submit', async (send) => {
      await send();
      return send();
    }),
    finds: 'one task an order',
  },
  {
    name: 'a retry after a failure that the stream tells of, and no record',
    // The service tries the task again itself; nobody can read that.
    plan: createPlan({
      inputs: { retries: 1 },
      tasks: [{ ...TASK, tries: [RUN, RUN] }],
      service: { ...withEnding('named'), stream: { ...withEnding('named').stream, tellsTries: true } },
      faults: [silent('task')],
    }),
    tamper: onWire('task', async () => answerOf(200, '{"task_status":"failed"}')),
    finds: 'one task an order',
  },
  {
    name: 'a retry of what is out of memory',
    plan: createPlan({ inputs: { retries: 1 }, tasks: [{ ...TASK, failFirst: 1, error: 'CUDA out of memory' }] }),
    tamper: (given) => {
      const reworded = (fields: Record<string, unknown>) => ({ ...fields, task_error: 'CUDA error' });
      return onWire('task', async (send) => edited(await send(), reworded))(given);
    },
    finds: 'one task an order',
  },
  {
    name: 'a retry after an abort that nobody hears',
    plan: createPlan({ inputs: { retries: 1 }, tasks: [{ ...TASK, failFirst: 1 }], abort: { type: 'at', ms: 21_000 } }),
    tamper: (given) => ({ ...given, signal: new AbortController().signal }),
    finds: 'one task an order',
  },
  {
    name: 'a cancel that never leaves, and is taken for confirmed',
    plan: createPlan({ abort: { type: 'at', ms: 5_000 } }),
    tamper: onWire('cancel', async () => answerOf(200, 'true')),
    finds: 'nothing left running',
  },
  {
    name: 'records that always say running, after a stream that does not tell the end',
    plan: createPlan({ service: withEnding('none') }),
    tamper: onWire('task', async (send) => {
      await send();
      return answerOf(200, '{"task_status":"running"}');
    }),
    finds: 'an end is noticed',
  },
  {
    name: 'a failure that nobody but us sees',
    plan: createPlan(),
    tamper: onWire('task', async (send) => {
      await send();
      return answerOf(200, '{"task_status":"failed"}');
    }),
    finds: 'reports are true',
  },
  {
    name: 'a file that is given up at the first refusal',
    plan: createPlan(),
    tamper: onWire('get', async () => answerOf(404, '')),
    finds: 'no failure without a cause',
  },
  {
    name: 'a limit that fires too early',
    plan: createPlan({ inputs: { timeout: 15_000 } }),
    tamper: onClock((ms) => (ms > 14_000 && ms <= 15_000 ? ms - 4_000 : ms)),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'a limit that fires too late',
    plan: createPlan({ inputs: { timeout: 15_000 } }),
    tamper: onClock((ms) => (ms > 14_000 && ms <= 15_000 ? ms + 2_000 : ms)),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'news of the stream that are held up until a limit has fired',
    plan: createPlan({ inputs: { timeout: 22_000 }, faults: [silent('task')] }),
    tamper: (given) =>
      onWire('events', async (send, { signal }) => heldUp(await send(), 8_000, given.life.clock, signal))(given),
    finds: 'limits fire in time, and only then',
  },
  {
    name: 'a file that is made of two',
    plan: createPlan(),
    tamper: onWire('get', async (send) => spliced(await send())),
    finds: 'files are whole or absent',
  },
  {
    name: 'a temporary file that stays',
    plan: createPlan(),
    tamper: onDisk((disk) => ({ ...disk, rm: () => Promise.resolve() })),
    finds: 'files are whole or absent',
  },
  {
    name: 'a record that never reaches the disk',
    plan: createPlan(),
    tamper: onDisk((disk) => ({
      ...disk,
      link: (path, name) => (name.endsWith('cyberun-run.json') ? Promise.resolve() : disk.link(path, name)),
    })),
    finds: 'files are whole or absent',
  },
  {
    name: 'a cancel that is waited for beyond the time a runner leaves',
    plan: createPlan({ abort: { type: 'at', ms: 5_000 }, faults: [silent('cancel')] }),
    tamper: onClock((ms) => (ms === 2_000 ? 20_000 : ms)),
    finds: 'an abort is quick',
  },
  {
    name: 'a timer that is left behind',
    plan: createPlan(),
    tamper: (given) => {
      given.life.clock.after(3_600_000, () => undefined);
      return given;
    },
    finds: 'every wait has a bound',
  },
  {
    name: 'a line of the log for every look at the task',
    plan: createPlan(),
    tamper: (given) => ({
      ...given,
      log: {
        ...given.log,
        info(line) {
          for (let copies = 0; copies < 20; copies += 1) given.log.info(line);
        },
      },
    }),
    finds: 'the log is readable',
  },
  {
    name: 'a wait that is not kept',
    plan: createPlan({
      faults: [
        {
          routes: ['submit'],
          from: 0,
          until: 1e9,
          skip: 0,
          times: 1,
          what: { type: 'status', status: 429, retryAfter: 60, arrived: false },
        },
      ],
    }),
    tamper: onWire('submit', async (send) => ({ ...(await send()), header: () => undefined })),
    finds: 'the service is asked with manners',
  },
  {
    name: 'a result that is read once, although its URLs are to come',
    plan: createPlan({ tasks: [late({ until: 'null', promise: 'keys' })] }),
    tamper: (given) => {
      let first: object | undefined;
      return onWire('result', async (send) => edited(await send(), (fields) => (first ??= fields)))(given);
    },
    finds: 'no failure without a cause',
  },
  ...(['count', 'event'] as const).map(
    (promise): Planted => ({
      name: `a promise by ${promise} that nobody remembers`,
      plan: createPlan({ tasks: [late({ until: 'left out', promise })] }),
      tamper: (given) => {
        const forgetful = onWire('result', async (send) =>
          edited(await send(), ({ download_urls }) => ({ download_urls })),
        );
        // A stream without a byte.
        return onWire('events', async (send) => ({ ...(await send()), status: 503 }))(forgetful(given));
      },
      finds: 'reports are true',
    }),
  ),
  ...(['task', 'result', 'submit', 'presign', 'cancel'] as const).map(
    (route): Planted => ({
      name: `a ${route} that is given up at the first 404`,
      plan: createPlan({
        inputs: { uploads: route === 'presign' ? [10] : [] },
        faults: [missing(route, route === 'cancel' ? 5_500 : 40_000)],
        abort: route === 'cancel' ? { type: 'at', ms: 5_000 } : undefined,
      }),
      tamper: onWire(route, async (send) => final(await send())),
      finds: 'no failure without a cause',
    }),
  ),
  {
    name: 'a task to attach to that is given up at a 404, although it was read',
    plan: createPlan({
      inputs: { kind: 'attach' },
      service: withEnding('none'),
      faults: [{ ...missing('task', 45_000), from: 10_000 }],
    }),
    tamper: onWire('task', async (send) => final(await send())),
    finds: 'no failure without a cause',
  },
  {
    name: 'a workflow that is not looked for in the list',
    plan: createPlan({ faults: [missing('workflow', 40_000)] }),
    tamper: onWire('workflows', async (send) => edited(await send(), () => ({ workflow_list: [] }))),
    finds: 'no failure without a cause',
  },
  {
    name: 'another word for an end that is not understood',
    plan: createPlan({
      tasks: [{ ...TASK, words: { completed: 'succeeded' } }],
      service: withEnding('none'),
    }),
    tamper: onWire('task', async (send) => edited(await send(), renamed('succeeded', 'thriving'))),
    finds: 'reports are true',
  },
  {
    name: 'an end of a strange name that is called otherwise',
    plan: createPlan({ tasks: [STRANGE_END] }),
    tamper: onWire('task', async (send) => edited(await send(), renamed('archived', 'evicted'))),
    finds: 'reports are true',
  },
  {
    name: 'an end of a strange name that is not taken for one',
    plan: createPlan({ tasks: [STRANGE_END] }),
    tamper: onWire('task', async (send) => edited(await send(), ({ completed_at: _, ...fields }) => fields)),
    finds: 'an end is noticed',
  },
  {
    name: 'a strange state that is taken for an end',
    plan: createPlan({
      tasks: [{ ...TASK, tries: [[{ status: 'thinking', ms: 60_000, steps: 0 }]] }],
      faults: [missing('events', 60_000)],
    }),
    tamper: onWire('task', async (send) =>
      edited(await send(), (fields) => ({ completed_at: '2026-01-01', ...fields })),
    ),
    finds: 'reports are true',
  },
];

describe('an invariant finds the fault that is planted for it', () => {
  test.each(PLANTED)('$name', async ({ plan, tamper, finds }) => {
    expect(violationsOf(await live(plan))).toEqual([]);
    const found = violationsOf(await live(plan, tamper));
    expect(found.map(({ invariant }) => invariant)).toContain(finds);
  });

  test('every invariant has one', () => {
    expect(new Set(PLANTED.map(({ finds }) => finds))).toEqual(new Set(Object.keys(INVARIANTS)));
  });
});

function withEnding(ending: Plan['service']['stream']['ending']): Plan['service'] {
  const { service } = createPlan();
  return { ...service, stream: { ...service.stream, ending } };
}

function silent(route: Route): Fault {
  return { routes: [route], from: 0, until: 1e9, skip: 0, times: 1e9, what: { type: 'silent', arrived: false } };
}

/** A task whose URLs come 20 s after its end. */
function late(how: Pick<LateUrls, 'until' | 'promise'>): TaskPlan {
  return { ...TASK, lateUrls: { delay: 20_000, prompt: 0, ...how } };
}

/** What is asked for by then is not found, though it is there. */
function missing(route: Route, until: number): Fault {
  const what = { type: 'status', status: 404, retryAfter: undefined, arrived: false } as const;
  return { routes: [route], from: 0, until, skip: 0, times: 1e9, what };
}

/** A 404 that says it is for ever. */
function final(answer: Answer): Answer {
  return answer.status === 404 ? { ...answer, status: 410 } : answer;
}

function renamed(from: string, to: string) {
  return (fields: Record<string, unknown>) => ({
    ...fields,
    task_status: fields.task_status === from ? to : fields.task_status,
  });
}
