import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import { type Inert, inert, shorten } from '../base/inert.ts';
import { type Filter, valuesOf } from './filters.ts';
import type { GalleryFile, GalleryTask } from './gallery.ts';
import { html, type Markup } from './html.ts';
import { badgeOf, kindOf } from './kinds.ts';
import { altOf, runOf, type Said } from './words.ts';

/** A file, and what its page says of its task. */
export interface Card {
  readonly file: GalleryFile;
  readonly task: GalleryTask;
  /** The parameters of its own. */
  readonly own: readonly Said[];
  /** What its picture shows, for those who don't see it. */
  readonly alt: string;
  /** What `id`s end in: 1 for the first. */
  readonly number: number;
}

/** What stands before a picture in a card, and behind it. */
export interface Around {
  readonly before: Markup;
  readonly after: Markup;
}

export function cardOf(
  file: GalleryFile,
  task: GalleryTask,
  own: readonly Said[],
  all: readonly Said[],
  number: number,
): Card {
  return { file, task, own, number, alt: altOf(file, own.length > 0 ? own : all) };
}

/** A card whose picture is in the page: what goes between the two is base64. */
export function aroundPicture(card: Card, mediaType: string, filters: readonly Filter[]): Around {
  return {
    before: html`${opening(card, filters)}<a class="frame" href="#card-${card.number}"><span class="for-ears">Larger: </span><img decoding="async" alt="${card.alt}" src="data:${mediaType};base64,`,
    after: html`"></a>${body(card)}</article></li>\n`,
  };
}

/** A card whose picture is beside the page: it is shown where it is there. One that is not there takes no room, as its text is empty. */
export function linkedCard(card: Card, filters: readonly Filter[]): Markup {
  const to = hrefOf(card.file);
  return html`${opening(card, filters)}<a class="frame beside" href="${to}"><img alt="" loading="lazy" decoding="async" src="${to}"><span>Not in this page: open the file<span class="for-ears"> ${card.alt}</span></span></a>${body(card)}</article></li>\n`;
}

/** A card of what is no picture. */
export function plainCard(card: Card, filters: readonly Filter[]): Markup {
  const { name, mediaType } = card.file;
  const kind = kindOf(name, mediaType);
  return html`${opening(card, filters)}<div class="frame empty"><span><b>${badgeOf(name) || kind}</b>${kind}</span></div>${body(card)}</article></li>\n`;
}

function opening({ own, number }: Card, filters: readonly Filter[]): Markup {
  return html`<li class="card" id="card-${number}" data-values="${valuesOf(own, filters)}"><article aria-labelledby="name-${number}">`;
}

function body({ file, task, own, number }: Card): Markup {
  const { label, taskId, agentId, queueTime } = task;
  const name = inert`${file.name}`;
  const labelled = task.files.length > 1 ? inert`${label ?? ''}: ${name}` : inert`${label ?? ''}`;
  const heading = label === undefined ? name : labelled;
  const ran = runOf(task);
  const more = factList([
    [inert`SHA-256`, file.sha256],
    [inert`Task`, taskId && inert`${taskId}`],
    [inert`Agent`, agentId && inert`${agentId}`],
    [inert`Queued`, queueTime === undefined ? undefined : formatClock(queueTime)],
  ]);
  return html`<div class="body"><h3 id="name-${number}" dir="auto">${heading}</h3>${parameterList(own)}
<div class="meta"><p><a href="${hrefOf(file)}">${inert`${file.name}`}</a>, ${prettyBytes(file.bytes)}</p>${ran === '' ? '' : html`<p>${ran}</p>`}</div>
<details class="more"><summary>Digest and task<span class="for-ears"> of ${heading}</span></summary>${more}</details>
<a class="smaller" href="#files">Back to the grid</a></div>`;
}

/** Beyond so many UTF-16 code units, a value is folded. */
const LONG = 240;

/** Names and values; nothing for none. */
export function parameterList(said: readonly Said[]): Markup {
  if (said.length === 0) return html``;
  return factList(said.map(({ name, value }) => [name, folded(value)]));
}

/** The same of facts that are known. */
function factList(facts: readonly (readonly [Inert, string | Markup | undefined])[]): Markup {
  const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const rows = known.map(({ name, value }) => html`<div><dt dir="auto">${name}</dt><dd dir="auto">${value}</dd></div>`);
  return html`<dl>${rows}</dl>`;
}

function folded(value: string): string | Markup {
  if (value === '') return html`<i>empty</i>`;
  if (value.length <= LONG) return value;
  return html`<details class="long"><summary>${shorten(inert`${value}`, LONG)}</summary>${value}</details>`;
}

/** A file from the page. Names may be in any script, and a `%` in one is no escape. */
function hrefOf({ place }: GalleryFile): string {
  return place.split('/').map(encodeURIComponent).join('/');
}
