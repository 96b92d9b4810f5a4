import { InertError } from '../base/errors.ts';
import type { Inert } from '../base/inert.ts';

/**
 * What went wrong with a transfer.
 *
 * - `passing`: the network or the storage failed, another try may succeed
 * - `refused`: the URL is not, or no longer, accepted; a fresh one may be
 * - `changed`: the object is not the one the transfer began with
 * - `final`: trying again is no use
 */
export type TransferErrorType = 'passing' | 'refused' | 'changed' | 'final';

/** One failed transfer, or one failed try of it. */
export class TransferError extends InertError {
  override readonly name = 'TransferError';
  readonly type: TransferErrorType;
  /** Milliseconds the storage asked us to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    type: TransferErrorType,
    message: Inert,
    details: { cause?: unknown; retryAfter?: number | undefined } = {},
  ) {
    super(message, details.cause);
    this.type = type;
    this.retryAfter = details.retryAfter;
  }
}
