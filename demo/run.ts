/**
 * Runs one step with the built action as GitHub's runner would, with whatever inputs it is given:
 * `npm run step -- --workflow text-to-image --parameters 'prompt: a cat'`. Every input of action.yml is an option.
 */
import { DEFAULT_KEY, startEmulator } from '../emulator/emulator.ts';
import { readAction } from '../emulator/runner/stepenv.ts';
import { beginWeather, WEATHER_USAGE, type Weather, weatherOptions } from '../emulator/weather.ts';
import { type Asked, readOptions } from './options.ts';
import { exitCodeOf, ROOT, type Service, say, showStep } from './step.ts';

const USAGE = `npm run step -- [options]

Every input of action.yml is an option, with its value: --parameters 'prompt: a cat' --dry-run true

  --workspace DIR   the folder to work in, which is left as it is (demo-outputs/, which is emptied at the start)
  --keep            demo-outputs/ is not emptied; with --reuse true neither
  --limit TIME      the step's timeout-minutes, such as 5m (6h, which is the job's)

Without --api-url, the embedded service is started for it. How that is then:

${WEATHER_USAGE}

The summary is in demo-outputs/.`;

async function main(): Promise<number> {
  const asked = readOptions(process.argv.slice(2), Object.keys(readAction(ROOT).inputs));
  if (asked.help) {
    say(USAGE);
    return 0;
  }
  if (asked.weather !== undefined) return runEmbedded(asked, asked.weather);
  const { 'api-url': apiUrl = '', 'api-key': apiKey = DEFAULT_KEY } = asked.inputs;
  return run(asked, { apiUrl, apiKey, name: apiUrl });
}

async function runEmbedded(asked: Asked, weather: Weather): Promise<number> {
  const options = { pace: { stepMs: 300, queueMs: 700 }, ...weatherOptions(weather) };
  // What --reuse knows is of one address.
  await using emulator = await startEmulator({ ...options, port: PORT }).catch(() => startEmulator(options));
  const over = new AbortController();
  void beginWeather(weather, emulator, over.signal);
  try {
    return await run(asked, emulator);
  } finally {
    over.abort();
  }
}

async function run({ inputs, workspace, keep, limit }: Asked, service: Service): Promise<number> {
  return exitCodeOf(await showStep(service, { with: inputs, timeoutMs: limit }, { folder: workspace, keep }));
}

const PORT = 8797;

process.exitCode = await main().catch((error: unknown) => {
  say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  return 1;
});
