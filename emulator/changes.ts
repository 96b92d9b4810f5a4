export type Changes = ReturnType<typeof createChanges>;

/** Tells whoever waits that something changed. */
export function createChanges() {
  let change = Promise.withResolvers<void>();
  const next = () => change.promise;
  return {
    notify() {
      change.resolve();
      change = Promise.withResolvers();
    },
    /** Resolves at the next `notify`. */
    next,
    /** Resolves to what `look` returns once that is neither `undefined` nor `false`. Rejects after 20 s or by the signal. */
    async waitFor<T>(look: () => T | undefined | false, what: string, signal?: AbortSignal): Promise<T> {
      const bound = AbortSignal.timeout(boundMs);
      const both = signal ? AbortSignal.any([bound, signal]) : bound;
      const stopped = Promise.withResolvers<void>();
      both.addEventListener('abort', () => stopped.resolve(), { once: true });
      for (;;) {
        signal?.throwIfAborted();
        if (bound.aborted) throw new Error(`waited ${boundMs / 1000} s in vain for ${what}`);
        const changed = next();
        const found = look();
        if (found !== undefined && found !== false) return found;
        await Promise.race([changed, stopped.promise]);
      }
    },
  };
}

const boundMs = 20_000;
