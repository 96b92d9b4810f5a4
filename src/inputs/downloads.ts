import { inert, shown } from '../base/inert.ts';
import { type Pattern, readPattern } from '../base/pattern.ts';
import { rememberKey } from '../base/secrets.ts';
import type { InputSources } from './credentials.ts';
import { type Form, flag } from './fields.ts';

/** A release to attach to. */
export interface AttachInput {
  /** A tag; or the release, or the tag, that the run is of. */
  readonly wanted: string | true;
  readonly token: string;
}

/**
 * Whether what an earlier run left is to be used.
 *
 * @param needed What has to be on for it, by input.
 */
export function loadReuse(form: Form, needed: Readonly<Record<string, boolean>>): boolean {
  const reuse = flag(form, 'reuse', false);
  const off = firstOff(needed);
  if (reuse && off !== undefined) {
    form.refuse(
      inert`Input reuse looks for files of an earlier run in path, and with ${off}: false no run leaves any. Write \`${off}: true\`, or leave reuse out.`,
    );
  }
  return reuse;
}

/**
 * Whether a page is to be made of the files.
 *
 * @param needed What has to be on for it, by input.
 */
export function loadGallery(form: Form, needed: Readonly<Record<string, boolean>>): boolean {
  const gallery = flag(form, 'gallery', false);
  const off = firstOff(needed);
  if (gallery && off !== undefined) {
    form.refuse(
      inert`Input gallery shows the files that this step brings, and with ${off}: false it brings none. Write \`${off}: true\`, or leave gallery out.`,
    );
  }
  return gallery;
}

/** Which files are wanted. */
export async function loadPattern({ getInput, refuse }: Form, path: string): Promise<Pattern> {
  const { pattern, misfits } = await readPattern(getInput('pattern'));
  const twice = pattern.find(({ line }) => line.replace(/^!\s*/, '').startsWith(`${path}/`));
  if (twice !== undefined) {
    refuse(
      inert`Input pattern has the line ${shown(twice.line, 200)}, and places are below path (${path}) already. Write e.g. \`${shown(twice.line.replace(`${path}/`, ''), 200)}\`.`,
    );
  }
  for (const { line, why, instead } of misfits) {
    refuse(inert`Input pattern has the line ${shown(line, 200)}, which ${why}. Write e.g. \`${shown(instead, 200)}\`.`);
  }
  return pattern;
}

/**
 * Which release the files are to be attached to, if any; its token is masked.
 *
 * @param needed What has to be on for it, by input.
 */
export function loadAttach(
  { getInput, refuse }: Form,
  { mask }: InputSources,
  needed: Readonly<Record<string, boolean>>,
): AttachInput | undefined {
  // What `github.ref` is on a tag.
  const text = getInput('attach-to-release').replace(/^refs\/tags\//, '');
  if (text === '' || /^false$/i.test(text)) return undefined;
  const token = getInput('github-token');
  if (token !== '') mask(token);
  rememberKey(token);
  const off = firstOff(needed);
  if (off !== undefined) {
    refuse(
      inert`Input attach-to-release attaches the files that this step brings, and with ${off}: false it brings none. Write \`${off}: true\`, or leave attach-to-release out.`,
    );
  }
  if (/^(?:yes|no|on|off|latest)$/i.test(text)) {
    refuse(
      inert`Input attach-to-release is ${text}, which is neither true nor false, and hardly a tag. Write \`attach-to-release: true\` for the release or the tag that the run is of, or a tag, such as \`attach-to-release: v1.2.0\`.`,
    );
  }
  if (token === '' || /[^\x21-\x7e]/.test(token)) {
    refuse(
      inert`Input attach-to-release needs a token in github-token, and that is ${token === '' ? 'empty' : 'none, as it has a character that no token has'}. Leave github-token out to use the job's own.`,
    );
  }
  return { wanted: /^true$/i.test(text) ? true : text, token };
}

/** The first of some inputs that is off. */
function firstOff(needed: Readonly<Record<string, boolean>>): string | undefined {
  return Object.keys(needed).find((name) => needed[name] === false);
}
