/** HTML in which nothing foreign is markup. */
export class Markup {
  readonly text: string;

  /** @param text Of ours, all of it; foreign text goes through {@link html}. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in HTML: markup, or a text, which is escaped. */
type Part = string | number | Markup | readonly Markup[];

/**
 * Template tag: the literal parts are ours, and every text among the others is shown as it is written, in an element as in an
 * attribute between double quotes. What no page should show (base/inert.ts) is the caller's to remove.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.map((literal, index) => literal + textOf(parts[index] ?? '')).join(''));
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
