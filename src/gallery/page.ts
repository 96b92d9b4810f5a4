import { createHash } from 'node:crypto';
import type { Disk } from '../base/disk.ts';
import { amount, inert, shorten } from '../base/inert.ts';
import { aroundPicture, cardOf, linkedCard, parameterList, plainCard } from './cards.ts';
import { type Filter, filtersOf } from './filters.ts';
import { type Gallery, type GalleryTask, MOST_CARDS, PICTURES_BUDGET } from './gallery.ts';
import { html, Markup } from './html.ts';
import { findPicture, readBase64 } from './pictures.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { say } from './words.ts';

/**
 * A page of its own that shows what came of a run, in pieces that are small however large the pictures are. It loads nothing:
 * pictures are in it as they are, up to a budget, and what is beyond that is linked, and shown where it lies beside the page.
 *
 * @param budget Bytes of pictures, as files.
 * @throws what the disk says of a picture that was there a moment ago
 */
export async function* pageOf(gallery: Gallery, disk: Disk, budget = PICTURES_BUDGET): AsyncGenerator<string> {
  const shared = say(gallery.shared);
  const tasks = gallery.tasks.map((task) => ({ task, own: say(task.parameters) }));
  const files = tasks.flatMap(({ task, own }) => task.files.map((file) => ({ file, task, own })));
  const cards = files
    .slice(0, MOST_CARDS)
    .map(({ file, task, own }, index) => cardOf(file, task, own, shared, index + 1));
  const filters = filtersOf(tasks.filter(({ task }) => task.files.length > 0).map(({ own }) => own));

  yield head(gallery).text;
  if (shared.length > 0) {
    const title = gallery.tasks.length > 1 ? 'Shared parameters' : 'Parameters';
    yield html`<section aria-labelledby="shared"><h2 id="shared">${title}</h2><div class="shared">${parameterList(shared)}</div></section>\n`
      .text;
  }
  yield html`<section aria-labelledby="files"><h2 id="files" tabindex="-1">${cards.every(({ file }) => file.mediaType?.startsWith('image/')) ? 'Pictures' : 'Files'}</h2>\n${lacking(gallery.tasks)}${filterForm(filters)}<ul class="grid">\n`
    .text;
  let left = budget;
  let linked = 0;
  for (const card of cards) {
    const { path, bytes } = card.file;
    const picture = await findPicture(disk, path);
    if (picture === undefined) yield plainCard(card, filters).text;
    else if (bytes > left) {
      linked += 1;
      yield linkedCard(card, filters).text;
    } else {
      left -= bytes;
      const { before, after } = aroundPicture(card, picture, filters);
      yield before.text;
      yield* readBase64(disk, path, bytes);
      yield after.text;
    }
  }
  yield html`</ul></section>\n</main>\n${foot(linked, files.length - cards.length, budget)}`.text;
  if (filters.length > 0) yield html`<script>${new Markup(SCRIPT)}</script>\n`.text;
  yield html`</body>\n</html>\n`.text;
}

/** What a browser is to keep to, whatever the rest of the page came to be. */
const POLICY = [
  `default-src 'none'`,
  // `self` for those that lie beside the page.
  `img-src data: 'self'`,
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ');

/** As a policy names a text. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const LONGEST_TITLE = 100;

function head({ workflow, reference, facts }: Gallery): Markup {
  const name = inert`${workflow}`;
  const all = reference === undefined ? facts : [inert`${reference}`, ...facts];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shorten(name, LONGEST_TITLE)} - Cyberun Run</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#files">Skip to the files</a>
<header>
<p class="brand">Cyberun Run</p>
<h1 dir="auto">${name}</h1>
<ul class="facts">${all.map((fact) => html`<li>${fact}</li>`)}</ul>
</header>
<main>
`;
}

/** Tasks that are named. */
const MOST_LACKING = 20;

/** The tasks of which there is nothing to show. */
function lacking(tasks: readonly GalleryTask[]): Markup {
  const without = tasks.filter(({ files }) => files.length === 0);
  if (without.length === 0) return html``;
  const named = without
    .slice(0, MOST_LACKING)
    .map(({ label, ending }) => html`<li dir="auto">${inert`${label ?? 'the task'}`}: ${inert`${ending}`}</li>`);
  const more = without.length > MOST_LACKING ? html`<li>and ${without.length - MOST_LACKING} more</li>` : html``;
  return html`<div class="note">No files came of ${amount(without.length, 'task')}:<ul>${named}${more}</ul></div>\n`;
}

/** Hidden where there is no script to heed it; nothing where there is nothing to choose. */
function filterForm(filters: readonly Filter[]): Markup {
  if (filters.length === 0) return html``;
  const choices = filters.map(({ name, values }) => {
    const options = values.map((value, index) => html`<option value="${index}">${optionOf(value)}</option>`);
    return html`<label><span dir="auto">${name}</span><select><option value="">all</option>${options}</select></label>`;
  });
  return html`<form id="filter" role="search" aria-label="Choose by parameter" hidden>${choices}<button type="reset">Show all</button><p id="count" role="status"></p></form>\n`;
}

const LONGEST_OPTION = 80;

function optionOf(value: string): string {
  return value === '' ? '(empty)' : shorten(inert`${value}`, LONGEST_OPTION);
}

function foot(linked: number, leftOut: number, budget: number): Markup {
  const mebibytes = Math.round(budget / 1024 / 1024);
  return html`<footer>
${leftOut > 0 ? html`<p>${amount(leftOut, 'file')} more came than the ${MOST_CARDS} that this page shows.</p>\n` : ''}${linked > 0 ? html`<p>The page holds ${mebibytes} MiB of pictures at most, and ${amount(linked, 'picture')} beyond that: open those from the folder that it was written to.</p>\n` : ''}<p>Links to files lead to those that lie beside this page, in the folder or the artifact that it came with.</p>
</footer>
`;
}
