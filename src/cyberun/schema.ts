/**
 * What the service may send, parsed leniently: a field that is missing, null or of another type becomes `undefined`,
 * an unknown field is ignored. Source: the tables of docs.cyberun.cloud (Runtime API).
 */
import * as v from 'valibot';
import { digitsOf, sizeOf, WrittenNumber } from '../base/numbers.ts';
import { isTaskId } from '../base/task-id.ts';
import { errorText, failureText } from './error-text.ts';
import { readLabels, readOptions, readParameters, readTexts, type Tell } from './shapes.ts';

/** Present and of this type, or `undefined`. */
function maybe<const T extends v.GenericSchema>(schema: T) {
  return v.fallback(v.optional(schema), undefined);
}

const text = v.string();
/** What something is called, in UTF-16 code units at most: it is encoded, redacted and written in many places. */
const name = v.pipe(text, v.maxLength(1_000));
const numeral = v.union([v.number(), v.instance(WrittenNumber)]);
const number = v.pipe(numeral, v.transform(sizeOf), v.finite());
/** One of another form is none. */
const taskId = v.pipe(text, v.check(isTaskId));
const textOrNumber = v.union([
  name,
  v.pipe(
    numeral,
    v.transform((value) => (value instanceof WrittenNumber ? digitsOf(value) : value)),
  ),
]);

const parameterSchema = v.object({
  key: text,
  label: maybe(text),
  type: maybe(text),
  description: maybe(text),
  required: maybe(v.boolean()),
  default: v.optional(v.unknown()),
  min: maybe(
    v.pipe(
      numeral,
      v.check((value) => Number.isFinite(sizeOf(value))),
    ),
  ),
  max: maybe(
    v.pipe(
      numeral,
      v.check((value) => Number.isFinite(sizeOf(value))),
    ),
  ),
});
/** One parameter that a workflow declares. */
export interface WorkflowParameter extends v.InferOutput<typeof parameterSchema> {
  /** Plain values, or `{value, label}`. */
  readonly options: readonly unknown[] | undefined;
  readonly accept: readonly string[] | undefined;
}

const workflowSchema = v.object({
  id: maybe(name),
  workflow_slug: maybe(name),
  display_name: maybe(name),
  version: maybe(textOrNumber),
  workflow_status: maybe(name),
  tool_type: maybe(name),
  workflow_json: maybe(v.record(v.string(), v.unknown())),
});
/** A workflow. */
export interface Workflow extends v.InferOutput<typeof workflowSchema> {
  /** `undefined` where they cannot be read. */
  readonly required_labels: readonly string[] | undefined;
  /** `undefined` when the service declares none at all, or they cannot be read. */
  readonly parameters: readonly WorkflowParameter[] | undefined;
  /** Whether it has parameters that cannot be read, so that one that is not among the others may be one of them. */
  readonly hasUnread: boolean;
  /** What came in another shape than the documentation gives it, such as `required_labels (a text)`. Foreign text. */
  readonly odd: readonly string[];
}

/** A workflow from an object of any shape. */
export function parseWorkflow(value: unknown): Workflow {
  const odd: string[] = [];
  const tell = (what: string) => (shape: string) => void odd.push(`${what} (${shape})`);
  const raw = fieldsOf(value);
  const declared = readParameters(raw.parameters, tell('parameters'));
  const parameters = declared?.flatMap((fields) => parseParameter(fields, tell) ?? []);
  return {
    ...v.parse(workflowSchema, raw),
    required_labels: readLabels(raw.required_labels, tell('required_labels')),
    parameters,
    hasUnread: parameters?.length !== declared?.length,
    odd,
  };
}

function parseParameter(fields: Record<string, unknown>, tell: (what: string) => Tell): WorkflowParameter | undefined {
  if (typeof fields.key !== 'string') return undefined;
  const parameter = v.parse(parameterSchema, fields);
  return {
    ...parameter,
    options: readOptions(fields.options, tell(`options of ${parameter.key}`)),
    accept: readTexts(fields.accept, tell(`accept of ${parameter.key}`)),
  };
}

