export const id = 88;
export const ids = [88,102];
export const modules = {

/***/ 3066:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ kindOf),
/* harmony export */   Vx: () => (/* binding */ HEAD),
/* harmony export */   bN: () => (/* binding */ badgeOf),
/* harmony export */   xY: () => (/* binding */ pictureType)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);

/** How many bytes of a file {@link pictureType} looks at. */
const HEAD = 16;
/**
 * The media type of a picture that every browser shows, by the first bytes of its file; `undefined` for anything else, SVG
 * among it, which can hold a program.
 *
 * @see https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
 */
function pictureType(head) {
    const text = Buffer.from(head).toString('latin1');
    if (text.startsWith('\x89PNG\r\n\x1a\n'))
        return 'image/png';
    if (text.startsWith('\xff\xd8\xff'))
        return 'image/jpeg';
    if (/^GIF8[79]a/.test(text))
        return 'image/gif';
    if (/^RIFF.{4}WEBP/s.test(text))
        return 'image/webp';
    // A still picture, or several (AV1 Image File Format, section 9.1).
    if (/^.{4}ftypavi[fs]/s.test(text))
        return 'image/avif';
    return undefined;
}
/** What people call a file, by its media type or its name. */
function kindOf(name, mediaType = '') {
    if (mediaType.startsWith('video/'))
        return 'Video';
    if (mediaType.startsWith('audio/'))
        return 'Audio';
    if (mediaType.startsWith('model/') || THREE_D.test(name))
        return '3D';
    if (mediaType.startsWith('image/'))
        return 'Picture';
    return ARCHIVE.test(name) ? 'Archive' : 'File';
}
const THREE_D = /\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i;
const ARCHIVE = /\.(?:7z|gz|tar|tgz|zip)$/i;
/** Its extension as a badge, such as `GLB`; empty for none that is one. */
function badgeOf(name) {
    const extension = (0,node_path__WEBPACK_IMPORTED_MODULE_0__.extname)(name).slice(1);
    return /^[a-z0-9]{1,6}$/i.test(extension) ? extension.toUpperCase() : '';
}


/***/ }),

/***/ 2088:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  pageOf: () => (/* binding */ pageOf)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./build/base/inert.js
var inert = __webpack_require__(1996);
// EXTERNAL MODULE: ./node_modules/pretty-bytes/index.js
var pretty_bytes = __webpack_require__(5901);
// EXTERNAL MODULE: ./build/base/durations.js
var durations = __webpack_require__(7573);
;// CONCATENATED MODULE: ./build/gallery/filters.js
const MOST_FILTERS = 8;
const MOST_VALUES = 100;
/** What to choose by: parameters that have several values, and not too many to choose from. */
function filtersOf(tasks) {
    const values = Map.groupBy(tasks.flat(), ({ name }) => name);
    return [...values]
        .map(([name, said]) => ({ name, values: [...new Set(said.map(({ value }) => value))] }))
        .filter((filter) => filter.values.length > 1 && filter.values.length <= MOST_VALUES)
        .slice(0, MOST_FILTERS);
}
/** Which of its values a task has of each filter, by their numbers; `-` for none. */
function valuesOf(said, filters) {
    const indices = filters.map(({ name, values }) => values.indexOf(said.find((one) => one.name === name)?.value ?? ''));
    return indices.map((index) => (index === -1 ? '-' : index)).join(' ');
}

;// CONCATENATED MODULE: ./build/gallery/html.js
/** HTML in which nothing foreign is markup. */
class Markup {
    text;
    /** @param text Of ours, all of it; foreign text goes through {@link html}. */
    constructor(text) {
        this.text = text;
    }
}
/**
 * Template tag: the literal parts are ours, and every text among the others is shown as it is written, in an element as in an
 * attribute between double quotes. What no page should show (base/inert.ts) is the caller's to remove.
 */
