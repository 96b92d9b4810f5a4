import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/workflow/nearest.ts';

const PARAMETERS = ['prompt', 'negative_prompt', 'steps', 'seed', 'width', 'height', 'cfg_scale'];

describe('nearest', () => {
  test.each([
    ['setps', 'steps', 'two neighbours swapped'],
    ['stpes', 'steps', 'two neighbours swapped inside'],
    ['promt', 'prompt', 'a letter missing'],
    ['propmpt', 'prompt', 'a letter too many'],
    ['sead', 'seed', 'a wrong letter'],
    ['Steps', 'steps', 'another case'],
    ['WIDHT', 'width', 'another case and a swap'],
    ['cfg-scale', 'cfg_scale', 'another separator'],
    ['cfgscale', 'cfg_scale', 'no separator'],
    ['negativ_promt', 'negative_prompt', 'two letters missing of many'],
  ])('takes %s for %s: %s', (word, meant) => {
    expect(nearest(word, PARAMETERS)).toBe(meant);
  });

  test.each([
    ['sampler', 'nothing is like it'],
    ['stp', 'two of three letters are missing'],
    ['', 'there is no word'],
    ['x', 'one letter says nothing'],
  ])('takes %j for nothing: %s', (word) => {
    expect(nearest(word, [...PARAMETERS, 'y'])).toBeUndefined();
  });

  test('finds nothing among no candidates', () => {
    expect(nearest('steps', [])).toBeUndefined();
  });

  test('prefers, of several as near, the one that starts with the word or starts it', () => {
    expect(nearest('step', ['stop', 'steps'])).toBe('steps');
    expect(nearest('steps', ['stops', 'step'])).toBe('step');
  });

  test('prefers the nearer over the one that starts with the word', () => {
    expect(nearest('promts', ['promts_x', 'prompts'])).toBe('prompts');
  });

  test('takes the first of several as near and as alike', () => {
    expect(nearest('seed', ['weed', 'feed'])).toBe('weed');
  });

  test('compares no more than 100 characters, however long the words are', () => {
    const long = 'a'.repeat(1_000_000);
    expect(nearest(`${long}b`, [`${long}c`])).toBe(`${long}c`);
    // İ has two code units in lower case.
    expect(nearest('İ'.repeat(200), [`${'İ'.repeat(150)}x`])).toBe(`${'İ'.repeat(150)}x`);
  });

  // Few letters, so that near words are common.
  const words = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_'), maxLength: 6 });

  test('finds what a naive statement of the rules finds', () => {
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 4 }), (word, candidates) => {
        expect(nearest(word, candidates)).toBe(naiveNearest(word, candidates));
      }),
      { numRuns: 500 },
    );
  });

  test('finds a word again after any two different neighbours are swapped', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{3,20}$/), fc.nat(), (word, position) => {
        const start = position % (word.length - 1);
        const swapped = `${word.slice(0, start)}${word[start + 1]}${word[start]}${word.slice(start + 2)}`;
        expect(nearest(swapped, ['0123456789'.repeat(3), word])).toBe(word);
      }),
    );
  });

  test('returns one of the candidates or nothing, whatever the words are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (word, candidates) => {
        const found = nearest(word, candidates);
        expect(found === undefined || candidates.includes(found)).toBe(true);
      }),
    );
  });
});

function naiveNearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  for (let edits = 0; edits <= Math.max(1, Math.floor(word.length / 3)); edits += 1) {
    if (edits > 0 && edits >= word.length) return undefined;
    const near = candidates.filter((candidate) => naiveEdits(lower, candidate.toLowerCase()) === edits);
    const alike = near.find((candidate) => {
      const other = candidate.toLowerCase();
      return other.startsWith(lower) || lower.startsWith(other);
    });
    const found = alike ?? near[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Optimal string alignment distance by its recursive definition, from the ends of the words. */
function naiveEdits(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length;
  const options = [
    naiveEdits(one.slice(0, -1), other) + 1,
    naiveEdits(one, other.slice(0, -1)) + 1,
    naiveEdits(one.slice(0, -1), other.slice(0, -1)) + (one.at(-1) === other.at(-1) ? 0 : 1),
  ];
  const crossed = one.length > 1 && other.length > 1 && one.at(-1) === other.at(-2) && one.at(-2) === other.at(-1);
  if (crossed) options.push(naiveEdits(one.slice(0, -2), other.slice(0, -2)) + 1);
  return Math.min(...options);
}

test('looks at five hundred candidates of the same length, and no more', () => {
  const strangers = (count: number) =>
    Array.from({ length: count }, (_, index) => `x${String(index).padStart(6, '0')}`);
  expect(nearest('sampler', [...strangers(499), 'sampIer'])).toBe('sampIer');
  expect(nearest('sampler', [...strangers(500), 'sampIer'])).toBeUndefined();
  expect(nearest('sampler', [...Array(20_000).fill('quite another'), 'sampIer'])).toBe('sampIer');
});
