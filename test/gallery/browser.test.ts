import { source as AXE } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, launch } from '../../demo/chromium.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { open } from './chromium.ts';
import { createFolder, fileIn, galleryOf, HOSTILE, picture, taskOf, textOf } from './given.ts';

if (CHROMIUM === undefined) console.warn('There is no chromium: what a browser makes of the gallery is not looked at.');

/** Pictures, a video and a 3D file of four combinations, and one of which nothing came. */
function gallery(folder: string): Gallery {
  const long = 'a lighthouse at dusk, long exposure, '.repeat(12);
  const tasks = ['a lighthouse in spring', 'a lighthouse in winter'].flatMap((prompt) =>
    [1, 2].map((seed) => {
      const file = fileIn(folder, `${prompt}-${seed}.png`, picture(64, seed * 90));
      return taskOf([file], { label: `${prompt}, ${seed}`, parameters: { prompt, seed } });
    }),
  );
  const others = [
    fileIn(folder, 'turn.mp4', Buffer.from('video'), { mediaType: 'video/mp4' }),
    fileIn(folder, 'scene.glb', Buffer.from('glTF'), { mediaType: undefined }),
  ];
  return galleryOf(
    [
      ...tasks,
      taskOf(others, { label: 'long', parameters: { prompt: long, seed: 3 } }),
      taskOf([], { label: 'lost', ending: 'failed' }),
    ],
    { shared: { steps: 20, negative: '' } },
  );
}

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 320].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);
const focused = (page: Page) => page.evaluate('document.activeElement.textContent || document.activeElement.tagName');
const isHacked = (page: Page) => page.evaluate('window.hacked');
const visibleCards = (page: Page) => page.locator('.card:visible').count();
/** How many pictures are not only there, but can be seen. */
const SHOWN = `[...document.images].filter((image) => image.complete && image.naturalWidth > 0).length`;

