/** A picture, pixel by pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, row by row: red, green, blue, and how opaque it is. */
  readonly rgba: Uint8Array;
}

/** The same picture with `most` pixels at most in width and in height, each the mean of those it stands for. Never larger. */
export function shrink(picture: Raster, most: number): Raster {
  const scale = Math.min(1, most / picture.width, most / picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const rows = range(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      rgba.set(mean(picture, range(x, width, picture.width), rows), (y * width + x) * 4);
    }
  }
  return { width, height, rgba };
}

/** From where to where the `at`th of `parts` parts of a length goes; one at least. */
function range(at: number, parts: number, length: number): readonly [from: number, to: number] {
  const from = Math.floor((at * length) / parts);
  return [from, Math.max(from + 1, Math.floor(((at + 1) * length) / parts))];
}

/** What cannot be seen has no colour, so it weighs nothing. */
function mean({ width, rgba }: Raster, columns: readonly [number, number], rows: readonly [number, number]): number[] {
  let [red, green, blue, opaque] = [0, 0, 0, 0];
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let at = (y * width + columns[0]) * 4; at < (y * width + columns[1]) * 4; at += 4) {
      const weight = rgba[at + 3] ?? 0;
      red += (rgba[at] ?? 0) * weight;
      green += (rgba[at + 1] ?? 0) * weight;
      blue += (rgba[at + 2] ?? 0) * weight;
      opaque += weight;
    }
  }
  const pixels = (rows[1] - rows[0]) * (columns[1] - columns[0]);
  const of = (sum: number) => (opaque === 0 ? 0 : Math.round(sum / opaque));
  return [of(red), of(green), of(blue), Math.round(opaque / pixels)];
}
