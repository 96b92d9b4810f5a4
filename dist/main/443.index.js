export const id = 443;
export const ids = [443];
export const modules = {

/***/ 671:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ i),
/* harmony export */   r: () => (/* binding */ r),
/* harmony export */   t: () => (/* binding */ s)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(428);
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(202);
var n=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.a)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.V)(),1);function r(e){let t=Buffer.from(e).toString(`latin1`);if(t.startsWith(`PNG\r

`))return`image/png`;if(t.startsWith(`ÿØÿ`))return`image/jpeg`;if(/^GIF8[79]a/.test(t))return`image/gif`;if(/^RIFF.{4}WEBP/s.test(t))return`image/webp`;if(/^.{4}ftypavi[fs]/s.test(t))return`image/avif`}function i(e,t=``){return t.startsWith(`video/`)?`Video`:t.startsWith(`audio/`)?`Audio`:t.startsWith(`model/`)||a.test(e)?`3D`:t.startsWith(`image/`)?`Picture`:o.test(e)?`Archive`:`File`}const a=/\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i,o=/\.(?:7z|gz|tar|tgz|zip)$/i;function s(e){let t=(0,n.extname)(e).slice(1);return/^[a-z0-9]{1,6}$/i.test(t)?t.toUpperCase():``}

/***/ }),

