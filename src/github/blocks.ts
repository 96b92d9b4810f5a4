import type { Raster } from '../base/raster.ts';

/**
 * A picture as lines of characters, two pixels in each, one above the other: the upper in the colour of the text, the lower
 * in that of its background. What is hardly opaque is left free.
 *
 * @see ECMA-48, section 8.3.117, and ISO 8613-6 for colours of 24 bits
 */
export function blocksOf(picture: Raster): string[] {
  return Array.from({ length: Math.ceil(picture.height / 2) }, (_, row) => {
    let line = '';
    let [text, ground] = [PLAIN_TEXT, PLAIN_GROUND];
    for (let x = 0; x < picture.width; x++) {
      const [upper, lower] = [colourAt(picture, x, row * 2), colourAt(picture, x, row * 2 + 1)];
      const [front, back, block] =
        upper === undefined ? [lower, undefined, lower === undefined ? ' ' : '▄'] : [upper, lower, '▀'];
      const codes: string[] = [];
      const nextText = front === undefined ? text : `38;2;${front}`;
      const nextGround = back === undefined ? PLAIN_GROUND : `48;2;${back}`;
      if (nextText !== text) codes.push(nextText);
      if (nextGround !== ground) codes.push(nextGround);
      [text, ground] = [nextText, nextGround];
      line += codes.length > 0 ? `\u001b[${codes.join(';')}m${block}` : block;
    }
    return `${line}\u001b[0m`;
  });
}

const PLAIN_TEXT = '39';
const PLAIN_GROUND = '49';

/** `red;green;blue`; `undefined` where there is nothing to be seen. */
function colourAt({ width, height, rgba }: Raster, x: number, y: number): string | undefined {
  const at = (y * width + x) * 4;
  return y >= height || (rgba[at + 3] ?? 0) < 128 ? undefined : rgba.subarray(at, at + 3).join(';');
}
