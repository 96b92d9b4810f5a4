import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Fault } from '../../emulator/faults.ts';
import { type ActionOptions, countOf, preload, quick, runAction } from './harness.ts';

const MIB = 1024 * 1024;

/** What a small runner may have left: V8 aborts the process when it needs more. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=128' };

/** The process says at its end how much memory it had at most, in KiB. */
const TELL_PEAK = preload("process.on('exit', () => console.log(`peak ${process.resourceUsage().maxRSS}`))");

/** In bytes. */
function peakOf(log: readonly string[]): number {
  return Number(/^peak (\d+)$/m.exec(log.join('\n'))?.[1]) * 1024;
}

function runSmall(emulator: Emulator, options: Partial<ActionOptions> = {}) {
  return runAction({
    emulator,
    nodeOptions: TELL_PEAK,
    with: { workflow: 'quick' },
    ...options,
    env: { ...SMALL_HEAP, ...options.env },
  });
}

/** So many MiB of that text over and over. */
function flood(text: string, mib: number): Fault {
  return { type: 'flood', text, times: Math.ceil((mib * MIB) / Buffer.byteLength(text)) };
}

describe('a stream of events that goes on and on', () => {
  test.each([
    [
      'small ones',
      `event: progress\ndata: ${JSON.stringify({ progress: 0.5, message: 'x'.repeat(60) })}\n\n`.repeat(500),
      16,
    ],
    ['large ones', `event: preview\ndata: {"image":"${'x'.repeat(MIB)}"}\n\n`, 200],
  ])('takes no more memory than a short one: %s', async (_, text, mib) => {
    await using emulator = await startEmulator({ workflows: [quick({ behaviour: { holdAt: 'running' } })] });
    emulator.fault({ kind: 'events', fault: flood(text, mib) });
    await using action = runSmall(emulator);
    // The next stream is asked for when the first one has been read to its end.
    await emulator.waitFor(() => countOf(emulator, 'events') === 2, AbortSignal.timeout(50_000));
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({ exitCode: 0, annotations: [], outputs: { status: 'completed' } });
    expect(peakOf(result.log)).toBeLessThan(220 * MIB);
  });
});