/** What the service says went wrong, as one text; ComfyUI's names are among those it may say it under. */
function failureOf(raw: Readonly<Record<string, unknown>>): string | undefined {
  const { task_error, error, exception_message, node_id, node_type, node_errors } = raw;
  const said = failureText(task_error) ?? failureText(error);
  return errorText({ error: said, exception_message, node_id, node_type, node_errors });
}

const taskSchema = v.pipe(
  v.object({
    id: maybe(taskId),
    task_id: maybe(taskId),
    workflow_id: maybe(name),
    task_status: maybe(name),
    status: maybe(name),
    created_at: maybe(textOrNumber),
    started_at: maybe(textOrNumber),
    completed_at: maybe(textOrNumber),
    retry_count: maybe(number),
    agent_id: maybe(name),
    gpu_type: maybe(name),
    source: maybe(name),
  }),
  // Documented as `task_status` for webhooks only; some replies say `status`.
  v.transform(({ task_id, status, ...task }) => ({
    ...task,
    id: task.id ?? task_id,
    task_status: task.task_status ?? status,
  })),
);
/** A task, as `GET /r/tasks/{taskId}` and the list of tasks show it. */
export type Task = v.InferOutput<typeof taskSchema> & Failure;

/** Of what may have gone wrong. */
interface Failure {
  readonly task_error?: string | undefined;
}

const agentSchema = v.object({
  agent_id: maybe(name),
  agent_status: maybe(name),
  agent_labels: v.pipe(
    v.optional(v.unknown(), null),
    v.transform((raw) => readLabels(raw, () => undefined) ?? []),
  ),
  running_count: maybe(number),
  gpu_capacity: maybe(number),
  sync_phase: maybe(name),
  sync_detail: maybe(name),
  sync_percent: maybe(number),
});
/** One GPU agent of the team. */
export type Agent = v.InferOutput<typeof agentSchema>;

const resultSchema = v.object({
  task_output: v.optional(v.unknown()),
  download_url: maybe(text),
  download_urls: maybe(v.record(v.string(), v.unknown())),
});
/** What a task left behind, with freshly signed URLs: bearer secrets, never to be shown. */
export type TaskResult = v.InferOutput<typeof resultSchema> & Failure;

const uploadSchema = v.object({
  file_key: maybe(text),
  upload_url: maybe(text),
  upload_headers: v.optional(v.unknown()),
});

const eventSchema = v.object({
  task_id: maybe(name),
  status: maybe(name),
  task_status: maybe(name),
  timestamp: maybe(textOrNumber),
  progress: maybe(number),
  step_current: maybe(number),
  step_total: maybe(number),
  current_node: maybe(textOrNumber),
  stage: maybe(name),
  message: maybe(text),
  // Of a `log`, where it has no message.
  text: maybe(text),
  output: v.optional(v.unknown()),
});
/** The data of one event of the stream. */
export type EventData = v.InferOutput<typeof eventSchema> & Failure;

const pageSchema = v.object({
  workflow_list: maybe(v.array(v.unknown())),
  task_list: maybe(v.array(v.unknown())),
  agent_list: maybe(v.array(v.unknown())),
  page_meta: maybe(v.object({ current_page: maybe(number), per_page: maybe(number), total_count: maybe(number) })),
});

/** An object of any shape parsed as what it should be. */
function lenient<const T extends v.GenericSchema>(schema: T) {
  return (value: unknown): v.InferOutput<T> => v.parse(schema, fieldsOf(value));
}

/** The same of one that may say what went wrong. */
function lenientWithFailure<const T extends v.GenericSchema<unknown, object>>(schema: T) {
  return (value: unknown): v.InferOutput<T> & Failure => {
    const raw = fieldsOf(value);
    return { ...v.parse(schema, raw), task_error: failureOf(raw) };
  };
}

/** Anything but an object counts as an empty one. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export const parseTask = lenientWithFailure(taskSchema);
export const parseAgent = lenient(agentSchema);
export const parseResult = lenientWithFailure(resultSchema);
export const parseUpload = lenient(uploadSchema);
export const parseEvent = lenientWithFailure(eventSchema);
export const parsePage = lenient(pageSchema);

/** The id of a task that was just submitted, or `undefined` when the reply has none, or one of another form. */
export function parseSubmitted(value: unknown): string | undefined {
  return parseTask(value).id;
}
