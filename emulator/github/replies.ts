import { json, type Reply } from '../reply.ts';

/** An error as GitHub's API words it. */
export function refused(
  status: number,
  message: string,
  headers: Record<string, string> = {},
  more: object = {},
): Reply {
  const documentation_url = 'https://docs.github.com/rest';
  return json(status, { message, ...more, documentation_url, status: String(status) }, headers);
}

export const notFound = (): Reply => refused(404, 'Not Found');

/** What is wrong with one field of an asset. */
export function invalid(field: string, code: string, message?: string): Reply {
  return invalidAsset({ code, field, ...(message !== undefined && { message: `${field} ${message}` }) });
}

/** What cannot be done with an asset, in words as for uutils/coreutils#13839. */
export function impossible(message: string): Reply {
  return invalidAsset({ code: 'custom', message });
}

function invalidAsset(error: object): Reply {
  return refused(422, 'Validation Failed', {}, { errors: [{ resource: 'ReleaseAsset', ...error }] });
}
