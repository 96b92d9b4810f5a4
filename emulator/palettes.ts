/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** The colours of a landscape. */
export interface Palette {
  /** Words in a prompt that ask for it. */
  readonly words: RegExp;
  readonly zenith: Colour;
  readonly sky: Colour;
  readonly horizon: Colour;
  readonly sun: Colour;
  /** The nearest hills; the far ones fade into the horizon. */
  readonly ground: Colour;
  readonly stars: boolean;
}

/** The palette that a prompt asks for, or else one picked by `pick` (0 to 1). */
export function paletteFor(prompt: string, pick: number): Palette {
  const named = palettes.find(({ words }) => words.test(prompt));
  return named ?? (palettes[Math.floor(pick * palettes.length)] as Palette);
}

const palettes: readonly Palette[] = [
  {
    words: /\b(dusk|sunset|evening|twilight)\b/i,
    zenith: rgb('1d1b46'),
    sky: rgb('7b3b7a'),
    horizon: rgb('ffae6b'),
    sun: rgb('fff0c2'),
    ground: rgb('1a1230'),
    stars: true,
  },
  {
    words: /\b(night|star|stars|moon|midnight)\b/i,
    zenith: rgb('050a1f'),
    sky: rgb('10284f'),
    horizon: rgb('4d86a8'),
    sun: rgb('f4f1de'),
    ground: rgb('050b18'),
    stars: true,
  },
  {
    words: /\b(dawn|sunrise|morning)\b/i,
    zenith: rgb('6a8fc4'),
    sky: rgb('e5b8c4'),
    horizon: rgb('ffe3c0'),
    sun: rgb('fffaf0'),
    ground: rgb('3c4a6b'),
    stars: false,
  },
  {
    words: /\b(forest|jungle|green|garden|spring)\b/i,
    zenith: rgb('5fa8b5'),
    sky: rgb('b7dcc4'),
    horizon: rgb('f3f2c9'),
    sun: rgb('fffde7'),
    ground: rgb('0f3a33'),
    stars: false,
  },
  {
    words: /\b(desert|sand|mars|red|autumn|fire)\b/i,
    zenith: rgb('a64b3c'),
    sky: rgb('e58a57'),
    horizon: rgb('ffdc9a'),
    sun: rgb('fff8dc'),
    ground: rgb('4b1d1f'),
    stars: false,
  },
  {
    words: /\b(snow|ice|arctic|winter|aurora)\b/i,
    zenith: rgb('12343b'),
    sky: rgb('2c7a7b'),
    horizon: rgb('c8f3e4'),
    sun: rgb('f3fffb'),
    ground: rgb('0d2730'),
    stars: true,
  },
  {
    words: /\b(sea|ocean|water|lake|blue|lighthouse)\b/i,
    zenith: rgb('15477a'),
    sky: rgb('4d9fcf'),
    horizon: rgb('e4f4f1'),
    sun: rgb('ffffff'),
    ground: rgb('0b2c4a'),
    stars: false,
  },
  {
    words: /\b(neon|cyberpunk|synthwave|purple|retro)\b/i,
    zenith: rgb('14052e'),
    sky: rgb('5a1a8b'),
    horizon: rgb('ff5fa2'),
    sun: rgb('ffe66d'),
    ground: rgb('12062b'),
    stars: true,
  },
];

function rgb(hex: string): Colour {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}
