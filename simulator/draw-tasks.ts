import type { LateUrls, OutputPlan, Stage, TaskPlan, Words } from './plan.ts';
import type { Random } from './random.ts';
import { drawTime, MINUTE, SECOND } from './times.ts';
import { isStrange, SPELLINGS, STRANGE } from './words.ts';

/** The life of one task; a long one is rare, as it costs many steps. */
export function drawTask(random: Random, isHostile: boolean, retries: number): TaskPlan {
  const { chance, int, pick } = random;
  const tries = Array.from({ length: chance(0.12) ? int(2, 3) : 1 }, () => drawTry(random));
  const [first = [], ...others] = tries;
  const words = drawWords(random);
  const outputs = Array.from({ length: pick([0, 1, 1, 1, 2, 3, 6]) }, () => drawOutput(random, isHostile));
  return {
    tries: [first, ...others],
    ending:
      chance(0.8) && !isStrange(words.failed ?? '')
        ? 'completed'
        : pick(['failed', 'failed', 'failed', 'cancelled', 'never']),
    failFirst: chance(retries > 0 ? 0.6 : 0.02) ? int(1, 2) : 0,
    error: chance(0.1) ? pick(['CUDA out of memory', '']) : LAUNCH_FAILURE,
    outputs,
    resultDelay: chance(0.1) ? drawTime(random, 100, pick([4 * SECOND, 4 * SECOND, 2 * MINUTE])) : 0,
    resultEarly: pick([404, 409]),
    lateUrls: chance(0.07) && outputs.length > 0 ? drawLateUrls(random, outputs.length) : undefined,
    words,
  };
}

function drawLateUrls(random: Random, outputs: number): LateUrls {
  const { int, pick } = random;
  return {
    delay: pick([drawTime(random, SECOND, 45 * SECOND), drawTime(random, SECOND, 2 * MINUTE), NEVER]),
    prompt: int(0, outputs - 1),
    until: pick(['null', 'empty', 'left out']),
    promise: pick(['keys', 'count', 'event']),
  };
}

/** Another try may help. */
const LAUNCH_FAILURE = 'CUDA error: unspecified launch failure';

/** Longer than any life. */
const NEVER = 1e9;

/** Mostly as documented. */
function drawWords({ chance, pick }: Random): Words {
  if (chance(0.9)) return {};
  return {
    running: pick(SPELLINGS.running),
    completed: pick(SPELLINGS.completed),
    failed: chance(0.4) ? pick(STRANGE) : pick(SPELLINGS.failed),
    cancelled: pick(SPELLINGS.cancelled),
  };
}

function drawTry(random: Random): Stage[] {
  const { chance, int } = random;
  const longest = chance(0.05) ? 30 * MINUTE : chance(0.3) ? 3 * MINUTE : 30 * SECOND;
  const stages: Stage[] = [];
  for (const status of ['pending', 'waiting', 'provisioning', 'queued', 'thinking']) {
    const probability = status === 'thinking' ? 0.02 : 0.35;
    if (chance(probability)) stages.push({ status, ms: drawTime(random, 1, longest), steps: 0 });
  }
  if (chance(0.95))
    stages.push({ status: 'running', ms: drawTime(random, 1, longest), steps: chance(0.3) ? int(1, 6) : 0 });
  return stages;
}

function drawOutput(random: Random, isHostile: boolean): OutputPlan {
  const { chance, int, pick } = random;
  const pieces = chance(0.2) ? int(2, 6) : 1;
  return {
    bytes: pick([0, 1, 40, 1_000, 3_000, 70_000]),
    etag: pick(['strong', 'strong', 'weak', 'none']),
    framing: pick(['length', 'length', 'length', 'chunked', 'close']),
    ranges: chance(0.85),
    replaced: chance(0.08) ? Array.from({ length: int(1, isHostile ? 6 : 2) }, () => drawTime(random, 1, MINUTE)) : [],
    pieces,
    pieceTime: pieces > 1 && chance(0.7) ? drawTime(random, 1, isHostile ? 40 * SECOND : 2 * SECOND) : 0,
  };
}
