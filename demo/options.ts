import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { readWeather, WEATHER_OPTIONS, type Weather } from '../emulator/weather.ts';

/** What `npm run step` is to do. */
export interface Asked {
  /** Inputs of the action, as given. */
  readonly inputs: Readonly<Record<string, string>>;
  /** How the embedded service is; `undefined` where `--api-url` names another one. */
  readonly weather: Weather | undefined;
  /** The folder to work in; `undefined` is the default one. */
  readonly workspace: string | undefined;
  readonly keep: boolean;
  /** In milliseconds. */
  readonly limit: number;
}

/**
 * Reads the options of `npm run step`.
 *
 * @param names the inputs of action.yml, each of which is an option
 * @throws {Error} with what is wrong, in a line
 */
export function readOptions(args: string[], names: readonly string[]): Asked {
  const declared = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  const own = { workspace: { type: 'string' }, keep: { type: 'boolean' }, limit: { type: 'string', default: '6h' } };
  const options = { ...declared, ...WEATHER_OPTIONS, ...own } as ParseArgsOptionsConfig;
  const { values, tokens } = parseArgs({ args, options, tokens: true });
  const { busy, fail, outage, slow, files, bytes, workspace, limit } = values;
  const inputs = Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      names.includes(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const weather = {
    ...{ busy: String(busy), fail: String(fail), outage: String(outage), slow: slow === true },
    ...{ files: String(files), bytes: String(bytes) },
  };
  const asked = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const problem = problemOf(inputs, asked);
  if (problem !== undefined) throw new Error(problem);
  return {
    inputs,
    weather: inputs['api-url'] ? undefined : readWeather(weather),
    workspace: typeof workspace === 'string' ? workspace : undefined,
    keep: values.keep === true || inputs.reuse?.toLowerCase() === 'true',
    limit: readLimit(String(limit)),
  };
}

function problemOf(inputs: Readonly<Record<string, string>>, asked: readonly string[]): string | undefined {
  const { workflow, 'task-id': task, 'api-url': address } = inputs;
  if (!workflow && !task) return 'Say what to run with --workflow, or which task to follow with --task-id';
  if (!address && task) return '--task-id needs --api-url, such as that of npm run emulator: here is no task yet';
  const weather = asked.find((name) => Object.hasOwn(WEATHER_OPTIONS, name));
  if (address && weather !== undefined)
    return `--${weather} is about the embedded service, which --api-url does without: give it to npm run emulator`;
  return undefined;
}

/** GitHub ends a job after six hours, and a longer time would be more than a timer of Node takes. */
function readLimit(given: string): number {
  const [, count, unit = ''] = /^(\d+)([smh])$/.exec(given) ?? [];
  const limit = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (!(limit > 0 && limit <= 6 * HOUR)) throw new Error('--limit takes a time up to 6h, such as 5m');
  return limit;
}

const HOUR = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR };
