import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import { startConnectProxy } from '../action/connect-proxy.ts';
import { namesOf, quick } from '../action/harness.ts';
import { createCertificate } from '../emulator/certificate.ts';
import { createGitHub } from '../recipes/github.ts';
import { runRecipe } from '../recipes/job.ts';
import { readExample } from '../recipes/recipe.ts';
import { endsOf } from './run.ts';

const tls = createCertificate();

test.skipIf(tls === undefined)(
  'the service is reached by the proxy, the storage without, and both by their authority',
  async () => {
    if (tls === undefined) throw new Error('skipped');
    const folder = mkdtempSync(join(tmpdir(), 'authority-'));
    const authority = join(folder, 'authority.pem');
    writeFileSync(authority, tls.cert);
    await using emulator = await startEmulator({
      tls,
      workflows: [{ ...quick(), workflow_slug: 'text-to-image', version: 3 }],
    });
    await using proxy = await startConnectProxy();
    using github = createGitHub();
    const api = new URL(emulator.apiUrl).host;
    const storage = new URL(emulator.storageUrl).host;
    const placed = readExample('self-hosted.yml', (text) =>
      text
        .replace('https://cyberun.example.com/api/v1', emulator.apiUrl)
        .replace('http://proxy.example.com:3128', proxy.url)
        .replace('storage.example.com', storage)
        .replace('/etc/ssl/certs/example.pem', authority),
    );
    expect(placed.text).not.toContain('example');
    const jobs = await runRecipe(placed, { emulator, github, runId: 7 });
    rmSync(folder, { recursive: true });
    expect(endsOf(jobs)).toEqual(['render success']);
    expect(Object.keys(github.artifactsOf(7).get('renders') ?? {})).toContain('output_00001_.png');
    // The runner is kept, and so would be what lies there.
    expect(namesOf(jobs[0]?.workspace ?? '')).toEqual([]);
    expect([...new Set(proxy.tunnels)]).toEqual([api]);
  },
);
