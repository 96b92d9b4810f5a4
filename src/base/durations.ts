import { shown } from './inert.ts';

// Not `ms`: it takes "45" for milliseconds and fails on "1h30m". Not `pretty-ms`: it writes "500ms" and "1h 5s".

/**
 * Milliseconds from a duration such as `45m`, `1h30m`, `90s`, `1h 30m` or `2d`: whole numbers, each with one of the units
 * s, m, h and d in either case, added up. Node's timers take at most 24.8 days (2^31 - 1 ms) at a time.
 *
 * @throws {Error} When the text is anything else, zero, or longer than 35 days, with a message that shows how to write it.
 */
export function parseDuration(text: string): number {
  const written = text.trim();
  const said = shown(JSON.stringify(written), 60);
  if (/^[1-9]\d{0,9}$/.test(written)) {
    throw new Error(`${said} has no unit: write "${written}m" for minutes or "${written}s" for seconds`);
  }
  const apart = written.replace(/([smhd])(\d)/gi, '$1 $2');
  const parts = apart.split(/\s+/).map((part) => /^(\d+)([smhd])$/i.exec(part));
  const total = parts.reduce((sum, part) => sum + Number(part?.[1]) * unitLength(part?.[2]), 0);
  if (Number.isNaN(total)) {
    throw new Error(`${said} is not a duration: write whole numbers with the units s, m, h or d, such as ${EXAMPLES}`);
  }
  if (total === 0) throw new Error(`${said} is no time at all: write a duration longer than zero, such as ${EXAMPLES}`);
  if (total > LONGEST) throw new Error(`${said} is longer than 35 days, which no workflow run is: write at most "35d"`);
  return total;
}

/** `0:00`, `1:12`, `1:02:03`: whole seconds, rounded down, for the times at the start of log lines. */
export function formatClock(ms: number): string {
  const { hours, minutes, seconds } = split(ms);
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** `45s`, `1m 30s`, `1h 2m`, `2d 3h`: the two largest units, rounded down, for sentences. {@link parseDuration} reads it. */
export function formatDuration(ms: number): string {
  const { hours, minutes, seconds } = split(ms);
  const amounts = [
    { amount: Math.floor(hours / 24), unit: 'd' },
    { amount: hours % 24, unit: 'h' },
    { amount: minutes, unit: 'm' },
    { amount: seconds, unit: 's' },
  ];
  const first = amounts.findIndex(({ amount }) => amount > 0);
  if (first === -1) return '0s';
  const shown = amounts.slice(first, first + 2).filter(({ amount }) => amount > 0);
  return shown.map(({ amount, unit }) => `${amount}${unit}`).join(' ');
}

/** The same of a time that was measured, rounded to the nearest second. */
export function formatAbout(ms: number): string {
  return formatDuration(Math.round(ms / SECOND) * SECOND);
}

const EXAMPLES = '"45m", "1h30m" or "90s"';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// A workflow run ends after 35 days: https://docs.github.com/actions/reference/limits
const LONGEST = 35 * DAY;

function unitLength(unit: string | undefined): number {
  switch (unit?.toLowerCase()) {
    case 's':
      return SECOND;
    case 'm':
      return MINUTE;
    case 'h':
      return HOUR;
    case 'd':
      return DAY;
    default:
      return Number.NaN;
  }
}

function split(ms: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, ms);
  return {
    hours: Math.floor(whole / HOUR),
    minutes: Math.floor((whole % HOUR) / MINUTE),
    seconds: Math.floor((whole % MINUTE) / SECOND),
  };
}