/***/ 443:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   pageOf: () => (/* binding */ R)
/* harmony export */ });
/* harmony import */ var _rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(428);
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(202);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(671);
/* harmony import */ var _pictures2_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(139);
var m=/* @__PURE__ */ (0,_rolldown_runtime_js__WEBPACK_IMPORTED_MODULE_0__.a)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.U)(),1);function h(e){return[...Map.groupBy(e.flat(),({name:e})=>e)].map(([e,t])=>({name:e,values:[...new Set(t.map(({value:e})=>e))]})).filter(e=>e.values.length>1&&e.values.length<=100).slice(0,8)}function g(e,t){return t.map(({name:t,values:n})=>n.indexOf(e.find(e=>e.name===t)?.value??``)).map(e=>e===-1?`-`:e).join(` `)}var _=class{text;constructor(e){this.text=e}};function v(e,...t){return new _(e.map((e,n)=>e+y(t[n]??``)).join(``))}function y(e){return e instanceof _?e.text:typeof e==`object`?e.map(({text:e})=>e).join(``):String(e).replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}function b(e){let t=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.tt)(e);return Object.entries(typeof t==`object`&&t?t:{}).map(([e,t])=>{let n=typeof t==`string`?t:JSON.stringify(t)??``;return{name:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}`,value:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Z)(n,100).join(`
`)}})}function x({name:e},n){let i=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Q)(n.map(e=>(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e.name} ${e.value}`));return (0,_first_js__WEBPACK_IMPORTED_MODULE_1__.$)(i===``?(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}`:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}: ${i}`,300)}function S({runTime:e,agentId:t,gpuType:i,ending:a}){let s=e===void 0?(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)``:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.M)(e)}`,c=i!==void 0&&t!==void 0?(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)` (${t})`:``,l=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${i??t??``}${c}`,u=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Q)([s,l].filter(e=>e!==``),` on `);return u!==``&&a===`reused`?(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${u}, in an earlier run`:u}function C(e,t,n,r,i){return{file:e,task:t,own:n,number:i,alt:x(e,n.length>0?n:r)}}function w(e,t,n){return{before:v`${D(e,n)}<a class="frame" href="#card-${e.number}"><span class="for-ears">Larger: </span><img decoding="async" alt="${e.alt}" src="data:${t};base64,`,after:v`"></a>${O(e)}</article></li>\n`}}function T(e,t){let n=M(e.file);return v`${D(e,t)}<a class="frame beside" href="${n}"><img alt="" loading="lazy" decoding="async" src="${n}"><span>Not in this page: open the file<span class="for-ears"> ${e.alt}</span></span></a>${O(e)}</article></li>\n`}function E(e,t){let{name:n,mediaType:r}=e.file,i=(0,_kinds_js__WEBPACK_IMPORTED_MODULE_2__.n)(n,r);return v`${D(e,t)}<div class="frame empty"><span><b>${(0,_kinds_js__WEBPACK_IMPORTED_MODULE_2__.t)(n)||i}</b>${i}</span></div>${O(e)}</article></li>\n`}function D({own:e,number:t},n){return v`<li class="card" id="card-${t}" data-values="${g(e,n)}"><article aria-labelledby="name-${t}">`}function O({file:e,task:t,own:r,number:a}){let{label:s,taskId:c,agentId:l,queueTime:u}=t,d=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e.name}`,f=t.files.length>1?(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${s??``}: ${d}`:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${s??``}`,p=s===void 0?d:f,m=S(t),h=A([[(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`SHA-256`,e.sha256],[(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`Task`,c&&(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${c}`],[(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`Agent`,l&&(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${l}`],[(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`Queued`,u===void 0?void 0:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.M)(u)]]);return v`<div class="body"><h3 id="name-${a}" dir="auto">${p}</h3>${k(r)}
<div class="meta"><p><a href="${M(e)}">${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e.name}`}</a>, ${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.R)(e.bytes)}</p>${m===``?``:v`<p>${m}</p>`}</div>
<details class="more"><summary>Digest and task<span class="for-ears"> of ${p}</span></summary>${h}</details>
<a class="smaller" href="#files">Back to the grid</a></div>`}function k(e){return e.length===0?v``:A(e.map(({name:e,value:t})=>[e,j(t)]))}function A(e){return v`<dl>${e.flatMap(([e,t])=>t===void 0?[]:[{name:e,value:t}]).map(({name:e,value:t})=>v`<div><dt dir="auto">${e}</dt><dd dir="auto">${t}</dd></div>`)}</dl>`}function j(e){return e===``?v`<i>empty</i>`:e.length<=240?e:v`<details class="long"><summary>${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.$)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}`,240)}</summary>${e}</details>`}function M({place:e}){return e.split(`/`).map(encodeURIComponent).join(`/`)}const N=1e3,P=`
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
`,F=`
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
`;function I(e,t){return t||=e.slice(0),Object.freeze(Object.defineProperties(e,{raw:{value:Object.freeze(t)}}))}var L;async function*R(e,t,n=26214400){let r=b(e.shared),i=e.tasks.map(e=>({task:e,own:b(e.parameters)})),a=i.flatMap(({task:e,own:t})=>e.files.map(n=>({file:n,task:e,own:t}))),o=a.slice(0,N).map(({file:e,task:t,own:n},i)=>C(e,t,n,r,i+1)),s=h(i.filter(({task:e})=>e.files.length>0).map(({own:e})=>e));yield V(e).text,r.length>0&&(yield v`<section aria-labelledby="shared"><h2 id="shared">${e.tasks.length>1?`Shared parameters`:`Parameters`}</h2><div class="shared">${k(r)}</div></section>\n`.text),yield v`<section aria-labelledby="files"><h2 id="files" tabindex="-1">${o.every(({file:e})=>e.mediaType?.startsWith(`image/`))?`Pictures`:`Files`}</h2>\n${H(e.tasks)}${U(s)}<ul class="grid">\n`.text;let c=n,l=0;for(let e of o){let{path:n,bytes:r}=e.file,i=await (0,_pictures2_js__WEBPACK_IMPORTED_MODULE_3__.t)(t,n);if(i===void 0)yield E(e,s).text;else if(r>c)l+=1,yield T(e,s).text;else{c-=r;let{before:a,after:o}=w(e,i,s);yield a.text,yield*(0,_pictures2_js__WEBPACK_IMPORTED_MODULE_3__.n)(t,n,r),yield o.text}}yield v`</ul></section>\n</main>\n${G(l,a.length-o.length,n)}`.text,s.length>0&&(yield v(L||=I([`<script>`,`<\/script>
`],[`<script>`,`<\/script>\\n`]),new _(P)).text),yield v`</body>\n</html>\n`.text}const z=[`default-src 'none'`,`img-src data: 'self'`,`style-src ${B(F)}`,`script-src ${B(P)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `);function B(e){return`'sha256-${(0,m.createHash)(`sha256`).update(e).digest(`base64`)}'`}function V({workflow:e,reference:n,facts:r}){let i=(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}`,a=n===void 0?r:[(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${n}`,...r];return v`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new _(z)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.$)(i,100)} - Cyberun Run</title>
<style>${new _(F)}</style>
</head>
<body>
<a class="skip" href="#files">Skip to the files</a>
<header>
<p class="brand">Cyberun Run</p>
<h1 dir="auto">${i}</h1>
<ul class="facts">${a.map(e=>v`<li>${e}</li>`)}</ul>
</header>
<main>
`}function H(e){let t=e.filter(({files:e})=>e.length===0);if(t.length===0)return v``;let n=t.slice(0,20).map(({label:e,ending:t})=>v`<li dir="auto">${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e??`the task`}`}: ${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${t}`}</li>`),r=t.length>20?v`<li>and ${t.length-20} more</li>`:v``;return v`<div class="note">No files came of ${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Y)(t.length,`task`)}:<ul>${n}${r}</ul></div>\n`}function U(e){return e.length===0?v``:v`<form id="filter" role="search" aria-label="Choose by parameter" hidden>${e.map(({name:e,values:t})=>v`<label><span dir="auto">${e}</span><select><option value="">all</option>${t.map((e,t)=>v`<option value="${t}">${W(e)}</option>`)}</select></label>`)}<button type="reset">Show all</button><p id="count" role="status"></p></form>\n`}function W(e){return e===``?`(empty)`:(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.$)((0,_first_js__WEBPACK_IMPORTED_MODULE_1__.X)`${e}`,80)}function G(e,t,n){let r=Math.round(n/1024/1024);return v`<footer>
${t>0?v`<p>${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Y)(t,`file`)} more came than the ${N} that this page shows.</p>\n`:``}${e>0?v`<p>The page holds ${r} MiB of pictures at most, and ${(0,_first_js__WEBPACK_IMPORTED_MODULE_1__.Y)(e,`picture`)} beyond that: open those from the folder that it was written to.</p>\n`:``}<p>Links to files lead to those that lie beside this page, in the folder or the artifact that it came with.</p>
</footer>
`}

