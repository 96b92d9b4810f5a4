/**
 * Makes the pictures of the README, each with its text beside it, in docs/pictures/: `npm run build && npm run pictures`.
 * `test/demo/pictures.test.ts` compares the texts with what the action writes now.
 *
 * Needs Chromium and fonts that are near GitHub's; on Debian: `chromium fonts-liberation fonts-dejavu-core
 * fonts-noto-color-emoji`. Other fonts make other pictures, and the same texts.
 */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { beginCommand } from '../scripts/command.ts';
import { CHROMIUM, launch } from './chromium.ts';
import { playScenes, type SceneName } from './scenes.ts';
import { ROOT, say } from './step.ts';

/** How a page is looked at: how wide, in CSS pixels, in which themes, and which of its folded parts are opened. */
interface View {
  readonly width: number;
  readonly themes: readonly ('light' | 'dark')[];
  readonly opened: string;
}

const BOTH = ['light', 'dark'] as const;
const VIEWS: Readonly<Record<SceneName, View>> = {
  log: { width: 900, themes: ['dark'], opened: 'parameters' },
  summary: { width: 980, themes: BOTH, opened: 'Parameters' },
  matrix: { width: 1200, themes: BOTH, opened: 'succeeded' },
  plan: { width: 1020, themes: BOTH, opened: '' },
  gallery: { width: 1280, themes: BOTH, opened: '' },
  reused: { width: 1360, themes: BOTH, opened: '' },
  waited: { width: 980, themes: BOTH, opened: '' },
  cancelled: { width: 1100, themes: BOTH, opened: '' },
  released: { width: 980, themes: BOTH, opened: '' },
};

const FOLDER = join(ROOT, 'docs/pictures');

const USAGE = `npm run pictures -- [--help]

Makes the pictures of docs/pictures/ anew, each with its text beside it, from what the built action writes: npm run build
first. Needs Chromium, and fonts that are near GitHub's. It has no other options.`;

beginCommand(USAGE, () => parseArgs());
if (CHROMIUM === undefined) {
  console.error(
    'There is no Chromium to make pictures with. On Debian: apt-get install chromium fonts-liberation fonts-dejavu-core fonts-noto-color-emoji',
  );
  process.exit(1);
}
const scenes = await playScenes();
await using browser = await launch();
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const [name, view] of Object.entries(VIEWS)) {
  const { file, text, page } = scenes[name as SceneName];
  writeFileSync(join(FOLDER, file), text);
  for (const theme of view.themes) {
    const picture = join(FOLDER, view.themes.length === 1 ? `${name}.webp` : `${name}-${theme}.webp`);
    writeFileSync(picture, await pictureOf(browser, page, view, theme));
    say(`${picture}  ${Math.round(statSync(picture).size / 1000)} kB`);
  }
}

/** The whole page as WebP, which playwright itself does not make. */
async function pictureOf(browser: Browser, html: string, { width, opened }: View, colorScheme: 'light' | 'dark') {
  const context = await browser.newContext({ viewport: { width, height: 100 }, deviceScaleFactor: 2, colorScheme });
  const page = await context.newPage();
  await page.setContent(html);
  if (opened !== '') await page.locator('summary', { hasText: opened }).first().click();
  await page.mouse.move(0, 0);
  const height = await page.evaluate<number>('Math.ceil(document.documentElement.getBoundingClientRect().height)');
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 88,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width, height, scale: 1 },
  });
  await context.close();
  return Buffer.from(data, 'base64');
}
