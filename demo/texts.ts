/**
 * What of a log, a summary or a gallery is the same in each run of the same inputs: times, sizes, ids, digests and agents are
 * masked, and lines of progress that follow one another are one, as how many come is a matter of the machine.
 */
export function lasting(text: string): string {
  const masked = MASKS.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text);
  return masked
    .split('\n')
    .filter((line, index, lines) => !(isProgress(line) && isProgress(lines[index - 1] ?? '')))
    .join('\n');
}

/** In this order: what is longer goes first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<id>'],
  [/\b[\da-f]{64}\b/g, '<digest>'],
  [/\b[\da-f]{8}\b/g, '<short id>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<date>'],
  [/\[[#-]{20}\] .*/g, '<progress>'],
  [/[░█]+/g, '<bar>'],
  [/\b\d+:\d\d(?::\d\d)?\b/g, '<time>'],
  // Of less than a second, nothing is said.
  [/ · \d+ GPU seconds?(?:, \d+ spared by reuse)?/g, ''],
  [/ at \d[\d.]* [kMG]?B\/s/g, ''],
  [/\b\d[\d.]* [kMG]?B\b/g, '<size>'],
  [/\bgpu-node-\d+\b/g, '<agent>'],
];

function isProgress(line: string): boolean {
  return line.endsWith('<progress>');
}

/** What there is to read on a page of HTML, a line a block. */
export function textOf(html: string): string {
  return html
    .replace(/<(style|script|title)\b.*?<\/\1>/gs, '')
    .replace(/<\/(?:p|li|h\d|dt|dd|label|button|option|summary|div)>/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** What a picture must not show: where it was made, and what looks like a secret. */
export function giveaways(page: string, places: readonly string[]): string[] {
  const text = page.replace(/\bdata:[^"')\s]+/g, '');
  return [
    ...places.filter((place) => text.includes(place)),
    ...(text.match(/(?:127\.0\.0\.1|\[::1\]|\blocalhost\b)\S*/g) ?? []),
    ...(text.match(/(?<![\w.-])\/(?:home|root|tmp|var|work|Users|opt|mnt|private)\/\S*|\b[A-Z]:\\\S*/g) ?? []),
    ...(text.match(/(?<![\w-])sk-\w\S*|\bgh[opsu]_\w+|\bX-Amz-\S*/g) ?? []),
  ];
}