/***/ }),

/***/ 139:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   n: () => (/* binding */ r),
/* harmony export */   r: () => (/* binding */ i),
/* harmony export */   t: () => (/* binding */ n)
/* harmony export */ });
/* harmony import */ var _first_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(202);
/* harmony import */ var _kinds_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(671);
async function n(n,r){try{let i=await n.open(r,_first_js__WEBPACK_IMPORTED_MODULE_0__.A);try{let e=Buffer.alloc(16),{bytesRead:n}=await i.read(e,0,16,0);return (0,_kinds_js__WEBPACK_IMPORTED_MODULE_1__.r)(e.subarray(0,n))}finally{await i.close()}}catch{return}}async function*r(e,t,n){for await(let r of a(e,t,n))yield r.toString(`base64`)}async function i(e,t,n){let r=[];for await(let i of a(e,t,n))r.push(Buffer.from(i));return Buffer.concat(r)}async function*a(t,n,r){let i=await t.open(n,_first_js__WEBPACK_IMPORTED_MODULE_0__.A);try{let e=Buffer.alloc(Math.min(786432,r));for(let t=0;t<r;){let n=Math.min(e.byteLength,r-t),a=await o(i,e,n,t);if(yield e.subarray(0,a),a<n)return;t+=a}}finally{await i.close()}}async function o(e,t,n,r){let i=0;for(;i<n;){let{bytesRead:a}=await e.read(t,i,n-i,r+i);if(a===0)break;i+=a}return i}

/***/ })

};
