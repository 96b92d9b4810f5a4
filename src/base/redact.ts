/**
 * Removes what authorises its bearer: API keys, tokens, the query and user part of URLs, loose signature parameters.
 * Everything else stays as it is, line breaks included.
 */
export function redact(text: string): string {
  return (
    text
      .replace(USER_INFO, '$1')
      .replace(QUERY, '$1?***')
      .replace(SIGNATURE_PARAMETER, '$1***')
      .replace(BEARER, '$1***')
      .replace(KEY, '$1***')
      .replace(DOTTED, (word) => word.replace(/eyJ.*/, '***'))
      // A slash that went with a secret may have stood before the rest of a user's.
      .replace(USER_INFO, '$1')
  );
}

/** A deep copy of a JSON value in which every string, keys included, is redacted. */
export function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactJson);
  // A number whose digits are kept (JSON.rawJSON) is no object to take apart.
  if (isRawJson(value)) return value;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [redact(key), redactJson(entry)]));
  }
  return value;
}

// Every pattern here is linear in a text of whatever content: no run of characters is searched from several places.
const USER_INFO = /(:\/\/)[^\s"<>/?#]*@/g;
// The query or fragment carries a presigned URL's authority.
const QUERY = /(:\/\/(?:(?!:\/\/)[^\s"'<>?#])*)[?#][^\s"'<>]*/g;
/** Where a word begins, be it after a percent-escape or a JSON one: `%20sk-`, `\nsk-`, `\u0026sig=`. */
const START = String.raw`(?:(?<![a-z0-9-])|(?<=%[0-9a-f]{2}|\\[nrt]|\\u[0-9a-f]{4}))`;
// Outside a whole URL: the parameters of SigV4, of Google's V4 and of Azure, plain or percent-encoded.
const SIGNATURE_PARAMETER = new RegExp(
  String.raw`((?:X-(?:Amz|Goog)-(?:Credential|Security-Token)|Signature|AWSAccessKeyId|${START}sig)(?:=|%(?:25)*3D))[^&\s"'<>]+`,
  'gi',
);
const BEARER = new RegExp(String.raw`(${START}Bearer(?:\s|%20|\+)+)[^\s"'<>]+`, 'gi');
const KEY = new RegExp(String.raw`(${START}(?:sk|dk|ak)-)[\w.~+/=%-]{6,}`, 'gi');
/** Three parts or more with dots between them, as a JWT has; `eyJ` is `{"` in base64url. */
const DOTTED = /(?<![\w-])[\w-]+\.[\w-]+\.[\w.-]*/g;

/** `JSON.isRawJSON` (V8 11.4): a number as the user wrote it; not in TypeScript's libraries yet. */
export function isRawJson(value: unknown): boolean {
  const json: { isRawJSON?(value: unknown): boolean } = JSON as object;
  return json.isRawJSON?.(value) ?? false;
}
