import { join } from 'node:path';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import type { Shard } from '../base/shard.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Order } from '../matrix/plan.ts';
import { nameCombinations } from './combination-names.ts';
import { expandMatrix, LARGEST_SHARE } from './combinations.ts';
import type { Given } from './fit.ts';

/** One set of parameters, and where what comes of it goes. */
export interface Asked extends Given, Pick<Order, 'folder' | 'folderName'> {}

/** What of the inputs says how many are asked for, and where they go. */
type AskingInputs = Pick<Inputs, 'matrix' | 'shard' | 'parameters' | 'folder' | 'path'>;

/**
 * All that the inputs ask for: one, or the combinations of the whole matrix.
 *
 * @throws {RunError} of kind `input` for a matrix that cannot be used, or makes more than a step runs
 */
export function askedFor({ matrix, shard, parameters, folder, path }: AskingInputs): readonly Asked[] {
  if (matrix === undefined) return [{ parameters, folder, folderName: path }];
  const combinations = expand(matrix);
  requireSmallShares(combinations.length, shard);
  const names = nameCombinations(combinations);
  return combinations.map((combination, index) => {
    const { label = '', folder: own = '' } = names[index] ?? {};
    return {
      label,
      parameters: { ...parameters, ...combination },
      folder: join(folder, own),
      folderName: `${path}/${own}`,
    };
  });
}

function expand(matrix: Mapping): ReturnType<typeof expandMatrix> {
  try {
    return expandMatrix(matrix);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const sentence = said.endsWith('?') ? said : `${said}.`;
    const [, list] = /"(include|exclude)" (?:must|names)/.exec(said) ?? [];
    const example = list === undefined ? 'seed: [1, 2, 3]' : `${list}: [{ seed: 1 }]`;
    throw new RunError(
      'input',
      inert`Input matrix cannot be used: ${sentence} Write e.g. \`${example}\`, as in strategy.matrix.`,
      cause,
    );
  }
}

/** Shares differ by one at most, so that all of them are refused, or none. */
function requireSmallShares(total: number, shard: Shard | undefined): void {
  const largest = Math.ceil(total / (shard?.count ?? 1));
  if (largest <= LARGEST_SHARE) return;
  const found = shard === undefined ? '' : inert` in shares of up to ${largest}`;
  const count = Math.ceil(total / LARGEST_SHARE);
  throw new RunError(
    'input',
    inert`Input matrix makes ${total} combinations${found}, and one step runs ${LARGEST_SHARE} at most. Have ${count} runners share them: write \`shard: \${{ matrix.shard }}/${count}\`, with all numbers from 1 to ${count} as \`shard\` in strategy.matrix.`,
  );
}
