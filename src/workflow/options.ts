import type { Submission } from '../cyberun/submit.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Order } from '../matrix/plan.ts';

type OwnOptions = 'target' | 'workflow' | 'fingerprint' | 'digests' | 'earlier' | 'folder' | 'folderName';

/** What is the same for every order. */
export function optionsOf(inputs: Inputs): Omit<Order, OwnOptions> {
  return {
    wait: inputs.waitForCompletion,
    timeout: inputs.timeout,
    queueTimeout: inputs.queueTimeout,
    cancelOnAbort: inputs.cancelOnAbort,
    retries: inputs.retries,
    download: inputs.download,
    extract: inputs.extract,
    workspace: inputs.workspace,
    pattern: inputs.pattern,
    ifNoFilesFound: inputs.ifNoFilesFound,
  };
}

/** What is sent beside the parameters: only what the user gave. */
export function submitOptionsOf(inputs: Inputs): Omit<Submission, 'parameters'> {
  const options = {
    dispatch_target: inputs.dispatchTarget,
    target_pool: inputs.targetPool,
    submitter_region: inputs.submitterRegion,
    tool_type: inputs.toolType,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ''));
}
