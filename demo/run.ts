/** Runs one step with the built action as GitHub's runner would, with whatever inputs it is given. */
import { builtInWorkflows } from '../emulator/catalogue.ts';
import { DEFAULT_KEY, startEmulator } from '../emulator/emulator.ts';
import { readAction } from '../emulator/runner/stepenv.ts';
import { beginWeather, WEATHER_USAGE, type Weather, weatherOptions } from '../emulator/weather.ts';
import { beginCommand, messageOf } from '../scripts/command.ts';
import { type Asked, readOptions } from './options.ts';
import { exitCodeOf, ROOT, type Service, showStep } from './step.ts';

const INPUTS = Object.keys(readAction(ROOT).inputs);

const SLUGS = [...new Set(builtInWorkflows.map(({ workflow_slug }) => workflow_slug))];

const USAGE = `npm run step -- [options]

Runs one step with the built action: npm run step -- --workflow text-to-image --parameters 'prompt: a cat' --dry-run true

Every input of action.yml is an option, with its value (README.md says what each means):

${wrapped(INPUTS.map((name) => `--${name}`))}

Of the step itself:

  --workspace DIR   the folder to work in, which is left as it is (demo-outputs/, which is emptied at the start); files that
                    inputs name are looked for there
  --keep            demo-outputs/ is not emptied; with --reuse true neither
  --limit TIME      the step's timeout-minutes, such as 5m (6h, which is the job's)

Without --api-url, the embedded service is started for it, with the workflows
${SLUGS.join(', ')}. How it is then:

${WEATHER_USAGE}

The summary is in demo-outputs/.`;

async function main(): Promise<number> {
  const asked = beginCommand(USAGE, () => readOptions(process.argv.slice(2), INPUTS));
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

/** Words in lines that a terminal has room for. */
function wrapped(words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    const line = `${lines.at(-1)}  ${word}`;
    if (line.length > 120) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines.join('\n');
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(`The step cannot run: ${messageOf(error)}`);
  return 1;
});
