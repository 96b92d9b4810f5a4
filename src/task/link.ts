import { type Clock, sleep } from '../base/clock.ts';

/**
 * What silence is, in milliseconds. A stream that was open for so long without a byte is taken for dead: a half-open one
 * never says so. And as long as there is no silence, the task is followed, whether its record can be read or not.
 */
export const SILENCE = 90_000;
/** How often the record is read while a stream is open, in milliseconds. */
const OPEN_INTERVAL = 20_000;

/** Made once: a reason of its own for each change would cost more than the change. */
const CHANGED = new Error('the stream is not what it was');

/** What the loop that listens and the loop that reads records tell each other. */
export type Link = ReturnType<typeof createLink>;

/** The stream of one task; closed until its service answers. */
export function createLink(clock: Clock) {
  let isOpen = false;
  let heardAt = clock.now();
  let looks: readonly number[] = [];
  let hadNews = false;
  let change = new AbortController();
  let onAnnounced = () => {};

  function tell(): void {
    change.abort(CHANGED);
    change = new AbortController();
  }

  return {
    /** The service answered with a stream: who knows whether it will bring anything. */
    opened(): void {
      isOpen = true;
    },
    /** The stream brought a byte. */
    heard(): void {
      heardAt = clock.now();
    },
    /** What the stream brought was new: it is not one that only replays what is known, and breaks. */
    news(): void {
      hadNews = true;
    },
    /** The stream is no more. Returns whether anything that came since the last one was new. */
    closed(): boolean {
      const worthwhile = hadNews;
      hadNews = false;
      isOpen = false;
      tell();
      return worthwhile;
    },
    isOpen: () => isOpen,
    isSilent: () => clock.now() - heardAt > SILENCE,
    /**
     * The stream announced what the record should show by now.
     *
     * @param pauses Before the first look at it, and between the next ones; in milliseconds.
     */
    announced(pauses: readonly number[]): void {
      looks = pauses;
      tell();
      onAnnounced();
    },
    /** Whom to call as soon as that happens; one at a time. */
    whenAnnounced(then: () => void): void {
      onAnnounced = then;
    },
    /**
     * Resolves when it is time for the next look at the record. Rejects with the signal's reason.
     *
     * @param poll The pause since the last look while no stream is open, in milliseconds.
     */
    async untilLook(poll: number, signal: AbortSignal): Promise<void> {
      const lookedAt = clock.now();
      for (;;) {
        const pause = Math.min(looks[0] ?? OPEN_INTERVAL, isOpen ? OPEN_INTERVAL : poll);
        const wait = lookedAt + pause - clock.now();
        if (wait <= 0) break;
        const changed = change.signal;
        await sleep(clock, wait, AbortSignal.any([signal, changed])).catch((reason: unknown) => {
          if (!changed.aborted || signal.aborted) throw reason;
        });
      }
      looks = looks.slice(1);
    },
  };
}
