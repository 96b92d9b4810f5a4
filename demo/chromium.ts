import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

/** The browser of this machine; `undefined` where there is none. */
export const CHROMIUM = ['chromium', 'google-chrome', 'chromium-browser'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

export function launch(): Promise<Browser> {
  const path = spawnSync('sh', ['-c', `command -v ${CHROMIUM}`], { encoding: 'utf8' }).stdout.trim();
  // Its sandbox needs more than a container, or root, has.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}
