import { withoutKnown } from './secrets.ts';

/**
 * Removes what authorises its bearer: values that are known (secrets.ts), and what looks like it: keys, tokens, the query and
 * user part of URLs, signature parameters wherever they stand. Everything else stays as it is, line breaks included.
 *
 * The patterns are those of gitleaks and detect-secrets for what this action meets, each linear in a text of whatever content.
 *
 * @see https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml
 */
export function redact(text: string): string {
  const plain = withoutQueries(withoutUsers(withoutKnown(text)));
  const nameless = withoutJwts(without(without(plain, BETWEEN, namedLength), MARK, markedLength));
  // A slash that went with a secret may have stood before the rest of a user's.
  return withoutWraps(withoutUsers(nameless));
}

/** A deep copy of a JSON value in which every string, keys included, is redacted, and so is what a secret's name stands for. */
export function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactJson);
  // A number whose digits are kept (JSON.rawJSON) is no object to take apart.
  if (isRawJson(value)) return value;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        redact(key),
        typeof entry === 'string' && isSecretsName(key) ? '***' : redactJson(entry),
      ]),
    );
  }
  return value;
}

// Each of these looks first whether there is anything to look for: most texts are plain, and there are many.

function withoutUsers(text: string): string {
  return text.includes('@') ? text.replace(USER_INFO, '$1') : text;
}

const USER_INFO = /(:\/\/)[^\s"<>/?#]*@/g;

function withoutQueries(text: string): string {
  return FROM_QUERY.test(text) ? text.replace(WORD, withoutQuery) : text;
}

const WORD = /[^\s"'<>]+/g;
const FROM_QUERY = /[?#]/;
/** Parameters by which a query is a signature's, even of a URL without a scheme. */
const SIGNING = /(?:signature|credential|token|policy|key-pair-id|sig)=/i;

/** The query or fragment carries a presigned URL's authority. */
function withoutQuery(word: string): string {
  const from = SIGNING.test(word) ? 0 : word.indexOf('://');
  const at = from === -1 ? -1 : word.slice(from).search(FROM_QUERY);
  return at === -1 ? word : `${word.slice(0, from + at)}?***`;
}

/**
 * The text without what stands behind certain marks.
 *
 * @param lengthOf How much of it is to go, given what stands before a mark, as far as it matters, and where the value begins.
 */
function without(
  text: string,
  mark: RegExp,
  lengthOf: (before: string, mark: string, text: string, from: number) => number,
): string {
  if (text.search(mark) === -1) return text;
  let kept = '';
  let done = 0;
  for (const { index, 0: found } of text.matchAll(mark)) {
    if (index < done) continue;
    const from = index + found.length;
    const length = lengthOf(text.slice(Math.max(0, index - LONGEST_NAME), index), found, text, from);
    if (length === 0) continue;
    kept += `${text.slice(done, from)}***`;
    done = from + length;
  }
  return kept + text.slice(done);
}

const LONGEST_NAME = 40;
const LONGER_THAN_WORDS = 16;

/** What stands between a name and its value: `=`, `: `, `":"`, `%3D`, `%253D`, `\u003d`. */
const BETWEEN = /(?:[:=]\s*|%(?:25)*3[ad]|\\u003[ad])\\*["']?/gi;
/** The parameters of AWS' and Google's signatures: whatever they are. */
const SIGNED = /x-(?:amz|goog)-(?:credential|signature|security-token)[\s"'\\]*$/i;
/** Names that mean something else, too. */
const NAMED =
  /(?:signature|accesskeyid|accessid|key-pair-id|token|password|passwd|secret|-policy|api[_-]?key)[\s"'\\]*$/i;
/** `sig` (Azure) and `policy` are the ends of other words. */
const SHORT = /(?:^|[^a-z\d-]|%[\da-f]{2}|\\[nrt]|\\u[\da-f]{4})(?:sig|policy)[\s"'\\]*$/i;

function namedLength(before: string, between: string, text: string, from: number): number {
  const isSigned = SIGNED.test(before);
  if (!isSigned && !NAMED.test(before) && !SHORT.test(before)) return 0;
  // As somebody may write it, and neither a URL nor JSON does, it counts where it is too long for a word.
  const isWritten = !isSigned && /[:\s]$/.test(between);
  const length = lengthAt(isWritten ? LONG : VALUE, text, from);
  return isWritten && length < LONGER_THAN_WORDS ? 0 : length;
}

/** What a secret begins with, or what says that it follows. */
const MARK = /(?:bearer|basic)(?:\s+|%20|\+)|[sda]k-|gh[a-z]_|github_pat_|hf_/gi;
/** Before them begins a word: at a sign, or after a percent-escape or a JSON one: `%20sk-`, `\nsk-`. */
const START = /(?:^|[^a-z\d-]|%[\da-f]{2}|\\[nrt]|\\u[\da-f]{4})$/i;

function markedLength(before: string, mark: string, text: string, from: number): number {
  if (!START.test(before)) return 0;
  if (/bearer/i.test(mark)) return lengthAt(VALUE, text, from);
  const length = lengthAt(TOKEN, text, from);
  if (!/basic/i.test(mark)) return length < 6 ? 0 : length;
  return isUserAndPassword(text.slice(from, from + length)) ? length : 0;
}

const VALUE = /[^&\s"'<>]+/y;
const LONG = /[\w%+/=.~-]+/y;
const TOKEN = /[\w.~+/=%-]+/y;

function lengthAt(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0].length ?? 0;
}

function isUserAndPassword(base64: string): boolean {
  return Buffer.from(base64, 'base64').includes(':');
}

function withoutJwts(text: string): string {
  return text.includes('eyJ') ? text.replace(DOTTED, withoutJwt) : text;
}

/** What may be a JWT: three parts or more with dots between them; `eyJ` is `{"` in base64url. */
const DOTTED = /[\w.-]+/g;

function withoutJwt(word: string): string {
  const at = word.indexOf('eyJ');
  if (at === -1) return word;
  const parts = word.split('.');
  // `eyJ...` only says how one begins.
  return parts.length < 3 || parts.filter((part) => part !== '').length < 2 ? word : `${word.slice(0, at)}***`;
}

/** Takes off the lines below what was removed, where it looks as if it went on there: a URL that somebody wrapped. */
function withoutWraps(text: string): string {
  if (!text.includes('***')) return text;
  let isOpen = false;
  return text.replace(/[^\n\r]+/g, (line) => {
    const [word = ''] = line.trim().split(/[\s"'<>]/, 1);
    const goesOn = isOpen && (/[=&%]/.test(word) || (word.length >= 16 && /\d/.test(word)));
    const rest = goesOn ? line.replace(word, () => '***') : line;
    isOpen = rest.trimEnd().endsWith('***');
    return rest;
  });
}

function isSecretsName(key: string): boolean {
  return redact(`${key}=x`).endsWith('=***');
}

/** `JSON.isRawJSON` (V8 11.4): a number as the user wrote it; not in TypeScript's libraries yet. */
export function isRawJson(value: unknown): boolean {
  const json: { isRawJSON?(value: unknown): boolean } = JSON as object;
  return json.isRawJSON?.(value) ?? false;
}
