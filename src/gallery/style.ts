/** How the page looks, in light and dark. Nothing in it is loaded. */
export const STYLE = `
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
