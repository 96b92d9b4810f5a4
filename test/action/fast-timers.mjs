/**
 * `node --import fast-timers.mjs`: timers and `performance.now` run so many times faster, so that a test sees what the
 * action does after minutes of silence. undici's own timers are made of these, and follow. `Date` stays true, for it is
 * compared with the service's time stamps; post stays as it is, because it is the net below.
 */
const factor = Number(process.env.FAST_TIMERS ?? 20);
const isPost = /[\\/]post[\\/]index\.js$/.test(process.argv[1] ?? '');

if (!isPost) {
  for (const name of ['setTimeout', 'setInterval']) {
    const original = globalThis[name];
    globalThis[name] = (callback, ms = 0, ...values) => original(callback, ms / factor, ...values);
  }
  const now = performance.now.bind(performance);
  performance.now = () => now() * factor;
}
