import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rememberKey } from '../../src/base/secrets.ts';
import { MOST_CARDS, PICTURES_BUDGET } from '../../src/gallery/gallery.ts';
import { html, Markup } from '../../src/gallery/html.ts';
import { kindOf, pictureType } from '../../src/gallery/kinds.ts';
import { createFolder, fileIn, galleryOf, HOSTILE, picture, piecesOf, taskOf, textOf } from './given.ts';

const count = (text: string, part: string | RegExp) => text.split(part).length - 1;
/** The tags and attributes of a page, without their values: what it is made of, whatever it says. */
const shapeOf = (page: string) =>
  [...page.matchAll(/<\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"]*")?)*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));

describe('html', () => {
  test('shows every text as it is, in an element as in an attribute', () => {
    const text = `<b> & "quotes" 'and' \`ticks\``;
    expect(html`<p title="${text}">${text}</p>`.text).toBe(
      '<p title="&#60;b&#62; &#38; &#34;quotes&#34; &#39;and&#39; `ticks`">&#60;b&#62; &#38; &#34;quotes&#34; &#39;and&#39; `ticks`</p>',
    );
    expect(html`${html`<i>${'<'}</i>`}${[new Markup('<br>'), new Markup('<hr>')]}${7}`.text).toBe(
      '<i>&#60;</i><br><hr>7',
    );
  });

  test('has the same tags whatever the text is', () => {
    const text = fc.string({ unit: fc.constantFrom(...'<>"\'&=/ ascriptonx!-;#'), maxLength: 30 });
    fc.assert(
      fc.property(text, (text) => {
        expect(shapeOf(html`<p title="${text}">${text}</p>`.text)).toEqual(['<p title="">', '</p>']);
      }),
    );
  });
});

describe('a picture', () => {
  test.each([
    ['image/png', '\x89PNG\r\n\x1a\n'],
    ['image/jpeg', '\xff\xd8\xff\xe0'],
    ['image/gif', 'GIF89a'],
    ['image/webp', 'RIFF\n\x00\r\x00WEBPVP8 '],
    ['image/avif', '\x00\x00\x00\x1cftypavif'],
    [undefined, '<svg xmlns="http://www.w3.org/2000/svg">'],
    [undefined, '<?xml version="1.0"?><svg>'],
    [undefined, '\x00\x00\x00\x1cftypisom'],
    [undefined, 'RIFF\x00\x00\x00\x00WAVE'],
    [undefined, ' \x89PNG\r\n\x1a\n'],
    [undefined, '\x89PNG'],
    [undefined, ''],
  ])('is %s by its first bytes: %j', (type, head) => {
    expect(pictureType(Buffer.from(head, 'latin1'))).toBe(type);
  });

  test.each([
    ['Video', 'a.mp4', 'video/mp4'],
    ['3D', 'scene.glb', undefined],
    ['3D', 'splat.ply', 'application/octet-stream'],
    ['3D', 'x', 'model/gltf-binary'],
    ['Audio', 'a.wav', 'audio/wav'],
    ['Picture', 'a.svg', 'image/svg+xml'],
    ['Archive', 'scene.tar.gz', undefined],
    ['File', 'notes.txt', 'text/plain'],
  ])('else is called %s: %s, %s', (kind, name, mediaType) => expect(kindOf(name, mediaType)).toBe(kind));
});

