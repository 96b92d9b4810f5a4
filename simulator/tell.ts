import type { Fault, Latency, Moment, Plan, TaskPlan } from './plan.ts';
import type { Call } from './trace.ts';
import type { Lived } from './world.ts';

/** The story of a life: what was planned, then what happened, in the order of time. */
export function tell({ plan, trace, service, told, thrown }: Lived): string {
  const events: { readonly at: number; readonly text: string }[] = [];
  const add = (at: number | undefined, text: string) => {
    if (at !== undefined) events.push({ at, text });
  };
  for (const { at, by, level, text } of trace.lines)
    add(at, `${by} says${level === 'warning' ? ' (warning)' : ''}: ${text}`);
  for (const call of trace.calls) add(call.askedAt, `${call.by} asks: ${describeCall(call)}`);
  for (const { at, by, taskId, status, via } of trace.heard)
    add(at, `${by} hears by ${via}: ${brief(taskId)} is ${status}`);
  for (const task of service.tasks) {
    for (const { at, status, tries } of task.turns) {
      add(at, `truth: ${brief(task.id)} is ${status}${tries > 0 ? ` (retry ${tries})` : ''}`);
    }
  }
  add(trace.abortedAt, 'THE JOB IS ABORTED');
  add(trace.killedAt, 'MAIN IS KILLED');
  add(trace.mainOverAt, 'MAIN IS OVER');
  add(trace.postOverAt, 'POST IS OVER');
  const sorted = events.toSorted((one, other) => one.at - other.at);
  const reports = told?.reports.map(
    ({ status, problem }) => `  report: ${status}${problem ? `, ${problem.kind}: ${problem.message}` : ''}`,
  );
  return [
    ...describePlan(plan),
    ...sorted.map(({ at, text }) => `${(at / 1000).toFixed(3).padStart(10)}  ${text}`),
    ...(reports ?? (thrown === undefined ? [] : [`  main threw: ${String(thrown)}`])),
  ].join('\n');
}

function describeCall({ route, subject, trouble, over, status, overAt, stale }: Call): string {
  const end = overAt === undefined ? 'never over' : `${over} at ${(overAt / 1000).toFixed(3)}`;
  return [route, brief(subject), trouble && `(${trouble})`, '->', status, stale && 'stale', end]
    .filter(Boolean)
    .join(' ');
}

/** The last digits of an id are what tells it apart. */
function brief(id: string): string {
  return id.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-0*/g, '#');
}

/** Only what is not as one would expect it. */
function describePlan({ inputs, network, service, disk, cuts, tasks, faults, abort, kill }: Plan): string[] {
  const usual = {
    maxParallel: 10,
    failFast: true,
    wait: true,
    cancelOnAbort: true,
    retries: 0,
    download: true,
    ifNoFilesFound: 'ignore',
  };
  const { stream, records } = service;
  return [
    `inputs: ${differences(inputs, { ...usual, uploads: [], timeout: undefined, queueTimeout: undefined })}`,
    `network: connect ${span(network.connect)}, service ${span(network.api)}, storage ${span(network.storage)}; the job ends at ${seconds(network.jobLimit)}`,
    `service: ${differences({ ...service, records: undefined, stream: undefined }, { skew: 0, urlLife: 3_600_000 })}`,
    `stream: ${differences(stream, { heartbeat: 0, closes: true, tellsTries: false })}`,
    ...(records.share > 0 ? [`records: ${records.share * 100} % lag by up to ${seconds(records.lag)}`] : []),
    ...(disk.free < 1e9 || disk.isShort ? [`disk: ${JSON.stringify(disk)}`] : []),
    ...(cuts.first < 1e6 ? [`files are cut at ${cuts.first} B, then every ${cuts.part} B`] : []),
    ...tasks.slice(0, inputs.orders).map(describeTask),
    ...faults.map(describeFault),
    ...(abort === undefined ? [] : [`abort: ${describeMoment(abort)}`]),
    ...(kill === undefined ? [] : [`kill: ${describeMoment(kill)}`]),
    '',
  ];
}

function differences(value: object, usual: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(value).filter(
    ([key, one]) => one !== undefined && JSON.stringify(one) !== JSON.stringify(usual[key]),
  );
  return entries
    .map(([key, one]) => `${key} ${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(', ');
}

function describeTask(task: TaskPlan, index: number): string {
  const { tries, ending, failFirst, error, outputs, resultDelay, resultEarly, lateUrls, words } = task;
  const stages = tries.map((stages) =>
    stages.map(({ status, ms, steps }) => `${status} ${seconds(ms)}${steps ? ` in ${steps} steps` : ''}`).join(', '),
  );
  const files = outputs.map((output) => {
    const rest = differences(output, {
      bytes: output.bytes,
      etag: 'strong',
      framing: 'length',
      ranges: true,
      replaced: [],
      pieces: 1,
      pieceTime: 0,
    });
    return `${output.bytes} B${rest && ` (${rest})`}`;
  });
  const late = resultDelay > 0 ? `; result after ${seconds(resultDelay)}, ${resultEarly} before` : '';
  const called = Object.entries(words).map(([state, word]) => `; ${state} is called ${word}`);
  const first = failFirst > 0 ? ` (the first ${failFirst} fail)` : '';
  const said = ending === 'failed' || failFirst > 0 ? `, said to be "${error}"` : '';
  return `task ${index + 1}: ${stages.join(' | again: ')} -> ${ending}${first}${said}; files: ${files.join(', ') || 'none'}${late}${describeLate(lateUrls)}${called.join('')}`;
}

function describeLate(late: TaskPlan['lateUrls']): string {
  if (late === undefined) return '';
  const { delay, prompt, until, promise } = late;
  const when = delay >= 1e9 ? 'never' : `after ${seconds(delay)}`;
  return `; URLs but ${prompt} ${when}, ${until} before, promised by ${promise}`;
}

function describeFault({ routes, from, until, skip, times, what }: Fault): string {
  const { type, ...rest } = what;
  const when = until >= 1e9 ? `${times} times after ${skip}` : `from ${seconds(from)} to ${seconds(until)}`;
  return `fault: ${routes.length > 8 ? 'everything' : routes.join(', ')}: ${type} ${Object.keys(rest).length ? JSON.stringify(rest) : ''} ${when}`;
}

function describeMoment(moment: Moment): string {
  if (moment.type === 'at') return `at ${seconds(moment.ms)}`;
  return moment.type === 'save'
    ? `before change ${moment.nth} of the ledger`
    : `${moment.route} request ${moment.nth}, when ${moment.phase}`;
}

function span({ least, most }: Latency): string {
  return `${least}-${most} ms`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
