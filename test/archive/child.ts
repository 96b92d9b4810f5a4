/**
 * `node child.ts KIND ARCHIVE FOLDER [late]`: unpacks in a process of its own, as a step would, with whatever environment.
 * The last line says what came of it. With `late`, time is over as soon as the runner's program works.
 */
import { archiveKind } from '../../src/archive/kind.ts';
import { unpack } from '../../src/archive/unpack.ts';

const [name = '', archive = '', folder = '', late] = process.argv.slice(2);
const after = (_ms: number, action: () => void) => {
  if (late !== undefined) setImmediate(action);
  return () => {};
};
const { signal } = new AbortController();
const outcome = await unpack(archive, archiveKind(name) ?? 'zip', folder, { signal, clock: { after } }).then(
  (files) => ({ files: files.map(({ path }) => path) }),
  (error: Error) => ({ error: error.name, message: error.message }),
);
console.log(`\n${JSON.stringify(outcome)}`);
process.exit();
