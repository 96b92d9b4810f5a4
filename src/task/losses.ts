import { type Inert, inert } from '../base/inert.ts';
import { type ApiError, isPassing } from '../cyberun/errors.ts';
import type { StreamItem } from '../cyberun/events.ts';
import type { Notice } from './history.ts';

/** A stream that is no more, an event of it that could not be used, or a record that cannot be read while it goes on. */
export type Loss =
  | { readonly type: 'lost'; readonly error: ApiError | undefined }
  | { readonly type: 'malformed'; readonly error: ApiError }
  | Extract<StreamItem, { type: 'dropped' }>;

/** Tells of what was lost, each kind once: one that breaks every minute and then replays is told of once. */
export function createLosses() {
  const told = new Set<string>();
  let held: Notice | undefined;
  return {
    *of(loss: Loss): Generator<Notice> {
      const kind = loss.type === 'dropped' ? loss.why : loss.type;
      if (told.has(kind)) return;
      told.add(kind);
      const notice: Notice = { type: 'notice', about: 'service', message: textOf(loss) };
      // A task that is gone has no stream either: that is no news of the stream, unless its record can still be read.
      if (loss.type === 'lost' && [401, 403, 404].includes(loss.error?.status ?? 0)) held = notice;
      else yield notice;
    },
    /** The record could be read. */
    *readAgain(): Generator<Notice> {
      if (held !== undefined) yield held;
      held = undefined;
    },
    /** The stream brought something new: when it breaks again, that is news. */
    heard(): void {
      told.delete('lost');
    },
  };
}

/** Whether the service will not stream: asking again soon would be no use. */
export function isRefusal(error: ApiError | undefined): boolean {
  return error !== undefined && (error.type === 'shape' || (error.type === 'status' && !isPassing(error)));
}

function textOf(loss: Loss): Inert {
  if (loss.type === 'dropped') {
    return inert`An event of the stream was left out: it was ${loss.why}. The task's end is noticed without it.`;
  }
  const { error } = loss;
  if (loss.type === 'malformed') return inert`${loss.error.message} The event stream tells how the task goes on.`;
  if (isRefusal(error)) return inert`No event stream (${error?.message ?? ''}) Asking for the status instead.`;
  return inert`${error?.message ?? 'The event stream ended before the task did.'} Reconnecting, and asking for the status meanwhile.`;
}
