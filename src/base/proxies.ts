import { RunError } from './errors.ts';
import { type Inert, inert } from './inert.ts';

/** Which proxies to use, as undici's `EnvHttpProxyAgent` takes them; an empty text is none. */
export interface Proxies {
  readonly httpProxy: string;
  /** Without one, https goes through `httpProxy`, too. */
  readonly httpsProxy: string;
  /** Hosts that are asked without a proxy. */
  readonly noProxy: string;
}

/**
 * Reads `http_proxy`, `https_proxy` and `no_proxy`; of a name in both cases, the lower one counts. As elsewhere, `host:port`
 * and `//host:port` are addresses of an http proxy. A value may hold a password, and is shown in no message.
 *
 * @throws {RunError} of kind `input` for a value that names no http or https proxy
 */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies {
  return {
    httpProxy: readProxy(env, 'http_proxy'),
    httpsProxy: readProxy(env, 'https_proxy'),
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
  };
}

/** Which proxy a URL is asked by, and what is not; `undefined` for none. */
export function describeProxy({ protocol }: URL, { httpProxy, httpsProxy, noProxy }: Proxies): Inert | undefined {
  const proxy = (protocol === 'https:' && httpsProxy) || httpProxy;
  if (proxy === '') return undefined;
  return inert`by the proxy ${new URL(proxy).host}${noProxy === '' ? '' : `, unless no_proxy (${noProxy}) names it`}`;
}

function readProxy(env: Readonly<Record<string, string | undefined>>, lower: string): string {
  const name = env[lower] === undefined ? lower.toUpperCase() : lower;
  const value = (env[name] ?? '').trim();
  if (value === '') return '';
  const show = inert`Write e.g. \`${name}: http://proxy.example.com:3128\``;
  const [, scheme, rest = value] = /^(?:([a-z][a-z\d+.-]{0,19}):)?\/\/(.*)$/i.exec(value) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    throw new RunError(
      'input',
      inert`The environment variable ${name} names a proxy of the kind ${scheme}, and only http and https proxies are supported. ${show}.`,
    );
  }
  const address = `${scheme ?? 'http'}://${rest}`;
  if (!isAddress(address)) {
    throw new RunError(
      'input',
      inert`The environment variable ${name} is no address of a proxy (its value may hold a password, and is not shown). ${show}, with what is special in a user or password percent-encoded.`,
    );
  }
  return address;
}

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(text);
  // Quotes around the value, or a second `http_proxy=`, would become part of the host's name.
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/.test(hostname)) return false;
  // `http:/proxy:3128`, without its second slash, would be a host of that name.
  if (/^https?$/.test(hostname)) return false;
  // A slash, a question mark or a hash in a password would end the host before it began.
  if (/@/.test(pathname + search + hash)) return false;
  return canDecode(username) && canDecode(password);
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
