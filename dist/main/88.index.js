export const id=88;export const ids=[88,102];export const modules={3066:((e,t,n)=>{n.d(t,{I:()=>o,Vx:()=>i,bN:()=>l,xY:()=>a});var r=n(6760);let i=16;function a(e){let t=Buffer.from(e).toString(`latin1`);if(t.startsWith(`PNG\r

`))return`image/png`;if(t.startsWith(`ÿØÿ`))return`image/jpeg`;if(/^GIF8[79]a/.test(t))return`image/gif`;if(/^RIFF.{4}WEBP/s.test(t))return`image/webp`;if(/^.{4}ftypavi[fs]/s.test(t))return`image/avif`}function o(e,t=``){return t.startsWith(`video/`)?`Video`:t.startsWith(`audio/`)?`Audio`:t.startsWith(`model/`)||s.test(e)?`3D`:t.startsWith(`image/`)?`Picture`:c.test(e)?`Archive`:`File`}let s=/\.(?:3ds|blend|fbx|glb|gltf|ksplat|obj|ply|splat|spz|stl|usd[acz]?)$/i,c=/\.(?:7z|gz|tar|tgz|zip)$/i;function l(e){let t=(0,r.extname)(e).slice(1);return/^[a-z0-9]{1,6}$/i.test(t)?t.toUpperCase():``}}),2088:((e,t,n)=>{n.r(t),n.d(t,{pageOf:()=>j});var r=n(7598),i=n(1996),a=n(5901),o=n(7573);function s(e){return[...Map.groupBy(e.flat(),({name:e})=>e)].map(([e,t])=>({name:e,values:[...new Set(t.map(({value:e})=>e))]})).filter(e=>e.values.length>1&&e.values.length<=100).slice(0,8)}function c(e,t){return t.map(({name:t,values:n})=>n.indexOf(e.find(e=>e.name===t)?.value??``)).map(e=>e===-1?`-`:e).join(` `)}class l{text;constructor(e){this.text=e}}function u(e,...t){return new l(e.map((e,n)=>e+d(t[n]??``)).join(``))}function d(e){return e instanceof l?e.text:typeof e==`object`?e.map(({text:e})=>e).join(``):String(e).replace(/[&<>"']/g,e=>`&#${e.charCodeAt(0)};`)}var f=n(3066),p=n(8839);function m(e){let t=(0,p.Kp)(e);return Object.entries(typeof t==`object`&&t?t:{}).map(([e,t])=>{let n=typeof t==`string`?t:JSON.stringify(t)??``;return{name:(0,i.tJ)`${e}`,value:(0,i.wi)(n,100).join(`
`)}})}function h({name:e},t){let n=(0,i.T2)(t.map(e=>(0,i.tJ)`${e.name} ${e.value}`));return(0,i.ml)(n===``?(0,i.tJ)`${e}`:(0,i.tJ)`${e}: ${n}`,300)}function g({runTime:e,agentId:t,gpuType:n,ending:r}){let a=e===void 0?(0,i.tJ)``:(0,i.tJ)`${(0,o.ei)(e)}`,s=n!==void 0&&t!==void 0?(0,i.tJ)` (${t})`:``,c=(0,i.tJ)`${n??t??``}${s}`,l=(0,i.T2)([a,c].filter(e=>e!==``),` on `);return l!==``&&r===`reused`?(0,i.tJ)`${l}, in an earlier run`:l}function _(e,t,n,r,i){return{file:e,task:t,own:n,number:i,alt:h(e,n.length>0?n:r)}}function v(e,t,n){return{before:u`${x(e,n)}<a class="frame" href="#card-${e.number}"><span class="for-ears">Larger: </span><img decoding="async" alt="${e.alt}" src="data:${t};base64,`,after:u`"></a>${S(e)}</article></li>\n`}}function y(e,t){let n=E(e.file);return u`${x(e,t)}<a class="frame beside" href="${n}"><img alt="" loading="lazy" decoding="async" src="${n}"><span>Not in this page: open the file<span class="for-ears"> ${e.alt}</span></span></a>${S(e)}</article></li>\n`}function b(e,t){let{name:n,mediaType:r}=e.file,i=(0,f.I)(n,r);return u`${x(e,t)}<div class="frame empty"><span><b>${(0,f.bN)(n)||i}</b>${i}</span></div>${S(e)}</article></li>\n`}function x({own:e,number:t},n){return u`<li class="card" id="card-${t}" data-values="${c(e,n)}"><article aria-labelledby="name-${t}">`}function S({file:e,task:t,own:n,number:r}){let{label:s,taskId:c,agentId:l,queueTime:d}=t,f=(0,i.tJ)`${e.name}`,p=t.files.length>1?(0,i.tJ)`${s??``}: ${f}`:(0,i.tJ)`${s??``}`,m=s===void 0?f:p,h=g(t),_=w([[(0,i.tJ)`SHA-256`,e.sha256],[(0,i.tJ)`Task`,c&&(0,i.tJ)`${c}`],[(0,i.tJ)`Agent`,l&&(0,i.tJ)`${l}`],[(0,i.tJ)`Queued`,d===void 0?void 0:(0,o.ei)(d)]]);return u`<div class="body"><h3 id="name-${r}" dir="auto">${m}</h3>${C(n)}
<div class="meta"><p><a href="${E(e)}">${(0,i.tJ)`${e.name}`}</a>, ${(0,a.A)(e.bytes)}</p>${h===``?``:u`<p>${h}</p>`}</div>
<details class="more"><summary>Digest and task<span class="for-ears"> of ${m}</span></summary>${_}</details>
<a class="smaller" href="#files">Back to the grid</a></div>`}function C(e){return e.length===0?u``:w(e.map(({name:e,value:t})=>[e,T(t)]))}function w(e){return u`<dl>${e.flatMap(([e,t])=>t===void 0?[]:[{name:e,value:t}]).map(({name:e,value:t})=>u`<div><dt dir="auto">${e}</dt><dd dir="auto">${t}</dd></div>`)}</dl>`}function T(e){return e===``?u`<i>empty</i>`:e.length<=240?e:u`<details class="long"><summary>${(0,i.ml)((0,i.tJ)`${e}`,240)}</summary>${e}</details>`}function E({place:e}){return e.split(`/`).map(encodeURIComponent).join(`/`)}let D=1e3;var O=n(3102);let k=`
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
`,A=`
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
`;async function*j(e,t,n=26214400){let r=m(e.shared),i=e.tasks.map(e=>({task:e,own:m(e.parameters)})),a=i.flatMap(({task:e,own:t})=>e.files.map(n=>({file:n,task:e,own:t}))),o=a.slice(0,D).map(({file:e,task:t,own:n},i)=>_(e,t,n,r,i+1)),c=s(i.filter(({task:e})=>e.files.length>0).map(({own:e})=>e));yield P(e).text,r.length>0&&(yield u`<section aria-labelledby="shared"><h2 id="shared">${e.tasks.length>1?`Shared parameters`:`Parameters`}</h2><div class="shared">${C(r)}</div></section>\n`.text),yield u`<section aria-labelledby="files"><h2 id="files" tabindex="-1">${o.every(({file:e})=>e.mediaType?.startsWith(`image/`))?`Pictures`:`Files`}</h2>\n${F(e.tasks)}${I(c)}<ul class="grid">\n`.text;let d=n,f=0;for(let e of o){let{path:n,bytes:r}=e.file,i=await(0,O.findPicture)(t,n);if(i===void 0)yield b(e,c).text;else if(r>d)f+=1,yield y(e,c).text;else{d-=r;let{before:a,after:o}=v(e,i,c);yield a.text,yield*(0,O.s)(t,n,r),yield o.text}}yield u`</ul></section>\n</main>\n${R(f,a.length-o.length,n)}`.text,c.length>0&&(yield u`<script>${new l(k)}<\/script>\n`.text),yield u`</body>\n</html>\n`.text}let M=[`default-src 'none'`,`img-src data: 'self'`,`style-src ${N(A)}`,`script-src ${N(k)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `);function N(e){return`'sha256-${(0,r.createHash)(`sha256`).update(e).digest(`base64`)}'`}function P({workflow:e,reference:t,facts:n}){let r=(0,i.tJ)`${e}`,a=t===void 0?n:[(0,i.tJ)`${t}`,...n];return u`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new l(M)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${(0,i.ml)(r,100)} - Cyberun Run</title>
<style>${new l(A)}</style>
</head>
<body>
<a class="skip" href="#files">Skip to the files</a>
<header>
<p class="brand">Cyberun Run</p>
<h1 dir="auto">${r}</h1>
<ul class="facts">${a.map(e=>u`<li>${e}</li>`)}</ul>
</header>
<main>
`}function F(e){let t=e.filter(({files:e})=>e.length===0);if(t.length===0)return u``;let n=t.slice(0,20).map(({label:e,ending:t})=>u`<li dir="auto">${(0,i.tJ)`${e??`the task`}`}: ${(0,i.tJ)`${t}`}</li>`),r=t.length>20?u`<li>and ${t.length-20} more</li>`:u``;return u`<div class="note">No files came of ${(0,i.vj)(t.length,`task`)}:<ul>${n}${r}</ul></div>\n`}function I(e){return e.length===0?u``:u`<form id="filter" role="search" aria-label="Choose by parameter" hidden>${e.map(({name:e,values:t})=>u`<label><span dir="auto">${e}</span><select><option value="">all</option>${t.map((e,t)=>u`<option value="${t}">${L(e)}</option>`)}</select></label>`)}<button type="reset">Show all</button><p id="count" role="status"></p></form>\n`}function L(e){return e===``?`(empty)`:(0,i.ml)((0,i.tJ)`${e}`,80)}function R(e,t,n){let r=Math.round(n/1024/1024);return u`<footer>
${t>0?u`<p>${(0,i.vj)(t,`file`)} more came than the ${D} that this page shows.</p>\n`:``}${e>0?u`<p>The page holds ${r} MiB of pictures at most, and ${(0,i.vj)(e,`picture`)} beyond that: open those from the folder that it was written to.</p>\n`:``}<p>Links to files lead to those that lie beside this page, in the folder or the artifact that it came with.</p>
</footer>
`}}),3102:((e,t,n)=>{n.d(t,{findPicture:()=>a,readWhole:()=>s,s:()=>o});var r=n(7835),i=n(3066);async function a(e,t){try{let n=await e.open(t,r.i);try{let e=Buffer.alloc(i.Vx),{bytesRead:t}=await n.read(e,0,i.Vx,0);return(0,i.xY)(e.subarray(0,t))}finally{await n.close()}}catch{return}}async function*o(e,t,n){for await(let r of c(e,t,n))yield r.toString(`base64`)}async function s(e,t,n){let r=[];for await(let i of c(e,t,n))r.push(Buffer.from(i));return Buffer.concat(r)}async function*c(e,t,n){let i=await e.open(t,r.i);try{let e=Buffer.alloc(Math.min(786432,n));for(let t=0;t<n;){let r=Math.min(e.byteLength,n-t),a=await l(i,e,r,t);if(yield e.subarray(0,a),a<r)return;t+=a}}finally{await i.close()}}async function l(e,t,n,r){let i=0;for(;i<n;){let{bytesRead:a}=await e.read(t,i,n-i,r+i);if(a===0)break;i+=a}return i}})};