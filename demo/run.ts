/**
 * Runs one step with the built action as GitHub's runner would, with whatever inputs it is given:
 * `npm run step -- --workflow text-to-image --parameters 'prompt: a cat'`. Every input of action.yml is an option.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { startEmulator } from '../emulator/emulator.ts';
import { readAction } from '../emulator/runner/stepenv.ts';
import { beginWeather, readWeather, WEATHER_OPTIONS, WEATHER_USAGE, weatherOptions } from '../emulator/weather.ts';
import { exitCodeOf, ROOT, say, showStep } from './step.ts';

const { inputs } = readAction(ROOT);

const USAGE = `npm run step -- [options]

Every input of action.yml is an option, such as --workflow text-to-image --parameters 'prompt: a cat'.
Without --api-url, the embedded service is started for it. How that is then:

${WEATHER_USAGE}

Files and summary are in demo-outputs/.`;

async function main(): Promise<number> {
  const declared = Object.fromEntries(Object.keys(inputs).map((name) => [name, { type: 'string' }]));
  const options = { ...declared, ...WEATHER_OPTIONS, help: { type: 'boolean', short: 'h' } } as ParseArgsOptionsConfig;
  const { values } = parseArgs({ options });
  const { help, workflow, busy, fail, outage, slow } = values;
  if (help === true || workflow === undefined) {
    say(USAGE);
    return help === true ? 0 : 1;
  }
  const given = Object.entries(values).flatMap(([name, value]) =>
    Object.hasOwn(inputs, name) && typeof value === 'string' ? [[name, value]] : [],
  );
  const weather = readWeather({
    busy: String(busy),
    fail: String(fail),
    outage: String(outage),
    slow: slow === true,
  });
  const over = new AbortController();
  await using emulator = await startEmulator({ pace: { stepMs: 300, queueMs: 700 }, ...weatherOptions(weather) });
  void beginWeather(weather, emulator, over.signal);
  const result = await showStep(emulator, { with: Object.fromEntries(given) });
  over.abort();
  say('\nFiles, summary.md and summary.html are in demo-outputs/.');
  return exitCodeOf(result);
}

process.exitCode = await main().catch((error: unknown) => {
  say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  return 1;
});
