/**
 * What dist has of undici, under the name of the whole: its own index loads fetch, WebSocket, caches and mocks as well. As
 * there, dispatchers get their methods by assignment: a proxy is connected to by one, too.
 */
import api from 'undici/lib/api/index.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

Object.assign(Dispatcher.prototype, api);

export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';

/** @actions/github names it; octokit is given another (src/release/fetch.ts). */
export function fetch() {
  throw new Error('fetch is left out of dist (scripts/bundle.ts)');
}
