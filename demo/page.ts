import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';

const GITHUB = readFileSync(fileURLToPath(import.meta.resolve('github-markdown-css/github-markdown.css')), 'utf8');

/** A page that shows a job's summary as GitHub does, light or dark. */
export function pageOf(summary: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Job summary</title>
<style>${GITHUB}
  :root { color-scheme: light dark; }
  body { margin: 0; padding: 16px; background: light-dark(#f6f8fa, #010409); }
  .box { max-width: 1216px; margin: auto; padding: 20px 24px 24px; border: 1px solid light-dark(#d1d9e0, #3d444d); border-radius: 6px; }
  .markdown-body > :last-child { margin-bottom: 0; }
</style>
<main class="box markdown-body">
${marked.parse(summary, { async: false, gfm: true })}</main>
</html>
`;
}
