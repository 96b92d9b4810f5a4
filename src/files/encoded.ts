import { type Inert, inert, someOf } from '../base/inert.ts';
import type { Arrived } from './arrived.ts';

/** More files than that are counted, not named. */
const MOST_NAMES = 5;

/**
 * Says which files are packed, and how to unpack them; `undefined` where none is, but for those whose name says so.
 *
 * A file is kept as the storage holds it: that is what its length, its tag and the digest are of, what a resumed download
 * goes on with, and what anybody else gets who fetches it without unpacking. Only whoever made it can say whether the
 * packing was meant to stay.
 */
export function encodedWarning(files: readonly Arrived[]): Inert | undefined {
  const packed = files.filter(({ name, encoding }) => encoding !== undefined && !saysSo(name, encoding));
  if (packed.length === 0) return undefined;
  const names = packed.map(({ place, encoding }) => `${place} (${encoding})`);
  const tools = [...new Set(packed.flatMap(({ encoding = '' }) => CODINGS.get(encoding)?.tool ?? []))];
  const how = tools.length === 0 ? inert`` : inert` (${tools.map((tool) => `\`${tool} < FILE\``).join(', ')})`;
  return inert`Kept as the storage holds them, which is packed, by their Content-Encoding: ${someOf(names, MOST_NAMES)}. Unpack them before use${how}, or have the workflow store them as they are.`;
}

/** What undoes a coding, and the names of what is meant to stay packed (RFC 9110, section 8.4.1; RFC 7932, RFC 8878). */
const CODINGS: ReadonlyMap<string, { readonly tool: string; readonly names: RegExp }> = new Map([
  ...['gzip', 'x-gzip'].map(
    (coding) => [coding, { tool: 'gzip -dc', names: /\.(?:gz|gzip|tgz|svgz|vgz|emz)$/i }] as const,
  ),
  ['br', { tool: 'brotli -dc', names: /\.br$/i }],
  ['zstd', { tool: 'zstd -dc', names: /\.(?:zst|zstd|tzst)$/i }],
]);

function saysSo(name: string, encoding: string): boolean {
  return CODINGS.get(encoding)?.names.test(name) ?? false;
}
