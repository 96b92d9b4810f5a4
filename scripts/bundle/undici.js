/**
 * What dist has of undici, under the name of the whole: its own index loads fetch, WebSocket, caches and mocks as well. Of the
 * methods that it gives dispatchers by assignment, `connect` alone is called: by its own agents, for a tunnel through a proxy.
 */
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

Object.assign(Dispatcher.prototype, { connect });

export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js';

/** @actions/github names it; octokit is given another (src/release/fetch.ts). */
export function fetch() {
  throw new Error('fetch is left out of dist (scripts/bundle.ts)');
}
