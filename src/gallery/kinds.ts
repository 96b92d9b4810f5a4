import { extname } from 'node:path';

/** How many bytes of a file {@link pictureType} looks at. */
export const HEAD = 16;

/**
 * The media type of a picture that every browser shows, by the first bytes of its file; `undefined` for anything else, SVG
 * among it, which can hold a program.
 *
 * @see https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
 */
export function pictureType(head: Uint8Array): string | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(text)) return 'image/gif';
  if (/^RIFF.{4}WEBP/s.test(text)) return 'image/webp';
  // A still picture, or several (AV1 Image File Format, section 9.1).
  if (/^.{4}ftypavi[fs]/s.test(text)) return 'image/avif';
  return undefined;
}

/** What people call a file, by its media type or its name. */
export function kindOf(name: string, mediaType = ''): string {
  if (mediaType.startsWith('video/')) return 'Video';
  if (mediaType.startsWith('audio/')) return 'Audio';
  if (mediaType.startsWith('model/') || THREE_D.test(name)) return '3D';
  if (mediaType.startsWith('image/')) return 'Picture';
  return ARCHIVE.test(name) ? 'Archive' : 'File';
}

const THREE_D = /\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i;
const ARCHIVE = /\.(?:7z|gz|tar|tgz|zip)$/i;

/** Its extension as a badge, such as `GLB`; empty for none that is one. */
export function badgeOf(name: string): string {
  const extension = extname(name).slice(1);
  return /^[a-z0-9]{1,6}$/i.test(extension) ? extension.toUpperCase() : '';
}
