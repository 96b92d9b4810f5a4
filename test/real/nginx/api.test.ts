import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { filesOf, quick, runAction } from '../../action/harness.ts';
import type { Program } from '../../action/program.ts';
import { startNginx } from './nginx.ts';

const HELD = quick({ behaviour: { steps: 30, holdAt: 'running' } });
const runBy = (emulator: Emulator, { url }: Program) =>
  runAction({ emulator, with: { workflow: 'quick', 'api-url': emulator.apiUrl.replace(/^http:\/\/[^/]+/, url) } });
const COMPLETED = { exitCode: 0, outputs: { status: 'completed' } };

describe('an API behind nginx that buffers', () => {
  test('is followed while the stream shows nothing', async () => {
    await using emulator = await startEmulator({ workflows: [HELD] });
    await using nginx = await startNginx(new URL(emulator.apiUrl).origin);
    await using action = runBy(emulator, nginx);
    await emulator.waitFor(() => emulator.tasks[0]?.status === 'running');
    await action.waitForLine('running on gpu-node-01');
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject({ ...COMPLETED, annotations: [] });
    expect(Object.keys(filesOf(action.workspace))).toContain('cyberun-outputs/output_00001_.png');
  });

  test('is asked again while nginx says that nobody is there', async () => {
    await using emulator = await startEmulator({ workflows: [HELD] });
    await using nginx = await startNginx(new URL(emulator.apiUrl).origin);
    await using action = runBy(emulator, nginx);
    await emulator.waitFor(() => emulator.tasks[0]?.status === 'running');
    const reopen = await emulator.refuseConnections();
    await action.waitForLine('Trying again');
    await reopen();
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject(COMPLETED);
    expect(emulator.tasks).toHaveLength(1);
  });

  test('is asked again when nginx itself dies and comes back', async () => {
    await using emulator = await startEmulator({ workflows: [HELD] });
    await using nginx = await startNginx(new URL(emulator.apiUrl).origin);
    await using action = runBy(emulator, nginx);
    await emulator.waitFor(() => emulator.tasks[0]?.status === 'running');
    await nginx.kill();
    await nginx.restart();
    emulator.release(emulator.tasks[0]?.id ?? '');
    const result = await action.done;
    expect(result).toMatchObject(COMPLETED);
    expect(emulator.tasks).toHaveLength(1);
  });
});
