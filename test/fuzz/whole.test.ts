import { expect, test } from 'vitest';
import { drawPlan } from '../../simulator/draw.ts';
import { createRandom, type Random } from '../../simulator/random.ts';
import { classify } from '../../simulator/requests.ts';
import { FOLDER, WORKSPACE } from '../../simulator/story.ts';
import { type Lived, live } from '../../simulator/world.ts';
import { redactJson } from '../../src/base/redact.ts';
import type { Answer, Body, Wire } from '../../src/base/wire.ts';
import { mutateHeader, mutateJson, mutateText, PLANTED } from './mutate.ts';

/** Whole runs against a service and a storage that say hostile things. `FUZZ_CASES=100000 npx vitest run test/fuzz` for more. */
const CASES = Number(process.env.FUZZ_CASES ?? 2_000);
const FIRST = Number(process.env.FUZZ_FIRST ?? 1);
const BATCH = 250;

/** What an answer may cost at most in CPU, in milliseconds: hundreds of times of what it does, and far from hours. */
const MOST_CPU = 5_000;
const MOST_LINES = 3_000;
const LONGEST_LINE = 2_500;

/** Changes some of what comes back, and most of what names files. */
function createHostileWire(wire: Wire, random: Random): Wire {
  return async (url, request) => {
    const answer = await wire(url, request);
    const { route } = classify(request.method, url);
    if (!random.chance(route === 'result' ? 0.8 : 0.3)) return answer;
    const isFile = route === 'get' && answer.status < 300;
    const status = random.chance(0.05)
      ? random.pick([204, 302, 304, 400, 401, 403, 404, 409, 418, 422, 500, 599])
      : answer.status;
    const isHeaders = random.chance(0.2);
    return {
      status,
      header: (name) => (isHeaders ? mutateHeader(random, name, answer.header(name)) : answer.header(name)),
      body: isFile ? answer.body : changed(answer, random, route === 'events'),
    };
  };
}

/** The whole body changed at once; of a stream, each piece by itself. */
function changed({ body }: Answer, random: Random, isStream: boolean): Body {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  async function* pieces() {
    let whole = '';
    for await (const piece of body) {
      const text = decoder.decode(piece, { stream: true });
      if (!isStream) whole += text;
      else yield encoder.encode(random.chance(0.5) ? changedEvent(text) : text);
    }
    if (!isStream) yield encoder.encode(mutateJson(random, whole));
  }
  const changedEvent = (text: string) => (random.chance(0.5) ? mutateText(random, text) : mutateJson(random, text));
  return Object.assign(pieces(), { destroy: () => body.destroy() });
}

/** What must hold whatever is sent. */
function violationsOf({ trace, disk, told, thrown, plan }: Lived, cpu: number): string[] {
  const lines = trace.lines.map(({ text }) => text);
  const reports = told?.reports ?? [];
  const shown = [
    ...lines,
    String(thrown),
    told?.problem?.message ?? '',
    ...reports.map(({ problem }) => problem?.message ?? ''),
  ];
  const inputs = plan.inputs.uploads.map((_, index) => `${WORKSPACE}/input-${index}.png`);
  const outside = [...disk.files().keys()].filter((path) => {
    const inside =
      path.startsWith(`${FOLDER}/`) &&
      path
        .slice(FOLDER.length + 1)
        .split('/')
        .every(isSafe);
    return !inside && !inputs.includes(path);
  });
  const name = thrown instanceof Error ? thrown.name : undefined;
  return [
    ...trace.faults,
    ...outside.map((path) => `a file outside: ${path}`),
    ...shown.filter((text) => /^\s*::|##\[|[\p{Cc}\u2028\u2029\u202e]/u.test(text)).map((text) => `obeys: ${text}`),
    ...shown.filter((text) => text.includes(PLANTED)).map((text) => `leaks: ${text}`),
    ...(JSON.stringify(redactJson(reports)).includes(PLANTED) ? ['a report leaks'] : []),
    ...shown
      .filter((text) => text.length > LONGEST_LINE)
      .map((text) => `too long (${text.length}): ${text.slice(0, 80)}`),
    ...(lines.length > MOST_LINES ? [`${lines.length} lines`] : []),
    ...(cpu > MOST_CPU ? [`${cpu} ms of CPU`] : []),
    ...(thrown !== undefined && !['RunError', 'ApiError', 'TransferError'].includes(name ?? '')
      ? [`threw ${thrown}`]
      : []),
    ...(Object.hasOwn(Object.prototype, 'polluted') ? ['a prototype is polluted'] : []),
  ];
}

/** Neither hidden, nor an option, nor anything that a shell or a file system understands. Ours, while they come, have a dot. */
function isSafe(name: string): boolean {
  return /^(?:[\p{L}\p{N}_][\p{L}\p{M}\p{N} ._-]*|\.cyberun-[\w.-]+)$/u.test(name);
}

test.each(Array.from({ length: Math.ceil(CASES / BATCH) }, (_, index) => FIRST + index * BATCH))(
  'whatever a service says, it neither leaks, nor obeys, nor stops it: from seed %i on',
  async (first) => {
    const failed: { seed: number; violations: string[] }[] = [];
    for (let seed = first; seed < first + Math.min(BATCH, CASES); seed += 1) {
      const random = createRandom(seed);
      const before = process.cpuUsage();
      const lived = await live(drawPlan(seed), (given) => ({ ...given, wire: createHostileWire(given.wire, random) }));
      const { user, system } = process.cpuUsage(before);
      const violations = violationsOf(lived, (user + system) / 1_000);
      if (violations.length > 0) failed.push({ seed, violations: violations.slice(0, 5) });
    }
    expect(failed).toEqual([]);
  },
);