describe('a page', () => {
  test('holds pictures as they are, and nothing else of any file', async () => {
    using folder = createFolder();
    const png = picture();
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"/>');
    const files = [
      fileIn(folder.path, 'a.png', png),
      fileIn(folder.path, 'b.png', svg),
      fileIn(folder.path, 'c.svg', svg, { mediaType: 'image/svg+xml' }),
      fileIn(folder.path, 'd.mp4', png, { mediaType: 'video/mp4', name: 'd.mp4' }),
      fileIn(folder.path, 'e.glb', Buffer.from('glTF'), { mediaType: undefined }),
    ];
    rmSync(fileIn(folder.path, 'gone.png', png).path);
    const gone = { ...files[0], name: 'gone.png', path: `${folder.path}/gone.png`, place: 'gone.png' };
    const page = await textOf(galleryOf([taskOf([...files, { ...fileIn(folder.path, 'a.png', png), ...gone }])]));
    const base64 = png.toString('base64');
    // By its bytes, the video is a picture, too.
    expect(count(page, `src="data:image/png;base64,${base64}"`)).toBe(2);
    expect(count(page, 'base64,')).toBe(2);
    expect(page).not.toContain(svg.toString('base64').slice(0, 20));
    expect(page).not.toContain('window.hacked');
    expect(count(page, '<li class="card"')).toBe(6);
    expect(page).toContain('<b>GLB</b>3D');
  });

  test('is what its policy says, and that allows nothing else', async () => {
    using folder = createFolder();
    const one = fileIn(folder.path, 'a.png', picture());
    const page = await textOf(galleryOf([taskOf([one]), taskOf([one], { parameters: { seed: 2 } })]));
    const within = (tag: string) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: 'self'; style-src ${hash(within('style'))}; script-src ${hash(within('script'))}; base-uri 'none'; form-action 'none'">`,
    );
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
    expect(count(page, '<script')).toBe(1);
    expect(page).not.toMatch(/ (?:style|on[a-z]+)=/);
    expect(page).not.toMatch(/\b(?:https?:)?\/\/[a-z]/);
  });

  test('goes on as if names, parameters and agents were others, whatever they are', async () => {
    using folder = createFolder();
    const shapeWith = async (text: string) => {
      const file = fileIn(folder.path, 'a.png', picture(), { name: text, place: `${text}/a.png`, mediaType: text });
      const task = taskOf([file], {
        label: text,
        parameters: { [`k${text}`]: text, deep: { [text]: [text] } },
        agentId: text,
        gpuType: text,
        taskId: text,
      });
      const other = taskOf([], { label: text, parameters: { [`k${text}`]: 'other' }, ending: text });
      const more = taskOf([file], { parameters: { [`k${text}`]: 'more', deep: 1 } });
      const page = await textOf(
        galleryOf([task, other, more], { workflow: text, reference: text, shared: { [`s${text}`]: text } }),
      );
      expect(page).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}]/u);
      return shapeOf(page);
    };
    const plain = await shapeWith('plain');
    for (const text of HOSTILE) expect(await shapeWith(text), text).toEqual(plain);
  });

  test('has no secret, and no way to a file but its place', async () => {
    using folder = createFolder();
    const key = 'sk-abcdefghijklmnopqrstuvwxyz0123456789';
    rememberKey(key);
    const url = 'https://storage.example/a.png?X-Amz-Signature=0123456789abcdef0123456789abcdef';
    const place = 'a b/ä%20&"#?.png';
    const file = fileIn(folder.path, 'a.png', picture(), { place });
    const shared = { prompt: `${key}\n${url}`, api_key: 'my own secret', [key]: 1 };
    const task = taskOf([file], { agentId: key, gpuType: url, label: url, parameters: { note: key } });
    const page = await textOf(galleryOf([task], { shared, workflow: url, reference: key }));
    for (const secret of [key, '0123456789abcdef', 'my own secret']) expect(page).not.toContain(secret);
    expect(page).toContain('href="a%20b/%C3%A4%2520%26%22%23%3F.png"');
  });

  test('links pictures beyond its budget, takes smaller ones that fit, and says so', async () => {
    using folder = createFolder();
    const [small, large] = [picture(4), picture(40, 7)];
    const files = [
      fileIn(folder.path, 'one.png', small),
      fileIn(folder.path, 'large.png', Buffer.concat([large, Buffer.alloc(5_000)])),
      fileIn(folder.path, 'two.png', small),
      fileIn(folder.path, 'three.png', small),
    ];
    const page = await textOf(galleryOf([taskOf(files)]), small.byteLength * 2);
    expect(count(page, 'src="data:')).toBe(2);
    expect(page).toContain('src="large.png"');
    expect(page).toContain('src="three.png"');
    expect(page).toContain('2 pictures beyond that');
    expect(await textOf(galleryOf([taskOf(files)]))).not.toContain('beyond that');
    expect(PICTURES_BUDGET).toBe(25 * 1024 * 1024);
  });

  test('comes in pieces of a megabyte or so, and is the picture all the same', async () => {
    using folder = createFolder();
    const bytes = Buffer.concat([picture(), Buffer.alloc(4_000_001, 'ab')]);
    const pieces = await piecesOf(galleryOf([taskOf([fileIn(folder.path, 'a.png', bytes)])]));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1.2 * 1024 * 1024);
    expect(pieces.join('')).toContain(`base64,${bytes.toString('base64')}"`);
  });

  test('shows so many files, and says how many more there are', async () => {
    using folder = createFolder();
    const file = fileIn(folder.path, 'a.txt', Buffer.from('a'));
    const page = await textOf(galleryOf([taskOf(Array.from({ length: MOST_CARDS + 5 }, () => file))]));
    expect(count(page, '<li class="card"')).toBe(MOST_CARDS);
    expect(page).toContain(`5 files more came than the ${MOST_CARDS}`);
  });

  test('has a choice where there is one, and a script for nothing else', async () => {
    using folder = createFolder();
    const file = fileIn(folder.path, 'a.png', picture());
    const one = await textOf(galleryOf([taskOf([file], { parameters: {} })]));
    expect(one).not.toMatch(/<form|<script/);
    const tasks = [1, 2, 2].map((seed) => taskOf([file], { parameters: { seed, prompt: `a\n${seed}` } }));
    const many = await textOf(galleryOf(tasks));
    expect(many).toContain('<option value="0">1</option><option value="1">2</option>');
    expect([...many.matchAll(/data-values="([^"]*)"/g)].map(([, values]) => values)).toEqual(['0 0', '1 1', '1 1']);
    const without = await textOf(
      galleryOf([...tasks, taskOf([], { label: 'seed 9', ending: 'failed', parameters: { seed: 9 } })]),
    );
    expect(without).toContain('No files came of 1 task:<ul><li dir="auto">seed 9: failed</li></ul>');
    expect(without).not.toContain('<option value="2">');
  });

  test('tells all that there is to know of a file', async () => {
    using folder = createFolder();
    const file = fileIn(folder.path, 'hero.png', picture());
    const long = 'a very long prompt '.repeat(30).trim();
    const page = await textOf(galleryOf([taskOf([file], { parameters: { prompt: long, empty: '' } })]));
    for (const part of ['31 on', '0:31 on NVIDIA L4 (gpu-node-01)', file.sha256, '251ab37b', '0:41', `${file.bytes} B`])
      expect(page).toContain(part);
    expect(page).toContain(`</summary>${long}</details>`);
    expect(page).toContain('<i>empty</i>');
    const alt = /alt="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(alt).toMatch(/^hero\.png: prompt a very long prompt /);
    expect(alt.length).toBeLessThanOrEqual(300);
  });
});
