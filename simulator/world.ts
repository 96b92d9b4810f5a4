import { RunError } from '../src/base/errors.ts';
import { inert } from '../src/base/inert.ts';
import type { Log } from '../src/base/log.ts';
import type { Outcome } from '../src/matrix/outcome.ts';
import type { Known } from '../src/matrix/run.ts';
import { createSimulatedClock } from './clock.ts';
import { bytesOf } from './content.ts';
import { createDisk, type SimulatedDisk } from './disk.ts';
import { drawOf } from './draws.ts';
import { createLife, type Life } from './life.ts';
import { createNetwork } from './network.ts';
import type { Moment, Plan } from './plan.ts';
import { createService, type SimulatedService } from './service.ts';
import { createStorage, type SimulatedStorage } from './storage.ts';
import { type MainSurroundings, runMain, runPost, type Told, WORKSPACE } from './story.ts';
import { TERMINAL } from './task.ts';
import { createTrace, type Process, type Trace } from './trace.ts';
import { createSimulatedWire } from './wire.ts';

/** How a world looks once main and post are over. */
export interface Lived {
  readonly plan: Plan;
  readonly trace: Trace;
  readonly service: SimulatedService;
  readonly storage: SimulatedStorage;
  readonly disk: SimulatedDisk;
  /** What came of main; `undefined` where it was killed. */
  readonly told: Told | undefined;
  /** What main would have told, had it been given a last moment when it was killed. */
  readonly knownAtKill: Outcome | undefined;
  /** What main threw. */
  readonly thrown: unknown;
  /** Tasks that are neither over nor about to be. */
  readonly leftRunning: readonly string[];
}

/** More steps than that are a loop that goes nowhere. */
const MOST_STEPS = 200_000;

/** Stands between main and what it is given: how a test plants a fault that an invariant has to find. */
export type Tamper = (given: MainSurroundings) => MainSurroundings;

