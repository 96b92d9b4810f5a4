/** The embedded service in a process of its own, so that a benchmark measures the client alone. Prints its addresses. */
import { textToImage } from '../emulator/catalogue.ts';
import { startEmulator } from '../emulator/emulator.ts';

const bytes = Number(process.argv[2] ?? 1024 ** 3);
const files = Number(process.argv[3] ?? 1);
const outputs = Array.from({ length: files }, (_, index) => ({
  output: index === 0 ? 'file' : `file-${index}`,
  name: 'large.bin',
  bytes: { bytes, seed: 1 },
}));
const large = {
  ...textToImage,
  workflow_slug: 'large',
  parameters: [],
  behaviour: { steps: 1, outputs },
};
const emulator = await startEmulator({ workflows: [large] });
console.log(JSON.stringify({ apiUrl: emulator.apiUrl, apiKey: emulator.apiKey }));
