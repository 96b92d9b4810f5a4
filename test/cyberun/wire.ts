import type { Emulator } from '../../emulator/emulator.ts';
import { type Client, createClient } from '../../src/cyberun/client.ts';
import { type Connections, createConnections } from '../../src/cyberun/connections.ts';
import { createHttp, type Http } from '../../src/cyberun/http.ts';
import { createFastClock } from '../base/fast-clock.ts';

/** The action's own wire to an emulator, on a fast clock. Disposing of it closes its connections. */
export interface Wire extends AsyncDisposable {
  readonly http: Http;
  readonly client: Client;
  readonly clock: ReturnType<typeof createFastClock>;
  /** What the log was told. */
  readonly notices: readonly string[];
  readonly connections: Connections;
}

export function createWire({ apiUrl, apiKey }: Pick<Emulator, 'apiUrl' | 'apiKey'>, factor = 100): Wire {
  const clock = createFastClock(factor);
  const notices: string[] = [];
  const connections = createConnections();
  const notice = (message: string) => void notices.push(message);
  const http = createHttp({ baseUrl: apiUrl, apiKey, connections, clock, notice });
  return {
    http,
    client: createClient(http),
    clock,
    notices,
    connections,
    async [Symbol.asyncDispose]() {
      await Promise.all([connections.shared.destroy(), connections.fresh.destroy()]);
    },
  };
}
