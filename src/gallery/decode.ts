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
/** Scans of a JPEG, each of which goes over the whole picture: a progressive one has some ten, a hostile one thousands. */
const MOST_SCANS = 40;
/** What begins one, and stands nowhere in its data: ITU-T T.81, B.1.1.3 and B.1.1.5. */
const SCAN = Buffer.of(0xff, 0xda);

/** A PNG's or a JPEG's pixels, or why there are none: it is of another kind, too large, or broken. Never throws. */
export function decodePicture(bytes: Buffer): Raster | Inert {
  try {
    switch (pictureType(bytes)) {
      case 'image/png':
        return decodePng(bytes);
      case 'image/jpeg': {
        if (hasMoreScans(bytes, MOST_SCANS)) return inert`no preview of more than ${MOST_SCANS} scans`;
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

function hasMoreScans(bytes: Buffer, most: number): boolean {
  let scans = 0;
  for (let at = bytes.indexOf(SCAN); at !== -1 && scans <= most; at = bytes.indexOf(SCAN, at + SCAN.length)) scans += 1;
  return scans > most;
}

/** @throws what is wrong with it */
function decodePng(bytes: Buffer): Raster | Inert {
  // Where every PNG has them: https://www.w3.org/TR/png-3/#11IHDR. A picture of a few bytes may say that it has billions.
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height > MOST_MEGAPIXELS.png * 1e6) return inert`no preview of ${width} x ${height} pixels`;
  return { width, height, rgba: PNG.sync.read(bytes).data };
}
