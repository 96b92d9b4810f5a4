declare module 'recheck/lib/browser.js' {
  import type * as recheck from 'recheck';

  const all: Pick<typeof recheck, 'checkSync'>;
  export default all;
}
