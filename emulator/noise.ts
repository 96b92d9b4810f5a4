/** Smooth pseudo-random numbers in 0..1 that depend on a position only. */
export interface Noise {
  /** One value a lattice point. */
  readonly at: (x: number, y: number) => number;
  /** Value noise in two dimensions. */
  readonly smooth: (x: number, y: number) => number;
  /** Several octaves of `smooth`, each half as strong and twice as fine; stays within 0..1. */
  readonly fractal: (x: number, y: number, octaves: number) => number;
}

/** Noise of one seed (32-bit integer). */
export function createNoise(seed: number): Noise {
  function at(x: number, y: number): number {
    let hash = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ seed;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 0x100000000;
  }
  function smooth(x: number, y: number): number {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const across = ease(x - left);
    const upper = at(left, top) * (1 - across) + at(left + 1, top) * across;
    const lower = at(left, top + 1) * (1 - across) + at(left + 1, top + 1) * across;
    return upper + (lower - upper) * ease(y - top);
  }
  function fractal(x: number, y: number, octaves: number): number {
    let [sum, reach, strength] = [0, 0, 1];
    for (let octave = 0; octave < octaves; octave += 1) {
      const scale = 2 ** octave;
      sum += strength * smooth(x * scale + octave * 17, y * scale - octave * 29);
      reach += strength;
      strength /= 2;
    }
    return sum / reach;
  }
  return { at, smooth, fractal };
}

function ease(t: number) {
  return t * t * (3 - 2 * t);
}
