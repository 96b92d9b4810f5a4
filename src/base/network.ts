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
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/.test(code);
}

/** Why a certificate is not trusted, and what to do about it: for the end of a message. */
export const UNTRUSTED_ADVICE =
  "Its certificate is not signed by an authority this runner knows: put that authority's certificate in a file and name it in NODE_EXTRA_CA_CERTS.";

/** Whether trying again is no use: a certificate that is not trusted, a proxy that wants to know who asks. */
export function isLasting(error: unknown): boolean {
  // undici has no code for it (proxy-agent.js).
  return isUntrusted(error) || speaksNoTls(error) || (error instanceof Error && /^Proxy .*\(407\)/.test(error.message));
}

/** Whether there is no host of that name, as a name server says; one that is out of order says something else (EAI_AGAIN). */
export function isUnknownHost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND';
}

/** How long a host of an unknown name is looked for again, in milliseconds: one that is mistyped never appears. */
export const UNKNOWN_HOST_LIMIT = 30_000;

function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SSL_WRONG_VERSION_NUMBER';
}