function html(literals, ...parts) {
    return new Markup(literals.map((literal, index) => literal + textOf(parts[index] ?? '')).join(''));
}
function textOf(part) {
    if (part instanceof Markup)
        return part.text;
    if (typeof part === 'object')
        return part.map(({ text }) => text).join('');
    return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

// EXTERNAL MODULE: ./build/gallery/kinds.js
var kinds = __webpack_require__(3066);
// EXTERNAL MODULE: ./build/base/redact.js
var redact = __webpack_require__(8839);
;// CONCATENATED MODULE: ./build/gallery/words.js



/** Lines of one value. */
const MOST_LINES = 100;
/** Of the alternative text of a picture, in UTF-16 code units. */
const LONGEST_ALT = 300;
/**
 * Parameters without what authorises anybody. GitHub masks nothing in a page, so that there is no use in keeping a value whole:
 * it is shown with its lines, however many there are.
 */
function say(parameters) {
    const safe = (0,redact/* redactJson */.Kp)(parameters);
    return Object.entries(typeof safe === 'object' && safe !== null ? safe : {}).map(([name, value]) => {
        const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
        return { name: (0,inert/* inert */.tJ) `${name}`, value: (0,inert/* inertLines */.wi)(text, MOST_LINES).join('\n') };
    });
}
/** What somebody is told who does not see the picture. */
function altOf({ name }, parameters) {
    const all = (0,inert/* joinInert */.T2)(parameters.map((one) => (0,inert/* inert */.tJ) `${one.name} ${one.value}`));
    return (0,inert/* shorten */.ml)(all === '' ? (0,inert/* inert */.tJ) `${name}` : (0,inert/* inert */.tJ) `${name}: ${all}`, LONGEST_ALT);
}
/** How long it ran, and where, such as `0:31 on NVIDIA L4 (gpu-node-01)`; empty where nothing is known. */
function runOf({ runTime, agentId, gpuType, ending }) {
    const time = runTime === undefined ? (0,inert/* inert */.tJ) `` : (0,inert/* inert */.tJ) `${(0,durations/* formatClock */.ei)(runTime)}`;
    const agent = gpuType !== undefined && agentId !== undefined ? (0,inert/* inert */.tJ) ` (${agentId})` : '';
    const place = (0,inert/* inert */.tJ) `${gpuType ?? agentId ?? ''}${agent}`;
    const both = (0,inert/* joinInert */.T2)([time, place].filter((text) => text !== ''), ' on ');
    return both !== '' && ending === 'reused' ? (0,inert/* inert */.tJ) `${both}, in an earlier run` : both;
}

;// CONCATENATED MODULE: ./build/gallery/cards.js







function cardOf(file, task, own, all, number) {
    return { file, task, own, number, alt: altOf(file, own.length > 0 ? own : all) };
}
/** A card whose picture is in the page: what goes between the two is base64. */
function aroundPicture(card, mediaType, filters) {
    return {
        before: html `${opening(card, filters)}<a class="frame" href="#card-${card.number}"><span class="for-ears">Larger: </span><img decoding="async" alt="${card.alt}" src="data:${mediaType};base64,`,
        after: html `"></a>${body(card)}</article></li>\n`,
    };
}
/** A card whose picture is beside the page: it is shown where it is there. One that is not there takes no room, as its text is empty. */
function linkedCard(card, filters) {
    const to = hrefOf(card.file);
    return html `${opening(card, filters)}<a class="frame beside" href="${to}"><img alt="" loading="lazy" decoding="async" src="${to}"><span>Not in this page: open the file<span class="for-ears"> ${card.alt}</span></span></a>${body(card)}</article></li>\n`;
}
/** A card of what is no picture. */
function plainCard(card, filters) {
    const { name, mediaType } = card.file;
    const kind = (0,kinds/* kindOf */.I)(name, mediaType);
    return html `${opening(card, filters)}<div class="frame empty"><span><b>${(0,kinds/* badgeOf */.bN)(name) || kind}</b>${kind}</span></div>${body(card)}</article></li>\n`;
}
function opening({ own, number }, filters) {
    return html `<li class="card" id="card-${number}" data-values="${valuesOf(own, filters)}"><article aria-labelledby="name-${number}">`;
}
function body({ file, task, own, number }) {
    const { label, taskId, agentId, queueTime } = task;
    const name = (0,inert/* inert */.tJ) `${file.name}`;
    const labelled = task.files.length > 1 ? (0,inert/* inert */.tJ) `${label ?? ''}: ${name}` : (0,inert/* inert */.tJ) `${label ?? ''}`;
    const heading = label === undefined ? name : labelled;
    const ran = runOf(task);
    const more = factList([
        [(0,inert/* inert */.tJ) `SHA-256`, file.sha256],
        [(0,inert/* inert */.tJ) `Task`, taskId && (0,inert/* inert */.tJ) `${taskId}`],
        [(0,inert/* inert */.tJ) `Agent`, agentId && (0,inert/* inert */.tJ) `${agentId}`],
        [(0,inert/* inert */.tJ) `Queued`, queueTime === undefined ? undefined : (0,durations/* formatClock */.ei)(queueTime)],
    ]);
    return html `<div class="body"><h3 id="name-${number}" dir="auto">${heading}</h3>${parameterList(own)}
<div class="meta"><p><a href="${hrefOf(file)}">${(0,inert/* inert */.tJ) `${file.name}`}</a>, ${(0,pretty_bytes/* default */.A)(file.bytes)}</p>${ran === '' ? '' : html `<p>${ran}</p>`}</div>
<details class="more"><summary>Digest and task<span class="for-ears"> of ${heading}</span></summary>${more}</details>
<a class="smaller" href="#files">Back to the grid</a></div>`;
}
/** Beyond so many UTF-16 code units, a value is folded. */
const LONG = 240;
/** Names and values; nothing for none. */
function parameterList(said) {
    if (said.length === 0)
        return html ``;
    return factList(said.map(({ name, value }) => [name, folded(value)]));
}
/** The same of facts that are known. */
function factList(facts) {
    const known = facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
    const rows = known.map(({ name, value }) => html `<div><dt dir="auto">${name}</dt><dd dir="auto">${value}</dd></div>`);
    return html `<dl>${rows}</dl>`;
}
function folded(value) {
    if (value === '')
        return html `<i>empty</i>`;
    if (value.length <= LONG)
        return value;
    return html `<details class="long"><summary>${(0,inert/* shorten */.ml)((0,inert/* inert */.tJ) `${value}`, LONG)}</summary>${value}</details>`;
}
/** A file from the page. Names may be in any script, and a `%` in one is no escape. */
function hrefOf({ place }) {
    return place.split('/').map(encodeURIComponent).join('/');
}

;// CONCATENATED MODULE: ./build/gallery/gallery.js
/** Of the pictures that a page holds, together, in bytes as files: it has a third more as text. What is beyond is linked. */
const PICTURES_BUDGET = 25 * 1024 * 1024;
/** A page with more would be of no use to anybody. */
const MOST_CARDS = 1_000;

// EXTERNAL MODULE: ./build/gallery/pictures.js
var pictures = __webpack_require__(3102);
;// CONCATENATED MODULE: ./build/gallery/script.js
/** Shows the cards that have the values which are chosen. All that the page has is there without it, but for the choice. */
const SCRIPT = `
'use strict';
const form = document.getElementById('filter');
const count = document.getElementById('count');
const choices = [...form.querySelectorAll('select')];
const cards = [...document.querySelectorAll('.card')].map((card) => ({ card, values: card.dataset.values.split(' ') }));
function apply() {
  let shown = 0;
  for (const { card, values } of cards) {
    card.hidden = choices.some(({ value }, index) => value !== '' && value !== values[index]);
    if (!card.hidden) shown += 1;
  }
  count.textContent = shown + ' of ' + cards.length + ' shown';
}
form.addEventListener('change', apply);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('reset', () => setTimeout(apply));
form.hidden = false;
apply();
`;

;// CONCATENATED MODULE: ./build/gallery/style.js
/** How the page looks, in light and dark. Nothing in it is loaded. */
const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--line:#d8dce2;--text:#1b1f24;--soft:#57606a;--accent:#6639ba;--frame:#eceef1;--warn:#fff8e1;--warn-line:#d4a72c}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--line:#30363d;--text:#e6edf3;--soft:#9ba3ad;--accent:#bc9bff;--frame:#090c10;--warn:#272115;--warn-line:#9e6a03}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
[hidden]{display:none!important}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.28em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
header,main,footer{max-width:1680px;margin:0 auto;padding:0 24px}
header{padding-top:36px}
h1{margin:0;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{margin:28px 0 10px;font-size:18px;font-weight:650}
h3{margin:0;font-size:15px;line-height:1.4;font-weight:600;overflow-wrap:anywhere}
.brand{margin:0 0 4px;color:var(--accent);font-size:13px;font-weight:600;letter-spacing:.02em}
.facts{margin:8px 0 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:2px 0;color:var(--soft)}
.facts li:not(:last-child)::after{content:"\\00b7";margin:0 8px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:16px;top:12px;padding:8px 14px;background:var(--card);z-index:1}
.for-ears{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
dl{margin:0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:3px 14px}
dl>div{display:contents}
dt{color:var(--soft);max-width:14em;overflow-wrap:anywhere}
dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.shared{padding:12px 18px;background:var(--card);border:1px solid var(--line);border-radius:10px}
.shared dl{display:flex;flex-wrap:wrap;gap:6px 32px}
.shared dl>div{display:flex;gap:10px;max-width:100%}
.shared dl>div:has(details){flex-basis:100%}
.shared dt{flex:none;max-width:min(20em,45vw)}
.shared dd{max-width:80ch}
.note{margin:16px 0;padding:10px 16px;background:var(--warn);border:1px solid var(--warn-line);border-radius:10px;overflow-wrap:anywhere}
.note ul{margin:4px 0 0;padding-left:20px}
form{display:flex;flex-wrap:wrap;gap:10px 16px;align-items:end;margin:0 0 16px}
label{display:grid;grid-template-columns:minmax(0,1fr);gap:3px;color:var(--soft);font-size:13px;max-width:min(320px,100%)}
select,button{font:inherit;font-size:14px;color:var(--text);background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:6px 10px;min-height:36px}
button{cursor:pointer}
#count{margin:0;color:var(--soft);min-height:36px;display:flex;align-items:center}
.grid{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr));gap:20px}
.card{display:flex;flex-direction:column;background:var(--card);border:1px solid var(--line);border-radius:10px;scroll-margin:16px}
.frame{position:relative;display:grid;place-items:center;background:var(--frame);border-radius:9px 9px 0 0;overflow:hidden;color:var(--soft);text-decoration:none}
.frame img{display:block;width:100%;height:auto;max-height:420px;object-fit:contain}
.frame.empty{aspect-ratio:3/2;text-align:center;padding:16px}
.frame.beside{min-height:190px;align-content:center}
.frame.beside img{width:auto;max-width:100%}
.frame.beside span{padding:8px 16px}
.frame b{display:block;font-size:26px;font-weight:650;letter-spacing:.04em;color:var(--text)}
.frame:focus-visible{outline-offset:-3px}
.body{display:flex;flex-direction:column;gap:8px;padding:14px 16px 16px;font-size:14px;flex:1}
.meta{color:var(--soft);margin:auto 0 0;overflow-wrap:anywhere}
.meta p{margin:0}
.body dl{font-size:13px}
details>summary{cursor:pointer;color:var(--soft)}
details.more{font-size:13px}
details.more dl{margin-top:6px;grid-template-columns:1fr;gap:0}
details.more dd{margin-bottom:6px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px}
details.long>summary{color:var(--text)}
details.long[open]>summary{color:var(--soft)}
.smaller{display:none}
.card:target{grid-column:1/-1;border-color:var(--accent)}
.card:target .frame img{width:auto;max-width:100%;max-height:82vh}
.card:target .smaller{display:inline}
footer{margin-top:40px;padding-top:16px;padding-bottom:40px;color:var(--soft);font-size:13px}
footer p{margin:0 0 4px}
@media print{form,.skip,.smaller{display:none!important}.card{break-inside:avoid}}
`;

;// CONCATENATED MODULE: ./build/gallery/page.js










/**
 * A page of its own that shows what came of a run, in pieces that are small however large the pictures are. It loads nothing:
 * pictures are in it as they are, up to a budget, and what is beyond that is linked, and shown where it lies beside the page.
 *
 * @param budget Bytes of pictures, as files.
 * @throws what the disk says of a picture that was there a moment ago
 */
async function* pageOf(gallery, disk, budget = PICTURES_BUDGET) {
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
        yield html `<section aria-labelledby="shared"><h2 id="shared">${title}</h2><div class="shared">${parameterList(shared)}</div></section>\n`
            .text;
    }
    yield html `<section aria-labelledby="files"><h2 id="files" tabindex="-1">${cards.every(({ file }) => file.mediaType?.startsWith('image/')) ? 'Pictures' : 'Files'}</h2>\n${lacking(gallery.tasks)}${filterForm(filters)}<ul class="grid">\n`
        .text;
    let left = budget;
    let linked = 0;
    for (const card of cards) {
        const { path, bytes } = card.file;
        const picture = await (0,pictures.findPicture)(disk, path);
        if (picture === undefined)
            yield plainCard(card, filters).text;
        else if (bytes > left) {
            linked += 1;
            yield linkedCard(card, filters).text;
        }
        else {
            left -= bytes;
            const { before, after } = aroundPicture(card, picture, filters);
            yield before.text;
            yield* (0,pictures/* readBase64 */.s)(disk, path, bytes);
            yield after.text;
        }
    }
    yield html `</ul></section>\n</main>\n${foot(linked, files.length - cards.length, budget)}`.text;
    if (filters.length > 0)
        yield html `<script>${new Markup(SCRIPT)}</script>\n`.text;
    yield html `</body>\n</html>\n`.text;
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
function hashOf(text) {
    return `'sha256-${(0,external_node_crypto_.createHash)('sha256').update(text).digest('base64')}'`;
}
const LONGEST_TITLE = 100;
function head({ workflow, reference, facts }) {
    const name = (0,inert/* inert */.tJ) `${workflow}`;
    const all = reference === undefined ? facts : [(0,inert/* inert */.tJ) `${reference}`, ...facts];
    return html `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${(0,inert/* shorten */.ml)(name, LONGEST_TITLE)} - Cyberun Run</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#files">Skip to the files</a>
<header>
<p class="brand">Cyberun Run</p>
<h1 dir="auto">${name}</h1>
<ul class="facts">${all.map((fact) => html `<li>${fact}</li>`)}</ul>
</header>
<main>
`;
}
/** Tasks that are named. */
const MOST_LACKING = 20;
/** The tasks of which there is nothing to show. */
function lacking(tasks) {
    const without = tasks.filter(({ files }) => files.length === 0);
    if (without.length === 0)
        return html ``;
    const named = without
        .slice(0, MOST_LACKING)
        .map(({ label, ending }) => html `<li dir="auto">${(0,inert/* inert */.tJ) `${label ?? 'the task'}`}: ${(0,inert/* inert */.tJ) `${ending}`}</li>`);
    const more = without.length > MOST_LACKING ? html `<li>and ${without.length - MOST_LACKING} more</li>` : html ``;
    return html `<div class="note">No files came of ${(0,inert/* amount */.vj)(without.length, 'task')}:<ul>${named}${more}</ul></div>\n`;
}
/** Hidden where there is no script to heed it; nothing where there is nothing to choose. */
function filterForm(filters) {
    if (filters.length === 0)
        return html ``;
    const choices = filters.map(({ name, values }) => {
        const options = values.map((value, index) => html `<option value="${index}">${optionOf(value)}</option>`);
        return html `<label><span dir="auto">${name}</span><select><option value="">all</option>${options}</select></label>`;
    });
    return html `<form id="filter" role="search" aria-label="Choose by parameter" hidden>${choices}<button type="reset">Show all</button><p id="count" role="status"></p></form>\n`;
}
const LONGEST_OPTION = 80;
function optionOf(value) {
    return value === '' ? '(empty)' : (0,inert/* shorten */.ml)((0,inert/* inert */.tJ) `${value}`, LONGEST_OPTION);
}
function foot(linked, leftOut, budget) {
    const mebibytes = Math.round(budget / 1024 / 1024);
    return html `<footer>
${leftOut > 0 ? html `<p>${(0,inert/* amount */.vj)(leftOut, 'file')} more came than the ${MOST_CARDS} that this page shows.</p>\n` : ''}${linked > 0 ? html `<p>The page holds ${mebibytes} MiB of pictures at most, and ${(0,inert/* amount */.vj)(linked, 'picture')} beyond that: open those from the folder that it was written to.</p>\n` : ''}<p>Links to files lead to those that lie beside this page, in the folder or the artifact that it came with.</p>
</footer>
`;
}


/***/ }),

/***/ 3102:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   findPicture: () => (/* binding */ findPicture),
/* harmony export */   readWhole: () => (/* binding */ readWhole),
/* harmony export */   s: () => (/* binding */ readBase64)
/* harmony export */ });
/* harmony import */ var _base_disk_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7835);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3066);


/** Bytes read at one time: a multiple of three, so that the base64 of pieces is that of the whole. */
const PIECE = 768 * 1024;
/** The media type of the picture at a path; `undefined` for anything else, and for what cannot be read. */
async function findPicture(disk, path) {
    try {
        const file = await disk.open(path, _base_disk_js__WEBPACK_IMPORTED_MODULE_0__/* .READ_NO_LINK */ .i);
        try {
            const head = Buffer.alloc(_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .HEAD */ .Vx);
            const { bytesRead } = await file.read(head, 0, _kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .HEAD */ .Vx, 0);
            return (0,_kinds_js__WEBPACK_IMPORTED_MODULE_1__/* .pictureType */ .xY)(head.subarray(0, bytesRead));
        }
        finally {
            await file.close();
        }
    }
    catch {
        return undefined;
    }
}
/** A file as base64, in pieces. No more of it than so many bytes, however it grows. */
async function* readBase64(disk, path, bytes) {
    for await (const piece of readPieces(disk, path, bytes))
        yield piece.toString('base64');
}
/** A file whole, and no more of it than so many bytes. */
async function readWhole(disk, path, bytes) {
    const pieces = [];
    for await (const piece of readPieces(disk, path, bytes))
        pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
}
/** Each piece is good until the next. */
async function* readPieces(disk, path, bytes) {
    const file = await disk.open(path, _base_disk_js__WEBPACK_IMPORTED_MODULE_0__/* .READ_NO_LINK */ .i);
    try {
        const buffer = Buffer.alloc(Math.min(PIECE, bytes));
        for (let at = 0; at < bytes;) {
            const wanted = Math.min(buffer.byteLength, bytes - at);
            const got = await fill(file, buffer, wanted, at);
            yield buffer.subarray(0, got);
            if (got < wanted)
                return;
            at += got;
        }
    }
    finally {
        await file.close();
    }
}
/** A read may bring less than it was asked for, and base64 cannot go on in the middle of three bytes. */
async function fill(file, buffer, wanted, position) {
    let got = 0;
    while (got < wanted) {
        const { bytesRead } = await file.read(buffer, got, wanted - got, position + got);
        if (bytesRead === 0)
            break;
        got += bytesRead;
    }
    return got;
}


/***/ })

};
