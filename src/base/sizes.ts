import { shown } from './inert.ts';

/**
 * Bytes from a size such as `20GB`, `500 MB`, `1.5GiB` or `0`: decimal units as disks and networks have them, binary ones
 * with an `i`, in either case.
 *
 * @throws {Error} When the text is anything else, or more than a number holds exactly, with a message that shows how to write it.
 */
// Not `bytes`: it takes MB for MiB, "12 apples" for 12, and a number without a unit for bytes.
export function parseSize(text: string): number {
  const written = text.trim();
  const said = shown(JSON.stringify(written), 60);
  if (/^0+$/.test(written)) return 0;
  if (/^\d{1,20}$/.test(written)) {
    throw new Error(`${said} has no unit: write "${written}MB" for megabytes or "${written}GB" for gigabytes`);
  }
  const [, number, prefix = '', binary] = /^(\d{1,15}(?:\.\d{1,15})?)\s*([kmgt]?)(i?)b$/i.exec(written) ?? [];
  if (number === undefined || (prefix === '' && binary !== '')) {
    throw new Error(
      `${said} is not a size: write a number with the unit kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as ${EXAMPLES}`,
    );
  }
  const power = ['', 'k', 'm', 'g', 't'].indexOf(prefix.toLowerCase());
  const bytes = Math.floor(Number(number) * (binary === '' ? 1000 : 1024) ** power);
  if (bytes <= Number.MAX_SAFE_INTEGER) return bytes;
  throw new Error(`${said} is more than any disk has: write e.g. ${EXAMPLES}, or "0" for no bound`);
}

const EXAMPLES = '"20GB" or "500MB"';
