/** The text of an error: of every address that was tried, each text once. */
export function networkErrorText(error: unknown): string {
  // With several addresses, Node throws an AggregateError of them.
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const texts = causes.map((cause) => {
    if (speaksNoTls(cause)) return 'what answers there does not speak TLS, so its address may begin with http:';
    return cause instanceof Error ? cause.message : String(cause);
  });
  return [...new Set(texts)].join('; ').replace(/\.$/, '');
}

/** Whether the server's certificate is not one to trust. */
export function isUntrusted(error: unknown): boolean {
  return /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(codeOf(error));
}

/** Why a certificate is not trusted, and what to do about it: for the end of a message. */
export const UNTRUSTED_ADVICE =
  "Its certificate is not signed by an authority this runner knows: put that authority's certificate in a file and name it in NODE_EXTRA_CA_CERTS.";

/**
 * Whether trying again is no use: a certificate that is not trusted, a proxy that wants to know who asks, a request that
 * cannot be written, an answer with more headers than are read.
 */
export function isLasting(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // undici has no code for it (proxy-agent.js).
  const asksWho = /^Proxy .*\(407\)/.test(error.message);
  return isUntrusted(error) || speaksNoTls(error) || asksWho || HOPELESS.includes(codeOf(error));
}

/** Whether there is no host of that name, as a name server says; one that is out of order says something else (EAI_AGAIN). */
export function isUnknownHost(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}

/** How long a host of an unknown name is looked for again, in milliseconds: one that is mistyped never appears. */
export const UNKNOWN_HOST_LIMIT = 30_000;

/** What undici refuses to write, an address or a header that HTTP cannot carry; and to read, headers of more than 16 KiB. */
const HOPELESS: readonly string[] = [
  ...['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'],
  'UND_ERR_HEADERS_OVERFLOW',
];

function speaksNoTls(error: unknown): boolean {
  return codeOf(error) === 'ERR_SSL_WRONG_VERSION_NUMBER';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
