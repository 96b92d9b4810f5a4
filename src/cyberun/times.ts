/**
 * Milliseconds since the epoch of a time stamp of the service's; `undefined` for what is none: the zero of a program (year 1,
 * 1970), a text of another kind. Without a zone it is UTC, whatever this machine's is. Numbers below 1e12 are seconds.
 */
export function timeOf(stamp: string | number | undefined): number | undefined {
  if (stamp === undefined) return undefined;
  const text = String(stamp).trim();
  const time = /^\d+(?:\.\d+)?$/.test(text) ? ofNumber(Number(text)) : ofText(text);
  return time >= EARLIEST ? time : undefined;
}

/** Milliseconds from one time stamp to another; `undefined` where that is negative, or longer than any task takes. */
export function timeBetween(from: string | number | undefined, to: string | number | undefined): number | undefined {
  const time = (timeOf(to) ?? Number.NaN) - (timeOf(from) ?? Number.NaN);
  return time >= 0 && time <= LONGEST ? time : undefined;
}

/** There was no such service before. */
const EARLIEST = Date.UTC(2000, 0);
/** GitHub's longest run of a workflow takes 35 days (docs.github.com, "Usage limits"). */
const LONGEST = 35 * 24 * 60 * 60_000;

function ofNumber(number: number): number {
  return number < 1e12 ? number * 1000 : number;
}

function ofText(text: string): number {
  // V8 makes a date of almost anything, such as `-1`.
  if (!/\d{4}/.test(text)) return Number.NaN;
  return Date.parse(ZONE.test(text) ? text : `${text}Z`);
}

/** At the end: a name such as UTC, or an offset behind a time. */
const ZONE = /(?:[a-z]|:\d\d(?:\.\d+)?\s*[+-]\d\d(?::?\d\d)?)$/i;
