const TEXTS = {
  ECONNREFUSED: 'connect ECONNREFUSED 192.0.2.1:443',
  ECONNRESET: 'read ECONNRESET',
  ENOTFOUND: 'getaddrinfo ENOTFOUND service.test',
  UND_ERR_CONNECT_TIMEOUT: 'Connect Timeout Error (attempted address: service.test:443, timeout: 10000ms)',
  UND_ERR_SOCKET: 'other side closed',
  UND_ERR_HEADERS_TIMEOUT: 'Headers Timeout Error',
  UND_ERR_BODY_TIMEOUT: 'Body Timeout Error',
  UND_ERR_ABORTED: 'Request aborted',
  ENOENT: 'ENOENT: no such file or directory',
  EEXIST: 'EEXIST: file already exists',
  ENOSPC: 'ENOSPC: no space left on device, write',
  EBADF: 'EBADF: bad file descriptor',
} as const;

/** An error as Node or undici throws it. */
export function networkError(code: keyof typeof TEXTS): Error & { readonly code: string } {
  return Object.assign(new Error(TEXTS[code]), { code });
}
