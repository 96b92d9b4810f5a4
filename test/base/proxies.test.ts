import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunError } from '../../src/base/errors.ts';
import { describeProxy, readProxies } from '../../src/base/proxies.ts';

const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];
const keyOf = (name: string) => (name.toLowerCase() === 'http_proxy' ? 'httpProxy' : 'httpsProxy');

function problemOf(env: Record<string, string>): string {
  try {
    readProxies(env);
  } catch (error) {
    expect(error).toBeInstanceOf(RunError);
    expect(error).toMatchObject({ kind: 'input' });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('no problem');
}

describe.each(NAMES)('%s', (name) => {
  test.each([
    ['http://proxy.example.com:3128', 'http://proxy.example.com:3128'],
    ['https://proxy.example.com', 'https://proxy.example.com'],
    ['HTTP://user:word@10.0.0.1:80/', 'HTTP://user:word@10.0.0.1:80/'],
    ['http://user:%40%25@[::1]:3128', 'http://user:%40%25@[::1]:3128'],
    ['proxy:3128', 'http://proxy:3128'],
    ['proxy', 'http://proxy'],
    ['user:word@proxy:3128', 'http://user:word@proxy:3128'],
    ['//proxy:3128', 'http://proxy:3128'],
    [' \thttp://proxy:3128 \n', 'http://proxy:3128'],
    ['', ''],
    ['  ', ''],
  ])('%j is %j', (value, address) => {
    expect(readProxies({ [name]: value })).toEqual({
      httpProxy: '',
      httpsProxy: '',
      noProxy: '',
      [keyOf(name)]: address,
    });
  });

  test.each([
    'http://',
    'http://proxy:99999',
    'http://proxy:port',
    'http://pro xy:3128',
    'http:/proxy:3128',
    'http:proxy:3128',
    'http//proxy:3128',
    '://proxy:3128',
    'http://user:s3cr#t@proxy:3128',
    'http://user:12/s3cret@proxy:3128',
    'http://user:12?s3cret@proxy:3128',
    'http://user:s3cret%@proxy:3128',
    'http://user:100%s3cret@proxy:3128',
    'http://user:%ffs3cret@proxy:3128',
    '"http://proxy:3128"',
    "'proxy:3128'",
    'http_proxy=http://proxy:3128',
  ])('%j is an error that names it, shows a right value, and not this one', (value) => {
    const problem = problemOf({ [name]: value });
    expect(problem).toMatch(new RegExp(`^The environment variable ${name} is no address of a proxy`));
    expect(problem).toContain(`\`${name}: http://proxy.example.com:3128\``);
    expect(problem).not.toMatch(/s3cr|user:/);
  });

  test.each(['socks5', 'socks', 'SOCKS5h', 'ftp', 'file'])(
    '%s:// is an error that says what is supported',
    (scheme) => {
      const problem = problemOf({ [name]: `${scheme}://user:s3cret@proxy:1080` });
      expect(problem).toContain(
        `The environment variable ${name} names a proxy of the kind ${scheme}, and only http and https`,
      );
      expect(problem).not.toContain('s3cret');
    },
  );
});

test('of a name in both cases the lower one counts, even an empty one', () => {
  const env = { http_proxy: 'one', HTTP_PROXY: 'two', https_proxy: '', HTTPS_PROXY: 'socks5://three' };
  expect(readProxies({ ...env, no_proxy: 'a', NO_PROXY: 'b' })).toEqual({
    httpProxy: 'http://one',
    httpsProxy: '',
    noProxy: 'a',
  });
});

test.each([
  [{}, undefined],
  [{ http_proxy: 'http://user:secret@proxy:3128' }, 'by the proxy proxy:3128'],
  [{ http_proxy: 'http://a:1', https_proxy: 'http://b:2' }, 'by the proxy b:2'],
  [{ HTTPS_PROXY: 'b:2', NO_PROXY: 'localhost,.corp' }, 'by the proxy b:2, unless no_proxy (localhost,.corp) names it'],
])('of %j a log says: %s', (env, said) => {
  expect(describeProxy(new URL('https://core.example/'), readProxies(env))).toBe(said);
});

test('no_proxy is passed on as it is', () => {
  expect(readProxies({ NO_PROXY: ' .example.com, [::1]:443 ' }).noProxy).toBe(' .example.com, [::1]:443 ');
});

test('whatever stands there is an address or an error that does not quote it', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc
      .tuple(fc.constantFrom('', '//', 'http://', 'http:/', 'socks5://'), fc.string())
      .map(([start, end]) => start + end),
  );
  fc.assert(
    fc.property(value, (text) => {
      let address: string;
      try {
        address = readProxies({ http_proxy: `user:s3cret@${text}` }).httpProxy;
      } catch (error) {
        expect(error).toBeInstanceOf(RunError);
        expect(String(error)).not.toContain('s3cret');
        return;
      }
      const { protocol, username, password } = new URL(address);
      expect(protocol).toMatch(/^https?:$/);
      // As undici decodes them.
      decodeURIComponent(username);
      decodeURIComponent(password);
    }),
  );
});
