import { createHash } from 'node:crypto';
import { PNG } from 'pngjs';
import { blend, channel, type Pixel, ramp } from './brush.ts';
import { buildLighthouse, type Lighthouse } from './lighthouse.ts';
import { createNoise, type Noise } from './noise.ts';
import { type Palette, paletteFor } from './palettes.ts';

/** What a picture is made from: the same request always gives the same bytes. */
export interface PictureRequest {
  readonly prompt: string;
  readonly seed: number;
  /** Pixels, 1 to 1024. */
  readonly width: number;
  readonly height: number;
}

/** Draws a landscape as a PNG file: the prompt chooses its colours, and a lighthouse; the seed its composition. */
export function renderPicture({ prompt, seed, width, height }: PictureRequest): Uint8Array {
  const [columns, rows] = [clampSize(width), clampSize(height)];
  const scene = compose(prompt, seed, columns, rows);
  const png = new PNG({ width: columns, height: rows });
  const pixel = new Float64Array(3);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      paint(scene, column, row, pixel);
      // A grain below one level hides the bands that smooth gradients would show.
      const grain = scene.noise.at(column, row);
      const offset = (row * columns + column) * 4;
      png.data[offset] = channel(pixel, 0) + grain;
      png.data[offset + 1] = channel(pixel, 1) + grain;
      png.data[offset + 2] = channel(pixel, 2) + grain;
      png.data[offset + 3] = 255;
    }
  }
  // One fixed filter (Paeth): trying all of them takes longer than drawing.
  return PNG.sync.write(png, { colorType: 2, filterType: 4, deflateLevel: 5 });
}

interface Scene {
  readonly palette: Palette;
  readonly noise: Noise;
  readonly columns: number;
  readonly rows: number;
  /** Row of the shore as a fraction of the height; 1 when there is no water. */
  readonly shore: number;
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number };
  /** Far to near; for each column the top of the hill as a fraction of the height. */
  readonly ridges: readonly Float64Array[];
  /** Stands before the last of them, its own. */
  readonly lighthouse: Lighthouse | undefined;
}

const LIGHTHOUSE = /\blight-?house/i;

function compose(prompt: string, seed: number, columns: number, rows: number): Scene {
  const digest = createHash('sha256').update(`${prompt}\n${seed}`).digest();
  const mood = createHash('sha256').update(prompt).digest();
  const random = (index: number) => (digest[index] ?? 0) / 256;
  const noise = createNoise(digest.readInt32BE(16));
  const isCoast = LIGHTHOUSE.test(prompt);
  const shore = isCoast || random(0) < 0.55 ? 0.7 + 0.1 * random(1) : 1;
  const horizon = shore - (isCoast ? 0.04 : 0.16) - 0.1 * random(2);
  const count = isCoast ? 2 : 4 + Math.floor(3 * random(3));
  const hills = Array.from({ length: count }, (_, index) => {
    const nearness = (index / (count - 1)) * (isCoast ? 0.5 : 1);
    return ridge(noise, {
      columns,
      rows,
      nearness,
      base: horizon + (shore - horizon) * nearness * 0.8,
      lift: 0.26 - 0.12 * nearness,
    });
  });
  const sun = { x: 0.2 + 0.6 * random(5), y: horizon * (0.45 + 0.4 * random(6)), radius: 0.04 + 0.05 * random(7) };
  const palette = paletteFor(prompt, (mood[0] ?? 0) / 256);
  const lighthouse = isCoast ? buildLighthouse({ shore, palette, noise, columns, rows, random }) : undefined;
  const ridges = lighthouse === undefined ? hills : [...hills, lighthouse.headland];
  return { palette, noise, columns, rows, shore, sun, ridges, lighthouse };
}

interface RidgeShape {
  readonly columns: number;
  readonly rows: number;
  readonly nearness: number;
  readonly base: number;
  readonly lift: number;
}