/** Lives through a plan, from the beginning of main to the end of post. */
export async function live(plan: Plan, tamper: Tamper = (given) => given): Promise<Lived> {
  const clock = createSimulatedClock(plan.seed);
  const trace = createTrace();
  const storage = createStorage(plan, clock);
  const service = createService(plan, clock, storage);
  const disk = createDisk(plan.disk);
  const network = createNetwork(plan, clock.now, trace);
  const job = new AbortController();
  const saved: Record<string, string> = {};
  let saves = 0;
  let knownSoFar: Known | undefined;
  let knownAtKill: Outcome | undefined;
  const main = createLife('main', clock);

  const abort = () => {
    if (job.signal.aborted || trace.mainOverAt !== undefined) return;
    trace.abortedAt = clock.now();
    job.abort(new RunError('aborted', inert`The job was cancelled.`));
  };
  const kill = () => {
    if (main.isDead() || trace.mainOverAt !== undefined) return;
    trace.killedAt = clock.now();
    main.kill();
    knownAtKill = knownSoFar?.outcome(new RunError('aborted', inert`Killed.`));
  };
  const moments = [createMoment(plan.abort, abort), createMoment(plan.kill, kill)];
  const wireWorld = {
    clock,
    network,
    trace,
    serve: (arrival: Parameters<SimulatedService['serve']>[0]) =>
      arrival.route === 'get' || arrival.route === 'put' ? storage.serve(arrival) : service.serve(arrival),
    onStep: (call: { route: string; by: Process }, phase: string) => {
      if (call.by === 'main') for (const moment of moments) moment.onRequest(call.route, phase);
    },
  };
  const surroundings = (life: Life) => ({
    life,
    wire: createSimulatedWire(life, wireWorld),
    disk: disk.mount(life.isDead),
    log: createTracedLog(life, trace),
  });
  const save = (name: string, value: string) => {
    saves += 1;
    for (const moment of moments) moment.onSave(saves);
    if (main.isDead()) return;
    trace.saves += 1;
    saved[name] = value;
  };

  plan.inputs.uploads.forEach((bytes, index) => {
    disk.add(`${WORKSPACE}/input-${index}.png`, Buffer.concat(bytesOf(index, 0, bytes)));
  });
  const attached = plan.inputs.kind === 'attach' ? service.create(0).id : undefined;
  clock.after(plan.network.jobLimit, abort);
  for (const moment of moments) if (moment.at !== undefined) clock.after(moment.at, moment.act);

  let told: Told | undefined;
  let thrown: unknown;
  await drive((over) => {
    main.onDeath(over);
    const given = tamper({
      ...surroundings(main),
      signal: job.signal,
      taskId: attached,
      cuts: { first: plan.cuts.first, least: plan.cuts.part, most: plan.cuts.part },
      save,
      onPlan(known) {
        knownSoFar = known;
      },
      onBegun(taskId) {
        if (!main.isDead()) trace.begun.set(taskId, clock.now());
      },
      onShown(order, status) {
        if (main.isDead()) return;
        trace.shown.push({ at: clock.now(), order, status });
      },
    });
    runMain(plan.inputs, given).then(
      (outcome) => {
        told = outcome;
        over();
      },
      (error: unknown) => {
        thrown = error;
        over();
      },
    );
  });
  if (main.isDead()) told = undefined;
  else {
    trace.mainOverAt = clock.now();
    await tidy(main);
    main.kill();
  }

  clock.advance(1_000 + 10_000 * drawOf(plan.seed, 'post', 1));
  const post = createLife('post', clock);
  await drive((over) => {
    runPost(saved, plan.inputs.cancelOnAbort, surroundings(post)).then(over, (error: unknown) => {
      trace.faults.push(`post threw ${String(error)}`);
      over();
    });
  });
  trace.postOverAt = clock.now();
  await tidy(post);
  post.kill();
  const leftRunning = service.tasks
    .filter((task) => !TERMINAL.includes(task.now().status) && task.cancelAskedAt === undefined)
    .map(({ id }) => id);
  return { plan, trace, service, storage, disk, told, thrown, leftRunning, knownAtKill };

  /** Lets time pass until the work is over. */
  async function drive(work: (over: () => void) => void): Promise<void> {
    let isOver = false;
    work(() => {
      isOver = true;
    });
    for (;;) {
      await new Promise(setImmediate);
      if (isOver) return;
      trace.steps += 1;
      if (trace.steps > MOST_STEPS) trace.faults.push(`not over after ${MOST_STEPS} steps`);
      else if (clock.step()) continue;
      else trace.faults.push('a deadlock: nobody waits for anything');
      return;
    }
  }

  /** Nothing of a process that is over may still wait. */
  async function tidy(life: Life): Promise<void> {
    // What is due at this very moment is no wait.
    for (let turns = 0; turns < 3; turns += 1) {
      clock.advance(0);
      await new Promise(setImmediate);
    }
    if (life.waiting() > 0) trace.faults.push(`${life.waiting()} timers of ${life.name} are left at its end`);
    const open = trace.calls.filter(({ by, over }) => by === life.name && over === undefined);
    for (const { route, askedAt } of open) {
      trace.faults.push(`a request (${route}, asked for at ${askedAt} ms) of ${life.name} is left at its end`);
    }
  }
}

function createMoment(moment: Moment | undefined, act: () => void) {
  let count = 0;
  return {
    at: moment?.type === 'at' ? moment.ms : undefined,
    act,
    onRequest(route: string, phase: string) {
      if (moment?.type !== 'request' || moment.route !== route || moment.phase !== phase) return;
      count += 1;
      if (count === moment.nth) act();
    },
    onSave(saves: number) {
      if (moment?.type === 'save' && moment.nth === saves) act();
    },
  };
}

function createTracedLog(life: Life, trace: Trace): Log {
  const line = (level: 'info' | 'warning', text: string) => {
    if (!life.isDead()) trace.lines.push({ at: life.clock.now(), by: life.name, level, text });
  };
  return {
    info: (text) => line('info', text),
    warning: (text) => line('warning', text),
    debug: () => undefined,
    group(title, lines) {
      line('info', title);
      for (const text of lines) line('info', `  ${text}`);
    },
  };
}
