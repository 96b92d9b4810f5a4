import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/inputs/encoding.ts';

const utf16 = (text: string, order: 'LE' | 'BE') => {
  const units = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return order === 'LE' ? units : units.swap16();
};
const bytes = (...pieces: (string | number)[]) =>
  Buffer.concat(pieces.map((piece) => (typeof piece === 'number' ? Buffer.of(piece) : Buffer.from(piece))));

function refusalOf(given: Uint8Array): string {
  try {
    return `read as ${JSON.stringify(decodeText(given))}`;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('decodeText', () => {
  test('reads any text in UTF-8 and UTF-16, and drops the byte order mark', () => {
    const text = fc
      .string({ unit: 'binary' })
      .filter((one) => one.isWellFormed() && !one.includes('\0') && !one.startsWith('\uFEFF'));
    fc.assert(
      fc.property(text, (one) => {
        expect(decodeText(Buffer.from(one))).toBe(one);
        expect(decodeText(Buffer.from(`\uFEFF${one}`))).toBe(one);
        expect(decodeText(utf16(one, 'LE'))).toBe(one);
        expect(decodeText(utf16(one, 'BE'))).toBe(one);
      }),
    );
  });

  test('says where bytes are no UTF-8, wherever that is', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((one) => !/[\0\n]/.test(one) && one.isWellFormed());
    const wrong = fc.constantFrom([0xe9], [0xff], [0x80], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x92], [0xc0, 0x80]);
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 3 }),
        wrong,
        fc.constantFrom('', ' ', 'a\n', 'é'),
        (lines, bad, after) => {
          const before = lines.join('\n');
          const given = Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)]);
          const place = `at offset ${Buffer.byteLength(before)}, in line ${before.split('\n').length} fits`;
          expect(refusalOf(given)).toContain(place);
        },
      ),
    );
  });

  test.each([
    [
      'Windows-1252',
      bytes('a: 1\nprompt: caf', 0xe9, ' noir'),
      'is not in UTF-8: the byte 0xE9 at offset 16, in line 2 fits nothing. It may be Windows-1252 ("ANSI")',
    ],
    [
      'a text that breaks off in the middle of a character',
      bytes('a: ', 0xe2, 0x82),
      'is not in UTF-8: the byte 0xE2 at offset 3, in line 1 fits nothing. It may be Windows-1252 ("ANSI")',
    ],
    [
      'UTF-16LE without its mark',
      Buffer.from('a: 1', 'utf16le'),
      'is no text: it has a NUL at offset 1, in line 1. It may be UTF-16LE without a byte order mark',
    ],
    [
      'UTF-16BE without its mark',
      Buffer.from('a: 1', 'utf16le').swap16(),
      'is no text: it has a NUL at offset 0, in line 1. It may be UTF-16BE without a byte order mark',
    ],
    [
      'UTF-16LE without its mark, beyond ASCII',
      Buffer.from('a: é 1', 'utf16le'),
      'is not in UTF-8: the byte 0xE9 at offset 6, in line 1 fits nothing. It may be UTF-16LE without a byte order mark',
    ],
    [
      'a picture',
      bytes(0x89, 'PNG\r\n', 0x1a, '\n', 0, 0, 0, 13, 'IHDR'),
      'is not in UTF-8: the byte 0x89 at offset 0, in line 1 fits nothing. It may be a file of another kind',
    ],
    ['UTF-32LE', bytes(0xff, 0xfe, 0, 0, 'a', 0, 0, 0), 'is in UTF-32, as its first bytes say'],
    ['UTF-32BE', bytes(0, 0, 0xfe, 0xff, 0, 0, 0, 'a'), 'is in UTF-32, as its first bytes say'],
  ])('refuses %s', (_, given, problem) => {
    expect(refusalOf(given)).toBe(problem);
  });

  test('refuses UTF-16 that is broken, and says where', () => {
    expect(refusalOf(Buffer.concat([utf16('a\nb', 'LE'), Buffer.of(0x63)]))).toBe(
      'is in UTF-16LE, as its first bytes say, and broken at offset 8, in line 2',
    );
    expect(refusalOf(utf16('a\n\n\uD83D b', 'BE'))).toBe(
      'is in UTF-16BE, as its first bytes say, and broken at offset 8, in line 3',
    );
  });

  test('looks through a large file in no time', () => {
    const large = Buffer.alloc(8 * 1024 * 1024, 'prompt\n');
    large[large.length - 2] = 0xe9;
    expect(refusalOf(large)).toContain(`at offset ${large.length - 2}`);
  });
});
