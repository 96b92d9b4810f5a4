import type { Emulator } from '../../emulator/emulator.ts';
import { createWire as createSockets } from '../../src/base/wire.ts';
import { type Client, createClient } from '../../src/cyberun/client.ts';
import { createHttp, type Http } from '../../src/cyberun/http.ts';
import { createFastClock } from '../base/fast-clock.ts';

/** The action's own wire to an emulator, on a fast clock. Disposing of it closes its connections. */
export interface Wire extends AsyncDisposable {
  readonly http: Http;
  readonly client: Client;
  readonly clock: ReturnType<typeof createFastClock>;
  /** What the log was told. */
  readonly notices: readonly string[];
}

export function createWire({ apiUrl, apiKey }: Pick<Emulator, 'apiUrl' | 'apiKey'>, factor = 100): Wire {
  const clock = createFastClock(factor);
  const notices: string[] = [];
  const wire = createSockets();
  const notice = (message: string) => void notices.push(message);
  const http = createHttp({ baseUrl: apiUrl, apiKey, wire, clock, notice });
  return {
    http,
    client: createClient(http),
    clock,
    notices,
    [Symbol.asyncDispose]: wire[Symbol.asyncDispose],
  };
}
