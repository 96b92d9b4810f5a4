import { isLoopback } from '../base/addresses.ts';
import { withoutEnd } from '../base/ends.ts';
import { RunError } from '../base/errors.ts';
import { inert } from '../base/inert.ts';
import { rememberKey } from '../base/secrets.ts';

/** Where inputs come from. */
export interface InputSources {
  /** The value of an input, trimmed; empty when it is not given. */
  readonly getInput: (name: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Hides a secret in everything that is printed from now on. */
  readonly mask: (secret: string) => void;
}

/** Which deployment to talk to, and as whom. */
export interface Credentials {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** What said so. */
  readonly apiUrlSource: 'input' | 'environment' | 'default';
}

/**
 * Reads the key and the address. The key is masked before anything is checked, and never quoted.
 *
 * @throws {RunError} of kind `input`
 */
export function loadCredentials({ getInput, env, mask }: InputSources): Credentials {
  const apiKey = (getInput('api-key') || env.CYBERUN_API_KEY || '').trim();
  if (apiKey !== '') mask(apiKey);
  rememberKey(apiKey);
  const problem = problemOfKey(apiKey);
  if (problem !== undefined) {
    throw new RunError(
      'input',
      inert`Input api-key ${problem} Write \`api-key: \${{ secrets.CYBERUN_API_KEY }}\`, with an integration key (sk-...) of the team.`,
    );
  }
  return { apiKey, ...findUrl(getInput('api-url'), env.CYBERUN_API_URL?.trim() ?? '') };
}

function findUrl(given: string, found: string): Pick<Credentials, 'apiUrl' | 'apiUrlSource'> {
  if (given !== '') return { apiUrl: checkUrl(given), apiUrlSource: 'input' };
  if (found !== '') return { apiUrl: checkUrl(found), apiUrlSource: 'environment' };
  return { apiUrl: DEFAULT_API_URL, apiUrlSource: 'default' };
}

function problemOfKey(key: string): string | undefined {
  if (key === '') return 'is empty: the secret may not exist, or is not passed on, as in runs for a fork.';
  if (/[^\x21-\x7e]/.test(key))
    return 'has white space inside, or a character that no key has: the secret may hold more than the key.';
  if (key.startsWith('ak-'))
    return 'is an agent key (ak-...): it connects agents, and can neither submit nor read tasks. It was not sent.';
  if (key.startsWith('eyJ'))
    return 'is a user token (eyJ...): it expires within the day and needs a team. It was not sent.';
  if (!/^(sk|dk)-./.test(key)) return 'does not begin with sk-: it is no key of Cyberun, so it was not sent.';
  return undefined;
}

function checkUrl(text: string): string {
  const show = 'Write e.g. `api-url: https://cyberun.example.com/api/v1`.';
  if (!URL.canParse(text)) throw new RunError('input', inert`Input api-url is no URL: ${text}. ${show}`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new RunError(
      'input',
      inert`Input api-url holds more than an address: no user, query or fragment belongs there. ${show}`,
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new RunError(
      'input',
      inert`Input api-url is ${text}, and would send the key in the clear: only https is allowed, and http on loopback. ${show}`,
    );
  }
  return withoutEnd(url.href, /\//);
}

/** The public service (docs.cyberun.cloud). */
const DEFAULT_API_URL = 'https://core.cyberun.cloud/api/v1';