describe.skipIf(CHROMIUM === undefined)('in a browser, a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each(LOOKS)('has nothing that axe minds, and fits: $colorScheme, $viewport.width', async (look) => {
    using folder = createFolder();
    await using opened = await open(browser, folder.path, await textOf(gallery(folder.path)), look);
    const { page, said, asked } = opened;
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    await page.evaluate(AXE);
    const found = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
    );
    expect(found).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const backdrop = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(backdrop).toBe(look.colorScheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(13, 17, 23)');
    expect({ said, asked, shown: await page.evaluate(SHOWN) }).toEqual({ said: [], asked: ['index.html'], shown: 4 });
  });

  test('is used by keyboard alone', async () => {
    using folder = createFolder();
    await using opened = await open(browser, folder.path, await textOf(gallery(folder.path)));
    const { page, said } = opened;
    const tab = () => page.keyboard.press('Tab');
    const press = (key: string) => page.keyboard.press(key);
    await tab();
    expect(await focused(page)).toBe('Skip to the files');
    expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: 16 });
    await press('Enter');
    await tab();
    expect(await page.evaluate('document.activeElement.labels?.[0].textContent')).toMatch(/^prompt/);
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await press('ArrowDown');
    expect(await page.locator('#count').textContent()).toBe('2 of 6 shown');
    await tab();
    await press('ArrowDown');
    expect(await page.locator('#count').textContent()).toBe('1 of 6 shown');
    expect(await visibleCards(page)).toBe(1);
    await tab();
    expect(await focused(page)).toBe('Show all');
    await press('Enter');
    await expect.poll(() => visibleCards(page)).toBe(6);
    await tab();
    const small = await page.locator('.card img').first().boundingBox();
    await press('Enter');
    await page.waitForURL(/#card-1$/);
    const card = await page.locator('#card-1').boundingBox();
    expect(card?.width).toBeGreaterThan((small?.width ?? 0) * 2);
    // Once more the picture, then its file, its digest, and back.
    await tab();
    await tab();
    expect(await focused(page)).toBe('a lighthouse in spring-1.png');
    await tab();
    await press('Enter');
    expect(await page.locator('#card-1 details.more dd').first().isVisible()).toBe(true);
    await tab();
    expect(await focused(page)).toBe('Back to the grid');
    await press('Enter');
    await page.waitForURL(/#files$/);
    expect(await page.locator('#card-1 .smaller').isVisible()).toBe(false);
    expect(said).toEqual([]);
  });

  test('has headings, landmarks and names for who listens', async () => {
    using folder = createFolder();
    await using opened = await open(browser, folder.path, await textOf(gallery(folder.path)));
    const { page } = opened;
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Shop hero']);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Shared parameters', 'Files']);
    expect(await page.getByRole('article', { name: 'a lighthouse in winter, 2', exact: true }).count()).toBe(1);
    for (const role of ['banner', 'main', 'contentinfo', 'search', 'status'] as const)
      expect(await page.getByRole(role).count(), role).toBe(1);
    const name = 'Larger: a lighthouse in spring-1.png: prompt a lighthouse in spring, seed 1';
    expect(await page.getByRole('link', { name, exact: true }).count()).toBe(1);
    expect(await page.getByRole('combobox', { name: 'seed' }).count()).toBe(1);
  });

  test('is all there without its script', async () => {
    using folder = createFolder();
    const text = await textOf(gallery(folder.path));
    await using opened = await open(browser, folder.path, text, { javaScriptEnabled: false });
    const { page } = opened;
    expect(await visibleCards(page)).toBe(6);
    expect(await page.locator('form').isVisible()).toBe(false);
    await page.locator('.frame').first().click();
    expect(await page.locator('#card-1 .smaller').isVisible()).toBe(true);
  });

  test('executes nothing that it is given, and shows it', async () => {
    using folder = createFolder();
    const tasks = HOSTILE.map((text, index) => {
      const file = fileIn(folder.path, `${index}.png`, picture(), { name: text, mediaType: text });
      return taskOf([file], {
        label: text,
        parameters: { [text]: text, prompt: text },
        agentId: text,
        gpuType: text,
        taskId: text,
      });
    });
    const lost = taskOf([], { label: HOSTILE[0], ending: HOSTILE[1] ?? '' });
    const hostile = galleryOf([...tasks, lost], {
      workflow: HOSTILE.join(' '),
      reference: HOSTILE[0],
      shared: { a: HOSTILE },
    });
    await using opened = await open(browser, folder.path, await textOf(hostile));
    const { page, said, asked } = opened;
    for (const element of await page.locator('a.frame, .card h3, select').all()) await element.hover();
    expect(await isHacked(page)).toBeUndefined();
    expect({ said, asked }).toEqual({ said: [], asked: ['index.html'] });
    expect(await page.locator('script, iframe, svg, object, embed, base').count()).toBe(1);
    expect(await page.locator('.card h3').first().textContent()).toBe(HOSTILE[0]);
    expect(page.frames()).toHaveLength(1);
  });

  test('would execute nothing even if something got through', async () => {
    using folder = createFolder();
    const text = await textOf(gallery(folder.path));
    const through = `<script>window.hacked=1</script><img src="x" onerror="window.hacked=2"><a href="javascript:window.hacked=3" id="trap">a</a><iframe srcdoc="<script>parent.hacked=4</script>"></iframe><base href="https://evil.example/"><style>body{display:none}</style><p style="color:red">a</p><form action="https://evil.example/"><button id="send">b</button></form><link rel="stylesheet" href="https://evil.example/a.css"><script src="https://evil.example/a.js"></script>`;
    await using opened = await open(browser, folder.path, text.replace('<main>', `<main>${through}`));
    const { page, said, asked } = opened;
    await page.locator('#trap').click();
    // A click would wait for where it leads.
    await page.evaluate('document.getElementById("send").click()');
    expect(await isHacked(page)).toBeUndefined();
    expect(await page.locator('body').isVisible()).toBe(true);
    expect(page.url()).toMatch(/^file:/);
    // What lies beside the page is a picture, or none.
    expect(asked).toEqual(['index.html', 'x']);
    expect(said.join('\n')).toContain('Content Security Policy');
  });

  test('shows a picture beyond its budget where that lies beside it, and a link where not', async () => {
    using folder = createFolder();
    const text = await textOf(gallery(folder.path), 0);
    await using beside = await open(browser, folder.path, text);
    await beside.page.locator('.frame img').last().scrollIntoViewIfNeeded();
    await expect.poll(() => beside.page.evaluate(SHOWN)).toBe(4);
    expect(beside.said).toEqual([]);
    using other = createFolder();
    await using alone = await open(browser, other.path, text);
    expect(await alone.page.evaluate(SHOWN)).toBe(0);
    const link = alone.page.getByRole('link', { name: /open the file a lighthouse in spring-1\.png/ });
    expect(await link.first().isVisible()).toBe(true);
  });
});
