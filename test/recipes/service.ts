import { imageToImage, nerfstudioSplat, textToImage } from '../../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour } from '../../emulator/workflows.ts';

/** The name of what `text-to-image` makes. */
export const PICTURE = 'output_00001_.png';

/** The service with the workflows that the recipes name; they are quick, and make a small file of their parameters. */
export function startService(
  ending: (parameters: object) => Behaviour['ending'] = () => 'completed',
): Promise<Emulator> {
  const quick = (name: string) => (parameters: object) => ({
    steps: 3,
    ending: ending(parameters) ?? 'completed',
    outputs: [{ output: '9.images.0', name, bytes: Buffer.from(JSON.stringify(parameters)) }],
  });
  return startEmulator({
    workflows: [
      { ...textToImage, behaviour: quick(PICTURE) },
      { ...imageToImage, behaviour: quick(PICTURE) },
      { ...nerfstudioSplat, behaviour: quick('splat.ply') },
    ],
  });
}
