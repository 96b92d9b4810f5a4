import type { Log } from '../base/log.ts';
import type { Client } from '../cyberun/client.ts';
import type { Detail } from '../task/context.ts';
import type { TransferContext } from '../transfer/storage.ts';
import type { TaskReport } from './report.ts';
import type { Selection } from './selection.ts';
import type { Ordered } from './statement.ts';

/** What to bring home, of what, and where. */
export interface HomeOptions extends Ordered, Selection {
  readonly download: boolean;
  /** Archives that arrived are unpacked, beside what they are. */
  readonly extract: boolean;
  /** Absolute, as the job knows it: there may be links in it. */
  readonly workspace: string;
  /** Absolute, below the workspace as the job knows it. */
  readonly folder: string;
  /** The folder as the user wrote it, for the log. */
  readonly folderName: string;
}

/** Who helps to bring it. */
export interface HomeContext extends Omit<TransferContext, 'notice'> {
  readonly service: Pick<Client, 'result'>;
  /** Of the service: who made what comes home. */
  readonly apiUrl: string;
  /** Signs what is said of it. */
  readonly apiKey: string;
  readonly log: Log;
  readonly detail: Detail;
  /** Told what has been brought home so far, whenever that is more than before. */
  readonly learn: (report: TaskReport) => void;
}
