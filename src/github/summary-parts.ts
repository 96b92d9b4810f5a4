import prettyBytes from 'pretty-bytes';
import { formatClock } from '../base/durations.ts';
import { amount, type Inert, inert } from '../base/inert.ts';
import type { Mapping } from '../base/mapping.ts';
import { gpuSeconds, sparedSeconds, type TaskReport } from '../files/report.ts';
import { commonParameters } from '../matrix/plan.ts';
import type { Attaching } from '../release/attach.ts';
import type { Reuse } from '../task/followed.ts';
import { bullets, code, folded, lines, parameterLines, shownValue, span, table, whole } from './markdown.ts';

/** What the summary says of the run as a whole. Strings are foreign. */
export interface SummaryHead {
  /** What people call it. */
  readonly workflow: string;
  /** What the service calls it, such as `shop-hero@3`, where that is known. */
  readonly reference: string | undefined;
  readonly host: string;
  /** Which share of a matrix it is, if it is one. */
  readonly share?: Inert | undefined;
  /** What else there is to know of it. */
  readonly note?: Inert | undefined;
  /** What the log warned of, also later than this was made. */
  readonly warnings?: readonly Inert[] | undefined;
  /** The release that files are to be attached to, if any. */
  readonly release?: Inert | undefined;
}

const MARK: Record<TaskReport['status'], string> = {
  completed: '✅',
  submitted: '🚀',
  planned: '📝',
  failed: '❌',
  cancelled: '🚫',
  'timed-out': '⏰',
};

/** The mark of a status, of a task or of all of them. */
export function markOf(ended: Pick<TaskReport, 'status' | 'problem'>): string {
  return MARK[seenAs(ended)];
}

/** As what people see it: a task may have completed, or go on, and the step fail all the same. */
export function seenAs({ status, problem }: Pick<TaskReport, 'status' | 'problem'>): TaskReport['status'] {
  if (problem === undefined || (status !== 'completed' && status !== 'submitted')) return status;
  return problem.kind === 'aborted' || problem.kind === 'sibling' ? 'cancelled' : 'failed';
}

/** What it is the summary of, and what came of it, in words. */
export function headline(mark: string, { workflow, reference }: Title, outcome: string): string {
  const also = reference === undefined || reference === workflow ? '' : ` (${span(reference)})`;
  return `### ${mark} ${span(workflow)}${also}: ${outcome}`;
}

type Title = Pick<SummaryHead, 'workflow' | 'reference'>;

/** Facts beside one another, in one line; those that are not known are left out. */
export function oneLine(facts: readonly (string | undefined)[]): string {
  const line = facts.filter((fact) => fact !== undefined && fact !== '').join(' · ');
  return line.charAt(0).toUpperCase() + line.slice(1);
}

/** `130 GPU seconds, 93 spared by reuse`; `undefined` where nothing ran at any time. */
export function gpuFact(reports: readonly TaskReport[]): string | undefined {
  const [spent, spared] = [gpuSeconds(reports), sparedSeconds(reports)];
  if (spent + spared === 0) return undefined;
  return `${amount(spent, 'GPU second')}${spared === 0 ? '' : `, ${spared} spared by reuse`}`;
}

/** `4 files, 1.2 MB`; `undefined` where there are none. */
export function filesFact(files: TaskReport['files']): string | undefined {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return files.length === 0 ? undefined : `${amount(files.length, 'file')}, ${prettyBytes(bytes)}`;
}

/** What else may be wrong, so that a green mark says no more than it knows. */
export function warnings({ warnings = [] }: Pick<SummaryHead, 'warnings'>): string {
  const items = bullets(warnings, (text) => `⚠️ ${whole(text)}`);
  return warnings.length > FEW ? folded(`⚠️ ${amount(warnings.length, 'warning')}`, [items]) : items;
}

const FEW = 3;

/** Facts below one another, each with its name; those that are not known are left out. */
export function factList(facts: readonly (readonly [string, string | undefined])[]): string {
  return bullets(
    facts.filter(([, fact]) => fact !== undefined && fact !== ''),
    ([name, fact]) => `${name}: ${fact}`,
  );
}

