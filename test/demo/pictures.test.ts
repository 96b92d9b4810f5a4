import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { playScenes } from '../../demo/scenes.ts';
import { ROOT } from '../../demo/step.ts';
import { lasting } from '../../demo/texts.ts';

const STALE =
  'The pictures show something else than the action writes now: run `npm run pictures`, look at them and commit them';

test('the pictures of the README show what the action writes now', async () => {
  const scenes = Object.values(await playScenes());
  const written = scenes.map(({ file, text }) => ({ file, text: lasting(text) }));
  const shown = scenes.map(({ file }) => ({
    file,
    text: lasting(readFileSync(join(ROOT, 'docs/pictures', file), 'utf8')),
  }));
  expect(written, STALE).toEqual(shown);
});
