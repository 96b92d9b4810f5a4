import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSimulatedClock } from '../../simulator/clock.ts';
import { RunError } from '../../src/base/errors.ts';
import { inert, inertLines, shown } from '../../src/base/inert.ts';
import { readMapping } from '../../src/base/mapping.ts';
import { redactJson } from '../../src/base/redact.ts';
import { rememberUrl } from '../../src/base/secrets.ts';
import type { Body } from '../../src/base/wire.ts';
import { readAnswer, readResult } from '../../src/cyberun/body.ts';
import { ApiError, statusError } from '../../src/cyberun/errors.ts';
import { streamEvents } from '../../src/cyberun/events.ts';
import type { Http } from '../../src/cyberun/http.ts';
import { parseResult } from '../../src/cyberun/schema.ts';
import { listOutputs } from '../../src/files/outputs.ts';
import { TransferError } from '../../src/transfer/errors.ts';
import { partReply, wholeReply } from '../../src/transfer/replies.ts';
import { refusal } from '../../src/transfer/request.ts';
import { nameCombinations } from '../../src/workflow/combination-names.ts';
import { expandMatrix } from '../../src/workflow/combinations.ts';
import { TEXTS, VALUES } from './mutate.ts';

/** Whoever reads what comes from outside, given anything. `FUZZ_CASES=100000 npx vitest run test/fuzz` for more. */
const runs = { numRuns: Number(process.env.FUZZ_CASES ?? 1_000) };

const hostile = fc.constantFrom(...TEXTS);
const text = fc.oneof(
  hostile,
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(fc.oneof(hostile, fc.string({ maxLength: 20 })), { maxLength: 6 }).map((parts) => parts.join('')),
);
const bytes = (value: string) => new TextEncoder().encode(value);

/** The error that reading ends with, if it does with one that is meant; any other is thrown on. */
async function endOf(
  read: () => unknown,
  kinds: readonly (abstract new (...args: never[]) => Error)[],
): Promise<Error | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    if (error instanceof Error && kinds.some((kind) => error instanceof kind)) return error;
    throw error;
  }
}

/** What is shown of it is one line that does not obey. */
function expectHarmless(message: string | undefined): void {
  expect(message ?? '').not.toMatch(/^\s*::|##\[|(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(message?.length ?? 0).toBeLessThan(4_000);
}

describe('a reader ends clearly, whatever it is given:', () => {
  test('an answer of the service, as JSON or not', async () => {
    const json = fc.oneof(text, fc.constantFrom(...VALUES), fc.json());
    await fc.assert(
      fc.asyncProperty(json, json, async (one, other) => {
        for (const body of [one, `{"download_urls":{"a.b":${other}},"task_output":${one}}`]) {
          for (const read of [readAnswer, readResult]) {
            const error = await endOf(() => {
              const outputs = listOutputs(parseResult(read('GET /x', body)), 'task-1');
              expect(outputs.every(({ output }) => typeof output === 'string')).toBe(true);
            }, [ApiError]);
            expectHarmless(error?.message);
          }
        }
      }),
      runs,
    );
  });

  test('an error of the service, or of the storage', () => {
    const clock = createSimulatedClock();
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), text, text, (status, body, header) => {
        expectHarmless(statusError('GET /x', status, body, undefined).message);
        const answer = { status, header: () => header, body: bodyOf([]) };
        expectHarmless(refusal(answer, `<Code>${body}</Code><Message>${header}</Message>`, clock).message);
      }),
      runs,
    );
  });

  test('the headers of a file', async () => {
    const value = fc.oneof(
      text,
      fc.constant(undefined),
      fc.constantFrom('bytes 0-9/10', 'bytes 5-9/*', '10', '"tag"', 'W/"tag"', 'chunked', 'gzip'),
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), value), value, value, value, async (others, range, length, etag) => {
        const headers: Record<string, string | undefined> = {
          ...others,
          'content-range': range,
          'content-length': length,
          etag,
        };
        const answer = { status: 206, header: (name: string) => headers[name], body: bodyOf([]) };
        for (const read of [() => partReply(answer, { from: 5, to: 10 }), () => wholeReply(answer)]) {
          expectHarmless((await endOf(read, [TransferError]))?.message);
        }
        const part = partReply(answer, { from: 5, to: 10 });
        if (part !== undefined) expect(part).toMatchObject({ start: 5 });
      }),
      runs,
    );
  });

  test('the bytes of an event stream, however they are cut', async () => {
    const line = fc.oneof(
      fc.tuple(fc.constantFrom('data: ', 'event: ', 'id: ', 'retry: ', ': ', ''), text).map((pair) => pair.join('')),
      fc.constantFrom('', '\n', '\r\n', '\r', 'data: {"status":"running"}', 'event: completed', '\ufeff', '\0'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 4_000 }), async (lines, size) => {
        const whole = bytes(lines.join('\n'));
        const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
          whole.subarray(index * size, (index + 1) * size),
        );
        const http: Pick<Http, 'open'> = {
          open: async () => ({ status: 200, contentType: 'text/event-stream', body: bodyOf(chunks) }),
        };
        const { signal } = new AbortController();
        const read = () => Array.fromAsync(streamEvents(http as Http, 'task-1', undefined, signal));
        expectHarmless((await endOf(read, [ApiError]))?.message);
      }),
      runs,
    );
  });

  test('parameters and a matrix, as YAML or JSON', async () => {
    const source = fc.oneof(
      text,
      fc.constantFrom(...VALUES).map((value) => `a: ${value}`),
      fc.json(),
      fc
        .array(fc.tuple(fc.constantFrom('a', 'b', 'include', '- ', '&x', '*x', '!!str', '<<'), text), { maxLength: 6 })
        .map((pairs) => pairs.map(([key, value]) => `${key}: ${value}`).join('\n')),
    );
    await fc.assert(
      fc.asyncProperty(source, async (written) => {
        const error = await endOf(async () => {
          const mapping = await readMapping(written, 'matrix');
          const combinations = attempt(() => expandMatrix(mapping)) ?? [];
          for (const { folder } of nameCombinations(combinations))
            expect(folder).toMatch(/^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd} ._-]*$/u);
        }, [RunError]);
        expectHarmless(error?.message);
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      }),
      runs,
    );
  });
});

