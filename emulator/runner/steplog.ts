import { commandName, type Masks, parseCommand } from './commands.ts';

/** A red, yellow or grey box on the run's page. `properties` are `file`, `line`, `col`... as they were given. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  message: string;
  title?: string;
  properties: Record<string, string>;
}

/** Takes a line of the log as it says it, and as the web log shows it: with SGR, where the action wrote that. */
export type OnLine = (line: string, coloured: string) => void;

/** What one process (main or post) has said so far, and what the runner made of it. Every field grows as lines come. */
export interface StepLog {
  /** What a person reads: masked, without commands; `Error: `, `Warning: `, `Notice: `; a group as `▸ title` and indented lines. */
  readonly lines: string[];
  /** stdout and stderr as they came, nothing masked, line ends kept; only the `add-mask` commands are left out. */
  readonly raw: () => string;
  readonly annotations: Annotation[];
  /** From `::set-output` and `::save-state` on stdout, which still work (and are a violation here). */
  readonly outputs: Record<string, string>;
  readonly state: Record<string, string>;
  /** What no careful action does: see `StepResult.violations` in runner.ts. */
  readonly violations: string[];
  /** One line of stdout or stderr, and what ended it. */
  receive(line: string, ending: string): void;
  /** Text of the runner's own. */
  show(text: string): void;
  /** An annotation of the runner's own. */
  annotate(level: Annotation['level'], message: string): void;
}

const KNOWN = [
  ...['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask', 'stop-commands', 'set-output'],
  ...['save-state', 'set-env', 'add-path', 'add-matcher', 'remove-matcher', 'echo'],
];

/** The commands which a careful action writes to stdout. Any other one there was probably put there by somebody else. */
const EXPECTED = ['error', 'warning', 'notice', 'debug', 'group', 'endgroup', 'add-mask'];

const LABELS = { error: 'Error', warning: 'Warning', notice: 'Notice' };

/**
 * The runner's reading of one process: executes the commands in its lines and keeps the rest as the web log shows it.
 * Problem matchers and `echo` have no effect here. `debug`: show `::debug::` text, as a run with debug logging does.
 * `onLine` is called with every new line of `lines`, and with the same line in its colours.
 */
export function createStepLog(options: { masks: Masks; debug: boolean; onLine: OnLine }): StepLog {
  const { masks, debug, onLine } = options;
  const known = new Set(KNOWN);
  const lines: string[] = [];
  const raw: string[] = [];
  const annotations: Annotation[] = [];
  const outputs: Record<string, string> = {};
  const state: Record<string, string> = {};
  const violations: string[] = [];
  let resumeToken: string | undefined;
  let inGroup = false;

  function show(text: string): void {
    for (const line of masks.hide(text).split(/\r\n|\n|\r/)) {
      // Colours are how the web log shows a line, and no part of what it says.
      const coloured = inGroup ? `  ${line}` : line;
      const shown = coloured.replace(COLOUR, '');
      lines.push(shown);
      onLine(shown, coloured);
    }
  }

  function annotate(level: Annotation['level'], message: string, properties: Record<string, string> = {}): void {
    const title = properties.title === undefined ? {} : { title: masks.hide(properties.title) };
    annotations.push({ level, message: masks.hide(message), ...title, properties });
    show(`${LABELS[level]}: ${message}`);
  }

  function receive(line: string, ending: string): void {
    if (ending === '\r') violations.push(`a bare carriage return ends the line: ${quote(line)}`);
    if (line.includes('##[')) violations.push(`'##[' in the line: ${quote(line)}`);
    const command = parseCommand(line, known);
    // A masked value is invisible only in its own command, which is where a secret belongs.
    if (resumeToken !== undefined || command?.name !== 'add-mask') raw.push(line + ending);
    if (command !== undefined && resumeToken === undefined) {
      checkText(command.data);
      execute(command.name, command.properties, command.data, line);
    } else if (command !== undefined && command.name === resumeToken) {
      known.delete(resumeToken);
      resumeToken = undefined;
      show(line);
    } else {
      checkText(line);
      if (command === undefined && commandName(line) !== undefined) violations.push(`unknown command: ${quote(line)}`);
      show(line);
    }
  }

  function execute(name: string, properties: Record<string, string>, data: string, line: string): void {
    if (!EXPECTED.includes(name)) violations.push(`a '${name}' command in the output: ${quote(line)}`);
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice':
        annotate(name, data, properties);
        break;
      case 'debug':
        if (debug) show(`##[debug]${data}`);
        break;
      case 'group':
        inGroup = false;
        show(`▸ ${data}`);
        inGroup = true;
        break;
      case 'endgroup':
        inGroup = false;
        break;
      case 'add-mask':
        if (data.trim() === '') annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
        else masks.add(data);
        break;
      case 'stop-commands': {
        const token = data.toLowerCase();
        if (token === '' || known.has(token)) refuse(line, 'Invalid stop-commands token.');
        else {
          show(line);
          known.add(token);
          resumeToken = token;
        }
        break;
      }
      case 'set-output':
      case 'save-state':
        if (properties.name === undefined) refuse(line, `Required field 'name' is missing in ##[${name}] command.`);
        else (name === 'set-output' ? outputs : state)[properties.name] = data;
        break;
      case 'set-env':
      case 'add-path':
        refuse(line, `The \`${name}\` command is disabled.`);
        break;
    }
  }

  function refuse(line: string, reason: string): void {
    annotate('error', `Unable to process command '${line}' successfully.`);
    annotate('error', reason);
  }

  function checkText(text: string): void {
    for (const line of text.split(/\r\n|\n/)) {
      if (ODD.test(line.replace(COLOUR, ''))) violations.push(`a control character in the line: ${quote(line)}`);
    }
  }

  return { lines, raw: () => raw.join(''), annotations, outputs, state, violations, receive, show, annotate };
}

/** Control characters, line separators and those which turn the direction of text; a tab is none of them. */
const ODD = /(?!\t)\p{Cc}|[\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** SGR, the one escape sequence which the web log renders. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

function quote(line: string): string {
  return JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}...` : line);
}
