import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { createCertificate } from './certificate.ts';

const tls = createCertificate();

test.skipIf(!tls)('both origins speak HTTPS when there is a certificate, and are cut there too', async () => {
  if (!tls) return;
  await using emulator = await startEmulator({ tls });
  const headers = { authorization: `Bearer ${emulator.apiKey}` };
  const statusOf = async (url: string) => {
    const [response]: IncomingMessage[] = await once(get(url, { ca: tls.cert, headers, agent: false }), 'response');
    response?.resume();
    return response?.statusCode;
  };
  expect(emulator.apiUrl).toMatch(/^https:/);
  expect(await statusOf(`${emulator.apiUrl}/r/agents`)).toBe(200);
  expect(await statusOf(`${emulator.storageUrl}/cyberun/x`)).toBe(400);
  emulator.fault({ kind: 'agents', fault: { type: 'reset-after' } });
  await expect(statusOf(`${emulator.apiUrl}/r/agents`)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