/** Enough of a task's id to tell it from the others of a run; all of one that is no UUID, as half of it may be of a secret. */
export function shortId(taskId: string): string {
  return UUID.test(taskId) ? taskId.slice(0, 8) : taskId;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `gpu-node-01` (`RTX 4090`). */
export function agentOf({ agentId, gpuType }: TaskReport): string {
  const gpu = code(gpuType ?? '');
  return agentId === undefined ? gpu : `${code(agentId)}${gpu === '' ? '' : ` (${gpu})`}`;
}

/** That a task was reused, and from when. */
export function reusedOf(reused: Reuse | undefined): string {
  return reused?.finishedOn === undefined ? 'reused' : `reused, of ${code(reused.finishedOn.replace(/T.*/, ''))}`;
}

/** What was spent then, and not now, is in parentheses. */
export function timeOf(ms: number | undefined, { reused }: Pick<TaskReport, 'reused'>): string | undefined {
  if (ms === undefined) return undefined;
  return reused === undefined ? formatClock(ms) : `(${formatClock(ms)})`;
}

/** Each file with its digest. */
export function digests(files: TaskReport['files'], nameOf: (file: TaskReport['files'][number]) => string): string {
  if (files.length === 0) return '';
  return folded(`Digests of ${amount(files.length, 'file')}`, [
    table(
      [
        ['File', (file) => code(nameOf(file))],
        ['Output', ({ output }) => code(output)],
        ['Size', ({ bytes }) => prettyBytes(bytes)],
        ['SHA-256', ({ sha256 }) => code(sha256)],
      ],
      files,
    ),
  ]);
}

/** So many rows are read at a glance; more are folded. */
export const GLANCE = 10;

/** A row an asset, each a link: GitHub made the names, and letters, digits and `._-` are all there is in them. */
export function attachedAssets(attaching: Attaching | undefined): string {
  const assets = attaching?.assets ?? [];
  const rows = table(
    [
      ['Release asset', ({ name, url }) => (LINK.test(url) ? `[${code(name)}](${url})` : code(name))],
      ['Size', ({ bytes }) => prettyBytes(bytes)],
    ],
    assets,
  );
  return assets.length > GLANCE ? folded(amount(assets.length, 'release asset'), [rows]) : rows;
}

/** An address that ends where Markdown thinks that it does, and is nothing else. */
const LINK = /^https?:\/\/[\w.~:/%+-]+$/;

/** An item an archive. */
export function unpackedArchives<T>(archives: readonly T[], render: (archive: T) => string): string {
  const items = bullets(archives, render);
  return archives.length > GLANCE ? folded(`${amount(archives.length, 'archive')} unpacked`, [items]) : items;
}

/** An item a try that failed and was followed by another. */
export function earlierTries<T>(tries: readonly T[], render: (one: T) => string): string {
  return folded(`Tried again: ${tries.length}`, [bullets(tries, render)]);
}

/** Why and how long a try failed. */
export function describeTry({ error, runTime }: TaskReport['tries'][number]): string {
  return runTime === undefined ? span(error) : `${span(error)} (ran ${formatClock(runTime)})`;
}

/** A line a parameter. */
export function parameters(values: Mapping, title = 'Parameters'): string {
  return folded(title, [parameterLines(values)]);
}

/** The parameters of several tasks: what all of them share, once; and what is a task's own, for its row. */
export function splitParameters(tasks: readonly Mapping[]) {
  const common = commonParameters(tasks);
  const isShared = ([key]: readonly [string, unknown]) => common.has(key);
  return {
    shared: Object.fromEntries(Object.entries(tasks[0] ?? {}).filter(isShared)),
    own(task: Mapping): string {
      const entries = Object.entries(task).filter((entry) => !isShared(entry));
      const more = entries.length - MOST_IN_ROW;
      const told = entries
        .slice(0, MOST_IN_ROW)
        .map(([key, value]) => code(inert`${key}: ${shownValue(value, LONGEST_IN_ROW)}`));
      return lines([...told, more > 0 ? `and ${more} more` : '']);
    },
  };
}

/** Parameters in a row; and of the value of one, UTF-16 code units. */
const MOST_IN_ROW = 20;
const LONGEST_IN_ROW = 200;
