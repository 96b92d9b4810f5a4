import { parseCommand } from '../emulator/runner/commands.ts';

/** A step of a job, and what its process wrote. */
export interface LoggedStep {
  readonly job: string;
  readonly step: string;
  /** What the runner says before the action begins: the inputs. */
  readonly inputs: readonly string[];
  /** The action's lines as they came, with commands and colours. */
  readonly raw: string;
  readonly seconds: number;
}

/** A page that shows a step's log as GitHub's viewer does, which is dark in either theme; time stamps are off. */
export function logPageOf({ job, step, inputs, raw, seconds }: LoggedStep): string {
  const own = ['::group::Run cyberun/run@v1', ...inputs, '::endgroup::'];
  const lines = [...own, ...raw.trimEnd().split('\n')];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Log of a job</title>
<style>${STYLE}</style>
<main>
<header><b>${escaped(job)}</b><span>succeeded in ${seconds}s</span></header>
<h2><i class="mark">✓</i>${escaped(step)}<span>${seconds}s</span></h2>
<div class="log">
${linesOf(lines).join('\n')}
</div>
</main>
</html>
`;
}

/** Commands; `debug` and `add-mask` show nothing. */
const KNOWN = new Set(['group', 'endgroup', 'error', 'warning', 'notice', 'debug', 'add-mask']);

/** Groups are folded, and their lines counted. */
function linesOf(lines: readonly string[]): string[] {
  let number = 0;
  const numbered = (html: string, level = '') => `<p class="${level}"><i>${++number}</i>${html}</p>`;
  return lines.flatMap((line) => {
    const { name, data = '' } = parseCommand(line, KNOWN) ?? {};
    if (name === undefined) return numbered(`<span>${colouredSpans(line)}</span>`);
    if (name === 'group') return `<details><summary>${numbered(`<span>${escaped(data)}</span>`)}</summary>`;
    if (name === 'endgroup') return '</details>';
    const label = LABELS[name];
    return label === undefined ? [] : numbered(`<span><b>${label}: </b>${escaped(data)}</span>`, name);
  });
}

const LABELS: Readonly<Record<string, string>> = { error: 'Error', warning: 'Warning', notice: 'Notice' };

/** How characters look, as SGR says (ECMA-48, section 8.3.117). */
interface Look {
  readonly colour?: string | undefined;
  readonly backdrop?: string | undefined;
  readonly isBold?: boolean;
}

/** A line with SGR sequences as spans: the eight colours, bright or not, bold, and 24-bit colours. */
export function colouredSpans(line: string): string {
  let look: Look = {};
  const [plain = '', ...parts] = line.split('\u001b[');
  const spans = parts.map((part) => {
    const [, codes = '', text = ''] = /^([\d;]*)m(.*)$/s.exec(part) ?? [];
    look = changed(look, codes.split(';').map(Number));
    return spanOf(look, text);
  });
  return escaped(plain) + spans.join('');
}

function changed(look: Look, [code = 0, ...rest]: readonly number[]): Look {
  const then = (next: Look, after = rest) => (after.length === 0 ? next : changed(next, after));
  const [kind, red, green, blue] = rest;
  if ((code === 38 || code === 48) && kind === 2) {
    const colour = `rgb(${red} ${green} ${blue})`;
    return then(code === 38 ? { ...look, colour } : { ...look, backdrop: colour }, rest.slice(4));
  }
  if (code === 0) return then({});
  if (code === 1 || code === 22) return then({ ...look, isBold: code === 1 });
  if (code === 39) return then({ ...look, colour: undefined });
  if (code === 49) return then({ ...look, backdrop: undefined });
  if (COLOURS[code % 10] === undefined) return then(look);
  if (code >= 30 && code < 38) return then({ ...look, colour: COLOURS[code - 30] });
  if (code >= 90 && code < 98) return then({ ...look, colour: COLOURS[code - 90] });
  if (code >= 40 && code < 48) return then({ ...look, backdrop: COLOURS[code - 40] });
  return then(look);
}

function spanOf({ colour, backdrop, isBold = false }: Look, text: string): string {
  const style = [
    colour === undefined ? '' : `color:${colour};`,
    backdrop === undefined ? '' : `background:${backdrop};`,
    isBold ? 'font-weight:600;' : '',
  ].join('');
  if (text === '' || style === '') return escaped(text);
  return `<span style="${style}">${escaped(text)}</span>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Black, red, green, yellow, blue, magenta, cyan and white, as GitHub's viewer has them. */
const COLOURS = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#f0f6fc'];

const STYLE = `
body { margin: 0; padding: 16px; background: #0d1117; color: #f0f6fc; font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
main { border: 1px solid #3d444d; border-radius: 6px; background: #010409; overflow: hidden; }
header { display: flex; flex-direction: column; padding: 12px 24px; border-bottom: 1px solid #3d444d; }
header b { font-size: 16px; font-weight: 600; }
header span, h2 span { color: #9198a1; font-size: 12px; }
h2 { display: flex; align-items: center; gap: 8px; margin: 8px 8px 0; padding: 8px 12px; border-radius: 6px; background: #212830; font-size: 14px; font-weight: 400; }
h2::before { content: ''; border: solid #9198a1; border-width: 0 2px 2px 0; width: 5px; height: 5px; margin: -3px 6px 0 2px; transform: rotate(45deg); }
h2 span { margin-left: auto; }
.mark { display: grid; place-items: center; width: 16px; height: 16px; border-radius: 50%; background: #3fb950; color: #010409; font: 700 11px/1 "DejaVu Sans", sans-serif; }
.log { padding: 8px 8px 16px; font: 12px/20px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
p { display: flex; margin: 0; white-space: pre-wrap; }
p > i { flex: none; width: 36px; margin-right: 14px; text-align: right; font-style: normal; color: #9198a1; }
p > span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
summary { list-style: none; }
summary span::before { content: '▶'; display: inline-block; width: 14px; color: #9198a1; font: 9px/20px "DejaVu Sans", sans-serif; vertical-align: top; }
details[open] > summary span::before { content: '▼'; }
details > p > span { padding-left: 14px; }
.error { background: #f8514926; } .error b { color: #ff7b72; }
.warning { background: #bb800926; } .warning b { color: #d29922; }
.notice b { color: #58a6ff; }
`;
