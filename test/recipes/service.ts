import { imageToImage, nerfstudioSplat, textToImage } from '../../emulator/catalogue.ts';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import type { Behaviour } from '../../emulator/workflows.ts';

/** The name of what `text-to-image` makes. */
export const PICTURE = 'output_00001_.png';
/** What a folder, or a release, has of one run of it, sorted. */
export const FILES = ['SHA256SUMS', 'cyberun-run.json', PICTURE];

interface ServiceOptions {
  /** In place of the emulator's own. */
  readonly apiKey?: string;
  /** How a task with these parameters ends, before which so many with the same were submitted. Default: well. */
  readonly ending?: (parameters: object, before: number) => NonNullable<Behaviour['ending']>;
  /** What else is special about a task with these parameters. */
  readonly special?: (parameters: object) => Behaviour;
}

/** The service with the workflows that the recipes name; they are quick, and make a small file of their parameters. */
export function startService({
  apiKey,
  ending = () => 'completed',
  special = () => ({}),
}: ServiceOptions = {}): Promise<Emulator> {
  const quick = (name: string) => (parameters: object, before: number) => ({
    steps: 3,
    ending: ending(parameters, before),
    error: 'the agent lost its connection',
    outputs: [{ output: '9.images.0', name, bytes: Buffer.from(JSON.stringify(parameters)) }],
    ...special(parameters),
  });
  return startEmulator({
    ...(apiKey !== undefined && { apiKey }),
    workflows: [
      { ...textToImage, behaviour: quick(PICTURE) },
      { ...imageToImage, behaviour: quick(PICTURE) },
      { ...nerfstudioSplat, behaviour: quick('splat.ply') },
    ],
  });
}
