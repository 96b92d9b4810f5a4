import type { Emulator } from '../../emulator/emulator.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import { createWire } from '../../src/base/wire.ts';
import { type Client, createClient } from '../../src/cyberun/client.ts';
import { createHttp } from '../../src/cyberun/http.ts';

/** A client of the emulator's API, over the wire. */
export function clientOf({ apiUrl, apiKey }: Emulator): Client {
  return createClient(
    createHttp({ baseUrl: apiUrl, apiKey, wire: createWire(), clock: systemClock, notice: () => undefined }),
  );
}

/** A log that keeps its lines: `warning: ...`, `group: title` and so on. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    info: (line) => lines.push(line),
    warning: (message) => lines.push(`warning: ${message}`),
    debug: (message) => lines.push(`debug: ${message}`),
    group: (title, inside) => lines.push(`group: ${title}`, ...inside.map((line) => `  ${line}`)),
  };
}