/** What is made of it, or nothing where that is refused with a plain error, which its caller words. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return undefined;
    throw error;
  }
}

function bodyOf(chunks: readonly Uint8Array[]): Body {
  async function* pieces() {
    yield* chunks;
  }
  return Object.assign(pieces(), { destroy: () => undefined });
}

describe('a secret is shown in no form that is known:', () => {
  // As long and as mixed as those that sign.
  const secret = fc
    .stringMatching(/^[A-Za-z0-9]{32,48}$/)
    .filter((value) => /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value));
  // A word that begins before it, be it behind what a terminal would do, is not told from a name.
  const plain = hostile.filter((one) => !one.includes('\u001b'));
  const around = fc.oneof(plain, fc.constantFrom('', ' ', '"', '\n', '{"a":"', 'see: ', '%20', '\\n', '\\u0026'));
  const base64 = (value: string) => Buffer.from(`user:${value}`).toString('base64');

  const FORMS: readonly ((value: string) => string)[] = [
    (value) => `https://s3.example/a.png?X-Amz-Signature=${value}&x=1`,
    (value) => `"X-Amz-Signature":"${value}"`,
    (value) => `"X-Amz-Signature": "${value}"`,
    (value) => `X-Amz-Signature: ${value}`,
    (value) => `X-Amz-Security-Token%3D${value}`,
    (value) => `X-Goog-Signature=${value}`,
    (value) => `s3.example/a.png?sig=${value}`,
    (value) => `sig\\u003d${value}`,
    (value) => `https://cdn.example/a?Policy=${value}&Key-Pair-Id=K`,
    (value) => `?Signature=${value}&Key-Pair-Id=K`,
    (value) => `token=${value}`,
    (value) => `access_token=${value}`,
    (value) => `Authorization: Bearer ${value}`,
    (value) => `Bearer%20${value}`,
    (value) => `Basic ${base64(value)}`,
    (value) => `ghp_${value}`,
    (value) => `sk-${value}`,
    (value) => `https://user:${value}@s3.example/a`,
    (value) => `https://s3.example/a.png?X-Amz-Date=1&X-Amz-\nSignature=${value}`,
  ];

  /** Pieces of it that are too long to be there by chance. */
  function expectHidden(said: string, value: string): void {
    for (let at = 0; at + 12 <= value.length; at += 4) expect(said).not.toContain(value.slice(at, at + 12));
  }

  test.each(FORMS.map((form) => [form('SECRET'), form] as const))('%j', (_, form) => {
    fc.assert(
      fc.property(secret, around, around, (value, before, after) => {
        // What makes a word of it that begins elsewhere is for what is known, below.
        const separate = /[A-Za-z\d_-]$/.test(before) ? `${before} ` : before;
        const said = `${separate}${form(value)}${after}`;
        const hidden = form(value).startsWith('Basic') ? base64(value) : value;
        expectHidden(inert`${said}`, hidden);
        expectHidden(shown(said), hidden);
        expectHidden(inertLines(said).join('\n'), hidden);
        expectHidden(JSON.stringify(redactJson({ a: [said] })), hidden);
      }),
      { numRuns: Math.max(50, runs.numRuns / 10) },
    );
  });

  test('what signed a URL that came, in whatever form it comes again', () => {
    const again: readonly ((value: string) => string)[] = [
      (value) => value,
      (value) => `x${value}y`,
      (value) => `ticket ${value}`,
      (value) => `{"t":"${value}"}`,
      (value) => encodeURIComponent(`?${value}`),
      (value) => `${value.slice(0, 20)}…`,
    ];
    fc.assert(
      fc.property(secret, around, around, fc.constantFrom(...again), (value, before, after, form) => {
        rememberUrl(`https://s3.example/a?ticket=${value}`);
        const said = `${before}${form(value)}${after}`;
        expectHidden(inert`${said}`, value);
        expectHidden(JSON.stringify(redactJson({ a: said })), value);
      }),
      runs,
    );
  });
});
