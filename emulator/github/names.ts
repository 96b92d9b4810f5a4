/**
 * The name that GitHub gives to an asset that is uploaded under this one. The rule is nowhere written down; this one fits
 * what was seen: letters, digits and `._-` stay, and `+` and `@` where they arrive (an unescaped `+` in a query is a
 * space), accents go, other runs become one dot, the stem loses its dots at both ends and is `default` when nothing is left.
 * Sources: travis-ci/dpl#821, softprops/action-gh-release#542 and #741,
 * electron/forge#1761, github/rest-api-description#2968.
 */
export function assetName(name: string): string {
  const dot = name.lastIndexOf('.');
  const stem = tidy(dot === -1 ? name : name.slice(0, dot)) || 'default';
  const ending = dot === -1 ? '' : tidy(name.slice(dot + 1));
  return ending === '' ? stem : `${stem}.${ending}`;
}

function tidy(text: string): string {
  const plain = [...text].map((character) => approximations[character] ?? character).join('');
  return plain
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w@+-]+/g, '.')
    .replace(/^\.|\.$/g, '');
}

/** Letters that are no letter with an accent, as Ruby's I18n writes them in ASCII. */
const approximations: Readonly<Record<string, string>> = {
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Ø: 'O',
  ø: 'o',
  Ð: 'D',
  ð: 'd',
  Đ: 'D',
  đ: 'd',
  Þ: 'Th',
  þ: 'th',
  ß: 'ss',
  Ł: 'L',
  ł: 'l',
  Ŋ: 'NG',
  ŋ: 'ng',
  ı: 'i',
};
