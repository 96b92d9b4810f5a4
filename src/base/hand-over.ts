/**
 * Hands items over one by one, in the order in which they are given: whoever gives one waits until it is taken, so that no
 * more are held than there are givers. A stream of objects does the same for ten times the CPU time.
 */
export function createHandOver<T>() {
  const given: { readonly item: T; readonly goOn: () => void }[] = [];
  let taker: PromiseWithResolvers<T> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isClosed = false;

  return {
    /** Resolves once the item is taken, or nobody takes any more. */
    async give(item: T): Promise<void> {
      if (isClosed) return;
      if (taker === undefined) return await new Promise((goOn) => given.push({ item, goOn }));
      taker.resolve(item);
      taker = undefined;
    },
    /** The next item, for one taker at a time. Rejects with what was failed with, whatever lies ready. */
    async take(): Promise<T> {
      if (failure !== undefined) throw failure.error;
      const next = given.shift();
      next?.goOn();
      if (next !== undefined) return next.item;
      taker = Promise.withResolvers();
      return await taker.promise;
    },
    /** Has nothing but this error be taken from now on, the first of several. */
    fail(error: unknown): void {
      failure ??= { error };
      taker?.reject(failure.error);
      taker = undefined;
    },
    /** Nobody takes any more: whoever waits goes on, and whoever gives need not wait. */
    close(): void {
      isClosed = true;
      for (const { goOn } of given.splice(0)) goOn();
    },
  };
}
