import { blend, type Pixel, ramp } from './brush.ts';
import type { Noise } from './noise.ts';
import type { Colour, Palette } from './palettes.ts';

/** Where it stands. Lengths are fractions of the picture's height, from its left and upper edges. */
export interface Site {
  readonly shore: number;
  readonly palette: Palette;
  readonly noise: Noise;
  /** The picture's size in pixels. */
  readonly columns: number;
  readonly rows: number;
  /** Numbers from 0 to 1 that the seed decides. */
  readonly random: (index: number) => number;
}

/** A lighthouse and the headland it stands on. */
export interface Lighthouse {
  /** For each column the top of the headland. */
  readonly headland: Float64Array;
  /** Paints tower and light over what is behind them; the headland's hill goes over their foot. */
  readonly paint: (pixel: Pixel, x: number, y: number) => void;
}

const BANDS: readonly Colour[] = [
  [196, 43, 43],
  [31, 78, 140],
  [38, 38, 46],
];
const PLASTER: Colour = [246, 241, 230];
const IRON: Colour = [28, 26, 34];
const LAMP: Colour = [255, 244, 196];

/** Builds one on the left or on the right, with a light that turns over the sea: the seed says how. */
export function buildLighthouse({ shore, palette, noise, columns, rows, random }: Site): Lighthouse {
  const width = columns / rows;
  const isLeft = random(8) < 0.5;
  /** From the tower towards the open sea. */
  const seaward = isLeft ? 1 : -1;
  const inland = width * (0.2 + 0.14 * random(9));
  const middle = isLeft ? inland : width - inland;
  const rise = 0.08 + 0.05 * random(10);
  const headland = Float64Array.from({ length: columns }, (_, column) => {
    const x = (column / columns) * width;
    const slope = 1 - ramp((x - middle) * seaward, 0.02, 0.34);
    return shore + 0.012 - rise * slope - slope * 0.05 * (noise.fractal(x * 5, 7, 5) - 0.5);
  });

  const foot = shore - rise + 0.03;
  const height = 0.36 + 0.07 * random(11);
  const deck = foot - height;
  const band = BANDS[Math.floor(random(12) * BANDS.length)] ?? IRON;
  const stripes = 5 + 2 * Math.floor(random(13) * 2);
  const lamp = deck - 0.03;
  // Nearly level, and never into the hill behind.
  const turn = (random(14) - 0.62) * 0.5;
  const [along, across] = [seaward * Math.cos(turn), Math.sin(turn)];
  const night = palette.stars ? 1 : 0.55;

  /** How much of a pixel lies inside of an edge that is so far away. */
  const inside = (distance: number) => Math.min(1, Math.max(0, 0.5 - distance * rows));
  const box = (x: number, y: number, half: number, top: number, bottom: number) =>
    inside(x - half) * inside(-x - half) * inside(top - y) * inside(y - bottom);

  function paintWall(pixel: Pixel, x: number, y: number): void {
    const down = (y - deck) / height;
    const half = 0.026 + 0.018 * down;
    const wall = box(x, y, half, deck, foot + 0.02);
    if (wall === 0) return;
    const stripe = down * stripes;
    const edge = Math.abs(stripe - Math.round(stripe)) * (height / stripes);
    const isBand = Math.floor(stripe) % 2 === 0;
    blend(pixel, isBand ? band : PLASTER, wall);
    blend(pixel, isBand ? PLASTER : band, wall * inside(edge));
    // Round, and in the light of the hour.
    const shade = 0.16 + 0.5 * ramp((-x * seaward) / half, -0.7, 1.1);
    blend(pixel, palette.ground, wall * shade * (0.6 + 0.4 * night));
    blend(pixel, palette.horizon, wall * 0.12);
    // A window each third of the way down.
    blend(pixel, IRON, wall * 0.8 * box(x - 0.004 * seaward, (down * 3) % 1, 0.005, 0.42, 0.5));
  }

  function paintLantern(pixel: Pixel, x: number, y: number): void {
    blend(pixel, IRON, box(x, y, 0.04, deck - 0.008, deck + 0.004));
    blend(pixel, IRON, box(x, y, 0.02, deck - 0.052, deck));
    blend(pixel, LAMP, box(x, y, 0.016, deck - 0.046, deck - 0.01));
    const down = (y - deck + 0.085) / 0.033;
    const dome = box(x, y, 0.026 * Math.sqrt(Math.min(1, Math.max(0, down))), deck - 0.085, deck - 0.05);
    blend(pixel, band, dome);
    blend(pixel, palette.ground, 0.3 * dome);
    blend(pixel, IRON, box(x, y, 0.002, deck - 0.108, deck - 0.083));
  }

  function paintBeam(pixel: Pixel, x: number, y: number): void {
    const ahead = x * along + (y - lamp) * across;
    const aside = Math.abs((y - lamp) * along - x * across);
    const spread = 0.008 + 0.1 * Math.abs(ahead);
    if (aside >= spread) return;
    // The one that turns away is short.
    const strength = ahead > 0 ? 0.72 * Math.exp(-1.3 * ahead) : 0.35 * Math.exp(4 * ahead);
    blend(pixel, LAMP, night * strength * (1 - (aside / spread) ** 2));
  }

  function paint(pixel: Pixel, x: number, y: number): void {
    const aside = x - middle;
    paintBeam(pixel, aside, y);
    if (Math.abs(aside) > 0.08) return;
    paintWall(pixel, aside, y);
    paintLantern(pixel, aside, y);
    blend(pixel, LAMP, night * 0.8 * Math.exp(-900 * (aside ** 2 + (y - lamp) ** 2)));
  }

  return { headland, paint };
}
