import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startEmulator } from '../../../emulator/emulator.ts';
import { filesOf, quick, runAction, SMALL } from '../../action/harness.ts';
import { startGateway, urlsOf } from '../gateway.ts';

test('a file comes from a real storage', async () => {
  await using gateway = await startGateway();
  await using emulator = await startEmulator({ workflows: [quick()], otherStorage: urlsOf(gateway) });
  await using action = runAction({ emulator, with: { workflow: 'quick' } });
  expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
  const { [SMALL.name]: file = Buffer.of() } = filesOf(join(action.workspace, 'cyberun-outputs'));
  const [object] = emulator.objects.values();
  expect(file.equals(object?.bytes ?? Buffer.of())).toBe(true);
});
