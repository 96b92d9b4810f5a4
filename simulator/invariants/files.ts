import { createHash } from 'node:crypto';
import { isContent } from '../content.ts';
import { keyOf } from '../result.ts';
import { FOLDER } from '../story.ts';
import type { SimulatedTask } from '../task.ts';
import type { Lived } from '../world.ts';
import { ordersOf } from './orders.ts';

const SUMS = 'SHA256SUMS';
const RECORD = 'cyberun-run.json';

/**
 * Files are whole, byte for byte one version of their object, or absent; nothing else is left behind; `SHA256SUMS` tells
 * the truth. Whatever is there, at whatever moment main was killed, the record beside it lists.
 */
export function checkFiles(lived: Lived): string[] {
  const { trace, service, told } = lived;
  const there = new Map([...lived.disk.files()].filter(([path]) => path.startsWith(FOLDER)));
  const isWhole = (bytes: Uint8Array, task: SimulatedTask, index: number) =>
    lived.storage.versionsOf(keyOf(task, index)).some(({ content, bytes: size }) => isContent(bytes, content, size));
  const reported = new Set<string>();
  const wrong = ordersOf(lived).flatMap(({ report, task }) =>
    report.files.flatMap(({ path, output, bytes, sha256 }) => {
      reported.add(path);
      const found = there.get(path);
      if (found === undefined || task === undefined) return [`${path} is reported, and not there`];
      if (!isWhole(found, task, Number.parseInt(output, 10))) return [`${path} is no version of its object`];
      if (found.byteLength !== bytes || digest(found) !== sha256) return [`${path} is not what was reported`];
      return [];
    }),
  );
  for (const [path, bytes] of there) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === RECORD) continue;
    if (!name.startsWith('.cyberun-') && !isRecorded(path, bytes, there)) wrong.push(`${path} is in no record`);
    if (name === SUMS) wrong.push(...checkSums(path, bytes, there));
    else if (name.startsWith('.cyberun-')) {
      if (trace.killedAt === undefined) wrong.push(`${path} is left behind`);
    } else if (!reported.has(path)) {
      const index = Number(/\d+/.exec(name)?.[0]);
      const known = told === undefined && service.tasks.some((task) => isWhole(bytes, task, index));
      if (!known) wrong.push(`${path} is there, and is no file of any report`);
    }
  }
  return wrong;
}

/** Every file beside or below the list is in it with its true digest, and nothing else. */
function checkSums(path: string, bytes: Uint8Array, there: ReadonlyMap<string, Uint8Array>): string[] {
  const folder = path.slice(0, -SUMS.length);
  const lines = Buffer.from(bytes)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((line) => {
    const file = there.get(folder + line.slice(66));
    if (file === undefined) return [`${path} lists ${line.slice(66)}, which is not there`];
    return digest(file) === line.slice(0, 64) ? [] : [`${path} has a wrong digest of ${line.slice(66)}`];
  });
}

/** Whether the record in its folder lists a file as it is. */
function isRecorded(path: string, bytes: Uint8Array, there: ReadonlyMap<string, Uint8Array>): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const record = there.get(folder + RECORD);
  if (record === undefined) return false;
  const { earlier, runDetails } = JSON.parse(Buffer.from(record).toString());
  const listed: { name: string; digest?: { sha256: string } }[] = [...earlier, ...runDetails.byproducts];
  const name = path.slice(folder.length);
  return listed.some((file) => file.name === name && file.digest?.sha256 === digest(bytes));
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