function ridge(noise: Noise, { columns, rows, nearness, base, lift }: RidgeShape): Float64Array {
  return Float64Array.from({ length: columns }, (_, column) => {
    const x = column / rows;
    const hills = noise.fractal(x * (2.2 + nearness * 2) + 40, nearness * 90, 6) - 0.35;
    const trees = nearness > 0.6 ? 0.02 * nearness * noise.smooth(x * 70, nearness * 31) ** 2 : 0;
    return base - lift * hills - trees;
  });
}

function paint(scene: Scene, column: number, row: number, pixel: Pixel) {
  const { noise, columns, rows, shore } = scene;
  const y = (row + 0.5) / rows;
  if (y < shore) return paintLand(scene, column, y, pixel);
  // Water mirrors what is above the shore; the nearer, the longer the waves.
  const depth = (y - shore) / (1 - shore);
  const wave = noise.fractal(column / (rows * (0.1 + 0.25 * depth)), (row / rows) * (90 - 50 * depth), 2) - 0.5;
  const mirrored = Math.round(column + wave * rows * 0.06 * depth);
  paintLand(
    scene,
    Math.min(columns - 1, Math.max(0, mirrored)),
    shore - depth * shore * 0.62 + wave * 0.05 * depth,
    pixel,
  );
  blend(pixel, scene.palette.zenith, 0.22 + 0.3 * depth);
  blend(pixel, scene.palette.horizon, Math.max(0, wave - 0.18) * 0.5);
}

function paintLand(scene: Scene, column: number, y: number, pixel: Pixel) {
  const { palette, ridges, rows, lighthouse } = scene;
  paintSky(scene, column, y, pixel);
  for (let index = 0; index < ridges.length; index += 1) {
    if (index === ridges.length - 1) lighthouse?.paint(pixel, (column + 0.5) / rows, y);
    const below = y - (ridges[index]?.[column] ?? 1);
    if (below <= 0) continue;
    const nearness = (index + 0.6) / ridges.length;
    const haze = Math.min(1, below * 5) * 0.45 * (1 - nearness * 0.7);
    const edge = Math.min(1, below * rows);
    paintHill(pixel, palette, nearness ** 0.75 * (1 - haze), edge);
  }
}

function paintHill(pixel: Pixel, { horizon, sky, ground }: Palette, nearness: number, edge: number) {
  const hill = (index: 0 | 1 | 2) => {
    const far = (horizon[index] + sky[index]) / 2;
    const colour = far + (ground[index] - far) * nearness;
    pixel[index] = channel(pixel, index) + (colour - channel(pixel, index)) * edge;
  };
  hill(0);
  hill(1);
  hill(2);
}

function paintSky({ palette, noise, sun, rows, columns }: Scene, column: number, y: number, pixel: Pixel) {
  const x = column / rows;
  pixel.set(palette.zenith);
  blend(pixel, palette.sky, ramp(y, 0, 0.38));
  blend(pixel, palette.horizon, ramp(y, 0.22, 0.68));
  if (palette.stars) {
    const spark = noise.at(column >> 1, Math.floor((y * rows) / 2) + 9000);
    if (spark > 0.9985) blend(pixel, palette.sun, (spark - 0.9985) * 650 * (1 - ramp(y, 0.1, 0.45)));
  }
  const distance = Math.hypot(x - sun.x * (columns / rows), y - sun.y);
  blend(pixel, palette.sun, 0.55 * Math.exp(-distance * distance * 22) + 0.25 * Math.exp(-distance * 5));
  blend(pixel, palette.sun, 1 - ramp(distance, sun.radius - 1.5 / rows, sun.radius));
  const warp = noise.smooth(x * 2.5, y * 5) * 0.7;
  const cloud = noise.fractal(x * 1.7 + warp, y * 8 + warp, 5);
  blend(pixel, palette.horizon, 0.55 * ramp(cloud, 0.52, 0.8) * (1 - ramp(y, 0.45, 0.75)));
}

function clampSize(size: number) {
  return Number.isFinite(size) ? Math.min(1024, Math.max(1, Math.round(size))) : 512;
}
