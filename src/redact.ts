/**
 * Removes what authorises its bearer: API keys, tokens, the query and user part of URLs, loose signature parameters.
 * Everything else stays as it is, line breaks included.
 */
export function redact(text: string): string {
  return text
    .replace(URL_WITH_SECRETS, (_, scheme: string, rest: string, tail: string | undefined) =>
      tail === undefined ? `${scheme}${rest}` : `${scheme}${rest}?***`,
    )
    .replace(SIGNATURE_PARAMETER, '$1***')
    .replace(BEARER, '$1***')
    .replace(KEY, '$1***')
    .replace(JWT, '***');
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

// scheme, (user info, dropped), authority and path, then the query or fragment that carries a presigned URL's authority.
const URL_WITH_SECRETS = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)(?:[^\s"'<>/?#@]*@)?([^\s"'<>?#]*)([?#][^\s"'<>]*)?/gi;
// Outside a whole URL: SigV4, Google's V4 and Azure's parameters, plain or percent-encoded.
const SIGNATURE_PARAMETER =
  /(\b(?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId|sig)(?:=|%3D))[^&\s"'<>%]+/gi;
const BEARER = /(\bBearer\s+)[^\s"'<>]+/gi;
const KEY = /(?<![\w-])((?:sk|dk|ak)-)[\w.~+/=-]{6,}/g;
const JWT = /\beyJ[\w-]{8,4000}\.[\w-]+\.[\w-]*/g;

/** `JSON.isRawJSON` (V8 11.4): not in TypeScript's libraries yet. */
function isRawJson(value: unknown): boolean {
  const json: { isRawJSON?(value: unknown): boolean } = JSON as object;
  return json.isRawJSON?.(value) ?? false;
}
