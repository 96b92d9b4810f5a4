import { marked } from 'marked';

/** A page that shows a job's summary much as GitHub does. */
export function pageOf(summary: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Job summary</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; display: block; overflow: auto; }
  td, th { border: 1px solid #8884; padding: .4rem .8rem; text-align: left; }
  code { font: 85% ui-monospace, monospace; background: #8882; padding: .2em .4em; border-radius: 6px; }
  pre code { display: block; padding: 1rem; overflow: auto; }
</style>
${marked.parse(summary, { async: false, gfm: true })}`;
}
