import type { IncomingHttpHeaders } from 'node:http';
import type { Reply } from '../reply.ts';
import { notFound, refused } from './replies.ts';

/** What a token may do with the repository's contents. */
export type Rights = 'none' | 'read' | 'write';

/** Who asks: a token's rights, nobody in particular, or somebody with a token that nobody knows. */
export type Caller = Rights | 'anonymous' | 'stranger';

/** Who a request comes from. `tokens` are rights by token. */
export function callerOf({ authorization }: IncomingHttpHeaders, tokens: ReadonlyMap<string, Rights>): Caller {
  if (authorization === undefined) return 'anonymous';
  const token = /^(?:Bearer|token) (.+)$/i.exec(authorization)?.[1] ?? '';
  return tokens.get(token) ?? 'stranger';
}

/** Why a request is refused that needs a right to the contents; `undefined` when it is not. */
export function refusalOf(caller: Caller, needs: 'read' | 'write', isPrivate: boolean): Reply | undefined {
  if (caller === 'stranger') return refused(401, 'Bad credentials');
  if (isPrivate && (caller === 'none' || caller === 'anonymous')) return notFound();
  if (needs === 'read' || caller === 'write') return undefined;
  if (caller === 'anonymous') return refused(401, 'Requires authentication');
  return refused(403, 'Resource not accessible by integration', {
    'x-accepted-github-permissions': `contents=${needs}`,
  });
}
