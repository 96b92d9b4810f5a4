import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { TransferContext } from '../transfer/storage.ts';

/** Who helps to prepare a run. */
export interface PrepareContext extends Omit<TransferContext, 'notice'> {
  readonly service: Client;
  readonly log: Log;
}
