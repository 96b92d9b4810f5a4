import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';

/** A page that was opened, and what it did beside being shown. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What its console says, its errors, and dialogs. */
  readonly said: string[];
  /** All that it asked for, by the last part of the address. */
  readonly asked: string[];
}

/** Opens a text of HTML as a file in a folder. */
export async function open(
  browser: Browser,
  folder: string,
  text: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const path = join(folder, 'index.html');
  writeFileSync(path, text);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => {
    said.push(dialog.message());
    void dialog.dismiss();
  });
  const hear = (request: Request) => {
    const url = request.url();
    // What the policy of the page forbids is not asked for.
    if (!url.startsWith('data:') && request.failure()?.errorText !== 'csp')
      asked.push(url.slice(url.lastIndexOf('/') + 1));
  };
  page.on('requestfinished', hear);
  page.on('requestfailed', hear);
  await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
  return { page, said, asked, [Symbol.asyncDispose]: () => context.close() };
}
