/**
 * What src/main.ts is, on a clock that runs `FASTER` times as fast: so a test sees what the action does after minutes of
 * silence. undici keeps time by itself, and is given limits that are as much shorter.
 */
import { CONNECT_LIMITS, createWire, type Wire, type WireOptions } from '../../src/base/wire.ts';
import { runStep } from '../../src/step/step.ts';
import { createFastClock } from '../base/fast-clock.ts';

const factor = Number(process.env.FASTER);

function createFastWire(options: WireOptions): Wire {
  const limits = {
    handshake: CONNECT_LIMITS.handshake / factor,
    tunnel: CONNECT_LIMITS.tunnel / factor,
  };
  const wire = createWire({ ...options, limits });
  return (url, { headersTimeout, bodyTimeout, ...request }) =>
    wire(url, { ...request, headersTimeout: headersTimeout / factor, bodyTimeout: bodyTimeout / factor });
}

await runStep(createFastClock(factor), createFastWire);
