import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { messageFor } from '../base/errors.ts';
import { type Inert, inert } from '../base/inert.ts';
import type { Raster } from '../base/raster.ts';
import { pictureType } from './kinds.ts';

/** What a picture may have to be decoded, in megapixels: it takes about a second, and for so long nothing else goes on. */
const MOST_MEGAPIXELS = { png: 16, jpeg: 5 };
/** What a JPEG's coefficients may take beside them, in MB. */
const MOST_MEMORY = 256;

/** A PNG's or a JPEG's pixels, or why there are none: it is of another kind, too large, or broken. Never throws. */
export function decodePicture(bytes: Buffer): Raster | Inert {
  try {
    switch (pictureType(bytes)) {
      case 'image/png':
        return decodePng(bytes);
      case 'image/jpeg': {
        const bounds = { maxResolutionInMP: MOST_MEGAPIXELS.jpeg, maxMemoryUsageInMB: MOST_MEMORY };
        const { width, height, data } = jpeg.decode(bytes, { useTArray: true, ...bounds });
        return { width, height, rgba: data };
      }
      default:
        return inert`no preview but of PNG and JPEG`;
    }
  } catch (error) {
    return inert`no preview: ${messageFor(error)}`;
  }
}

/** @throws what is wrong with it */
function decodePng(bytes: Buffer): Raster | Inert {
  // Where every PNG has them: https://www.w3.org/TR/png-3/#11IHDR. A picture of a few bytes may say that it has billions.
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height > MOST_MEGAPIXELS.png * 1e6) return inert`no preview of ${width} x ${height} pixels`;
  return { width, height, rgba: PNG.sync.read(bytes).data };
}
