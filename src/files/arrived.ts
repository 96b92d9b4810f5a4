import { sep } from 'node:path';
import { redactJson } from '../base/redact.ts';
import type { Download } from '../transfer/download.ts';
import { type Listed, listed } from './record-text.ts';
import type { Named } from './selection.ts';

/** One file that arrived, or came out of an archive that did. */
export interface Arrived extends Download, Named {
  /** One component: the last of its place. */
  readonly name: string;
  /** Absolute, below the workspace as the job knows it. */
  readonly path: string;
  /** Absolute path of the archive that it came out of, if it did: in the folder of its place, or above. */
  readonly archive?: string | undefined;
}

/** What a record says of a file. */
export function describe(file: Arrived, place: string, taskId: string | undefined): Listed {
  const { sha256, mediaType, output, safeName, bytes, encoding } = file;
  const archive = file.archive
    ?.slice(file.path.length - place.length)
    .split(sep)
    .join('/');
  const annotations = { taskId, output, safeName, archive, bytes, encoding };
  return listed(place, sha256, redactJson({ mediaType, annotations }));
}
