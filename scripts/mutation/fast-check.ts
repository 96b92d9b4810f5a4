import fc, { type IRawProperty, type Parameters } from 'fast-check';

/** So many examples of a property for each mutant: what only a rare one would find has a test of its own. */
const MOST_RUNS = 300;

/** fast-check, which stops where a property fails, as nobody reads its smallest example here. */
export default {
  ...fc,
  assert: <Values>(property: IRawProperty<Values>, { numRuns = MOST_RUNS, ...given }: Parameters<Values> = {}) =>
    fc.assert(property, { ...given, numRuns: Math.min(numRuns, MOST_RUNS), endOnFailure: true }),
};
