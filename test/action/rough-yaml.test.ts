import { describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { annotationsOf, callsOf, quick, runAction } from './harness.ts';

const TYPED = quick({
  parameters: [
    { key: 'text', type: 'string' },
    { key: 'other', type: 'string' },
    { key: 'number', type: 'number' },
    { key: 'flag', type: 'boolean' },
    { key: 'size', type: 'select', options: ['True', 'False'] },
    { key: 'mode', type: 'select', options: [true, false] },
    { key: 'image', type: 'file' },
  ],
});

function start() {
  return startEmulator({ workflows: [TYPED] });
}

function submitted(emulator: Emulator): unknown[] {
  return emulator.tasks.map(({ submission }) => submission.parameters);
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

describe('a parameters-file', () => {
  const WANTED = { text: 'café – “noir”', flag: true };
  const TEXT = 'text: café – “noir”\r\nflag: TRUE\r\n';

  test.each([
    ['UTF-16LE with a byte order mark', utf16(TEXT)],
    ['UTF-16BE with a byte order mark', utf16(TEXT).swap16()],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['JSON in UTF-16LE', utf16(JSON.stringify(WANTED))],
    ['JSON with a byte order mark', Buffer.from(`\uFEFF${JSON.stringify(WANTED)}`)],
  ])('is read where it is %s', async (_, content) => {
    await using emulator = await start();
    const files = { 'render.yml': content };
    await using action = runAction({ emulator, files, with: { workflow: 'quick', 'parameters-file': 'render.yml' } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(submitted(emulator)).toEqual([WANTED]);
  });

  test.each([
    [
      'Windows-1252',
      Buffer.from('number: 1\ntext: caf\xe9\n', 'latin1'),
      'is not in UTF-8: the byte 0xE9 at offset 19, in line 2 fits nothing. It may be Windows-1252',
    ],
    [
      'UTF-16 without a byte order mark',
      Buffer.from('text: a', 'utf16le'),
      'is no text: it has a NUL at offset 1, in line 1. It may be UTF-16LE without a byte order mark',
    ],
    ['empty', '', 'is empty'],
    ['a pointer', pointer(), 'is only a pointer of Git LFS, not the file itself: write `lfs: true`'],
  ])('is refused where it is %s, and nothing is asked', async (_, content, says) => {
    await using emulator = await start();
    const files = { 'render.yml': content };
    await using action = runAction({ emulator, files, with: { workflow: 'quick', 'parameters-file': 'render.yml' } });
    const result = await action.done;
    expect(result.exitCode).toBe(1);
    expect(annotationsOf(result, 'error')).toEqual([
      expect.stringContaining(`Input parameters-file is render.yml, which ${says}`),
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe('a CR at the end of a value', () => {
  const WANTED = { text: 'a\nb\n', number: 7, flag: true, size: 'True', mode: false };

  test('makes no difference in a file with the line ends of Windows', async () => {
    await using emulator = await start();
    const text = ['text: |', '  a', '  b', 'number: 7', 'flag: |', '  true', 'size: |', '  True', 'mode: False'];
    const files = { 'render.yml': `${text.join('\r\n')}\r`, 'sketch.png': 'a sketch' };
    const parameters = '{"image": "sketch.png\\r\\n"}\r\n';
    await using action = runAction({
      emulator,
      files,
      with: { workflow: 'quick', 'parameters-file': 'render.yml', parameters },
    });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(submitted(emulator)).toEqual([{ ...WANTED, image: expect.stringMatching(/sketch\.png$/) }]);
  });

  test('makes no difference in what an expression leaves, and one inside of a text stays', async () => {
    await using emulator = await start();
    const parameters = JSON.stringify({
      text: 'a\r\nb\r\n',
      other: 'a\r',
      number: '7\r',
      flag: 'true\r\n',
      size: 'True\r',
      mode: 'false\r',
    });
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(submitted(emulator)).toEqual([{ ...WANTED, text: 'a\r\nb\n', other: 'a' }]);
  });
});

describe('a word of YAML', () => {
  test.each(['TRUE', 'Null', 'null', '~', '1_000', '0o17', '0x1F', '12:30', '1e3', '.5', 'yes', '.NaN', '1e999'])(
    'keeps its text for a text: %s',
    async (word) => {
      await using emulator = await start();
      await using action = runAction({ emulator, with: { workflow: 'quick', parameters: `text: ${word}` } });
      const result = await action.done;
      expect(result).toMatchObject({ exitCode: 0, annotations: [] });
      expect(submitted(emulator)).toEqual([{ text: word }]);
      expect(result.log.map((line) => line.trim())).toContain(`| text: ${word}`);
    },
  );

  test('means what it means for other types, and nothing is not given', async () => {
    await using emulator = await start();
    const parameters = 'text:\nnumber: ~\nflag: FALSE\nimage: Null\nsize: True\nmode: TRUE';
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
    expect(await action.done).toMatchObject({ exitCode: 0, annotations: [] });
    expect(submitted(emulator)).toEqual([{ flag: false, size: 'True', mode: true }]);
  });

  test('means what it means where the workflow declares no parameters', async () => {
    await using emulator = await startEmulator({ workflows: [quick({ parameters: [] })] });
    const parameters = 'a: TRUE\nb: ~\nc: [Null, False]\nd: { e: 0o17, f: .inf }';
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
    expect((await action.done).exitCode).toBe(0);
    expect(submitted(emulator)).toEqual([{ a: true, b: null, c: [null, false], d: { e: 15, f: '.inf' } }]);
  });

  test('is none in JSON', async () => {
    await using emulator = await start();
    const parameters = '{"text": null, "other": "TRUE", "mode": true}';
    await using action = runAction({ emulator, with: { workflow: 'quick', parameters } });
    expect((await action.done).exitCode).toBe(0);
    expect(submitted(emulator)).toEqual([{ other: 'TRUE', mode: true }]);
  });

  test('keeps its text in a matrix, its labels, include and exclude', async () => {
    await using emulator = await start();
    const matrix = [
      'text: [TRUE, ~, 0o17, yes]',
      'size: [True, False]',
      'exclude: [{ text: TRUE, size: True }, { size: False }]',
      'include: [{ text: yes, other: Null }, { text: .5, size: False }]',
    ].join('\n');
    await using action = runAction({ emulator, with: { workflow: 'quick', matrix, 'max-parallel': '1' } });
    const result = await action.done;
    expect(result.exitCode).toBe(0);
    expect(submitted(emulator)).toEqual([
      { text: '~', size: 'True' },
      { text: '0o17', size: 'True' },
      { text: 'yes', size: 'True', other: 'Null' },
      { text: '.5', size: 'False' },
    ]);
    for (const label of ['~, True', '0o17, True', 'yes, True, Null', '.5, False'])
      expect(result.log.join('\n')).toContain(`[${label}]`);
  });
});

test.each([
  ['text: !important do it', '!important, which to YAML is a tag', '`text: "!important do it"`'],
  ['text: !!binary aGk=', '!!binary, which to YAML is a tag', '`text: "aGk="`'],
  ['text: a\nother: !', 'in line 2 that begins with !,', '`other: "!"`'],
  ['text: &amp; so on', '&amp;, which to YAML is an anchor', '`text: "&amp; so on"`'],
])('%j is refused with the quotes that it needs', async (parameters, says, shows) => {
  for (const given of [
    { parameters },
    { matrix: `text: [a, b]\ninclude:\n  - ${parameters.replace('\n', '\n    ')}` },
  ]) {
    await using emulator = await start();
    await using action = runAction({ emulator, with: { workflow: 'quick', ...given } });
    const result = await action.done;
    const [error] = annotationsOf(result, 'error');
    expect(error).toContain('parameters' in given ? says : says.replace('line 2', 'line 4'));
    expect(error).toContain(shows);
    expect(result.exitCode).toBe(1);
    expect(emulator.requests).toEqual([]);
  }
});

describe('an input file', () => {
  test.each([
    ['empty', '', 'sketch.png', 'which is empty; did the step that made it fail?'],
    [
      'a pointer of Git LFS',
      pointer(),
      'sketch.png',
      'which is only a pointer of Git LFS, not the file itself: write `lfs: true` under `with:` of actions/checkout',
    ],
    ['looked for at home', 'a sketch', '~/sketch.png', 'and nothing replaces ~ here, as no shell reads it; accepted'],
  ])('that is %s is refused before anything is uploaded', async (_, content, path, says) => {
    await using emulator = await start();
    const files = { 'sketch.png': content, 'good.png': 'a sketch' };
    const given = [{ parameters: `image: ${path}` }, { matrix: `image: [good.png, ${path}]` }];
    for (const one of given) {
      await using action = runAction({ emulator, files, with: { workflow: 'quick', ...one } });
      const result = await action.done;
      expect(result.exitCode).toBe(1);
      expect(annotationsOf(result, 'error')).toEqual([expect.stringContaining(`image: given "${path}", ${says}`)]);
    }
    expect(callsOf(emulator)).toEqual(['workflow 200', 'workflow 200']);
  });
});

/** What Git LFS leaves in a checkout in place of a file. */
function pointer(): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
}
