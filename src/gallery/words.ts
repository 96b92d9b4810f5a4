import { formatClock } from '../base/durations.ts';
import { type Inert, inert, inertLines, joinInert, shorten } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import { redactJson } from '../base/redact.ts';
import type { GalleryFile, GalleryTask } from './gallery.ts';

/** A parameter as people read it. */
export interface Said {
  readonly name: Inert;
  /** Line breaks are the text's own; nothing else in it is no letter, digit or sign. */
  readonly value: string;
}

/** Lines of one value. */
const MOST_LINES = 100;
/** Of the alternative text of a picture, in UTF-16 code units. */
const LONGEST_ALT = 300;

/**
 * Parameters without what authorises anybody. GitHub masks nothing in a page, so that there is no use in keeping a value whole:
 * it is shown with its lines, however many there are.
 */
export function say(parameters: Mapping): Said[] {
  const safe = redactJson(parameters);
  return Object.entries(typeof safe === 'object' && safe !== null ? safe : {}).map(([name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    return { name: inert`${name}`, value: inertLines(text, MOST_LINES).join('\n') };
  });
}

/** What somebody is told who does not see the picture. */
export function altOf({ name }: GalleryFile, parameters: readonly Said[]): Inert {
  const all = joinInert(parameters.map((one) => inert`${one.name} ${one.value}`));
  return shorten(all === '' ? inert`${name}` : inert`${name}: ${all}`, LONGEST_ALT);
}

/** How long it ran, and where, such as `0:31 on NVIDIA L4 (gpu-node-01)`; empty where nothing is known. */
export function runOf({ runTime, agentId, gpuType, ending }: GalleryTask): Inert {
  const time = runTime === undefined ? inert`` : inert`${formatClock(runTime)}`;
  const agent = gpuType !== undefined && agentId !== undefined ? inert` (${agentId})` : '';
  const place = inert`${gpuType ?? agentId ?? ''}${agent}`;
  const both = joinInert(
    [time, place].filter((text) => text !== ''),
    ' on ',
  );
  return both !== '' && ending === 'reused' ? inert`${both}, in an earlier run` : both;
}
