import { isDeepStrictEqual } from 'node:util';
import { type Inert, inert, inertLines, joinInert } from '../base/inert.ts';
import type { Log } from '../base/log.ts';
import type { Mapping } from '../base/mapping.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { MatrixOrder } from '../matrix/matrix.ts';

/** Says what is about to be submitted. */
export function announce(
  orders: readonly [MatrixOrder, ...MatrixOrder[]],
  inputs: Inputs,
  host: string,
  log: Log,
): void {
  const [{ order }] = orders;
  if (order.reference === undefined) return;
  const version = order.workflow?.version === undefined ? '' : ` (version ${order.workflow.version})`;
  const many =
    inputs.matrix === undefined
      ? ''
      : `, ${orders.length} tasks, ${Math.min(inputs.maxParallel, orders.length)} at a time`;
  log.info(inert`Submitting ${order.workflow?.workflow_slug ?? order.reference}${version} to ${host}${many}`);
  const lines = inputs.matrix === undefined ? showAll(order.submission.parameters) : showMatrix(orders);
  if (lines.length > 0) log.group(inert`parameters`, lines);
}

function showAll(parameters: Mapping): Inert[] {
  return Object.entries(parameters).map(([key, value]) => inert`${key}: ${showValue(value)}`);
}

/** What all combinations have in common once, then of each what tells it apart. */
function showMatrix(orders: readonly MatrixOrder[]): Inert[] {
  const [first = {}, ...others] = orders.map(({ order }) => order.submission.parameters);
  const isCommon = (key: string) => others.every((other) => isDeepStrictEqual(other[key], first[key]));
  const common = new Set(Object.keys(first).filter(isCommon));
  const pick = (parameters: Mapping, wanted: boolean) =>
    Object.fromEntries(Object.entries(parameters).filter(([key]) => common.has(key) === wanted));
  return [
    ...showAll(pick(first, true)),
    ...orders.map(({ label, order }) => {
      const own = showAll(pick(order.submission.parameters, false));
      return own.length === 0 ? inert`[${label}]` : joinInert([inert`[${label}]`, joinInert(own)], '  ');
    }),
  ];
}

function showValue(value: unknown): Inert {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const [first = inert``] = inertLines(text, 1);
  const more = text.trim().split(/\r\n|[\n\r]/).length - 1;
  return more > 0 ? inert`${first} (and ${more} more ${more === 1 ? 'line' : 'lines'})` : first;
}
