import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader, createMasks, parseCommand, parseEntries } from '../../../emulator/runner/commands.ts';

// Not exported by the package's map, but these two are what writes the files and the commands.
const lib = new URL('./', import.meta.resolve('@actions/core'));
const { prepareKeyValueMessage } = await import(new URL('file-command.js', lib).href);

const text = fc.string({ unit: fc.oneof(fc.constantFrom('\r', '\n', '\r\n', '<<', '=', ' ', '\u2028'), fc.string()) });
const name = fc.stringMatching(/^[a-z][\w-]*$/);

test("the file parser gives back whatever @actions/core's format holds", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text)), (pairs) => {
      const file = pairs.map(([key, value]) => `${prepareKeyValueMessage(key, value)}\n`).join('');
      const { entries, problem } = parseEntries(file, false);
      expect(problem).toBeUndefined();
      expect(entries.map((entry) => [entry.name, entry.value])).toEqual(pairs);
    }),
  );
});

test('on Windows either newline ends a line, and those in a value stay as they are', () => {
  expect(parseEntries('a<<E\r\n1\n2\r\n3\r\nE\r\nb=c\r\n', true).entries).toEqual([
    { name: 'a', value: '1\n2\r\n3', delimiter: 'E' },
    { name: 'b', value: 'c' },
  ]);
});

test('elsewhere a carriage return belongs to the line', () => {
  expect(parseEntries('a=b\r\n', false).entries).toEqual([{ name: 'a', value: 'b\r' }]);
  expect(parseEntries('a<<E\nb\nE\r\n', false).problem).toContain('Matching delimiter not found');
});

test.each(['=a', '<<E\nE', 'a<<', 'a'])('%j is malformed', (file) => {
  expect(parseEntries(file, false)).toMatchObject({ entries: [], problem: expect.stringContaining('Invalid format') });
});

test('however a stream is cut into chunks, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n') })), (chunks) => {
      expect(read(chunks)).toEqual(read([chunks.join('')]));
      expect(read(chunks).join('')).toBe(chunks.join(''));
    }),
  );
});

test('a line ends at LF, CRLF or CR, and nowhere else', () => {
  expect(read(['a\nb\r', '\nc\rd\u0085e\u2028f\n\n'])).toEqual(['a\n', 'b\r\n', 'c\r', 'd\u0085e\u2028f\n', '\n']);
  expect(read(['a\r'])).toEqual(['a\r']);
});

test('a command gives back whatever was escaped into it', () => {
  fc.assert(
    fc.property(text, text, (inner, data) => {
      // Spaces around the properties are trimmed, and an empty one is none.
      const title = `<${inner}>`;
      const line = `::error title=${escapeProperty(title)}::${escapeData(data)}`;
      expect(parseCommand(line, new Set(['error']))).toEqual({ name: 'error', properties: { title }, data });
    }),
  );
});

test('a legacy command is found anywhere, its properties end with semicolons', () => {
  const command = parseCommand('x ##[Error file=a%3Bb%5D;line=3;]say %5D%250A ##[x]', new Set(['error']));
  expect(command).toEqual({ name: 'error', properties: { file: 'a;b]', line: '3' }, data: 'say ]%0A ##[x]' });
});

test.each(['x ::error::y', ':error::y', '::error:y', '\uFEFF::error::y', '##[error', '##[other]y', '::other::y'])(
  '%j holds no command',
  (line) => {
    expect(parseCommand(line, new Set(['error']))).toBeUndefined();
  },
);

test('hidden text holds no masked value, and text without one stays', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-d]{1,4}$/)), fc.stringMatching(/^[a-e]*$/), (values, shown) => {
      const masks = createMasks();
      for (const value of values) masks.add(value);
      const hidden = masks.hide(shown);
      expect(values.filter((value) => hidden.includes(value))).toEqual([]);
      if (!values.some((value) => shown.includes(value))) expect(hidden).toBe(shown);
    }),
  );
});

function read(chunks: string[]): string[] {
  const lines: string[] = [];
  const reader = createLineReader((line, ending) => lines.push(line + ending));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return lines;
}

/** As `@actions/core` escapes. */
function escapeData(data: string): string {
  return data.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(value: string): string {
  return escapeData(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
