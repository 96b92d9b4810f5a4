/**
 * What the service may send, parsed leniently: a field that is missing, null or of another type becomes `undefined`,
 * an unknown field is ignored. Source: the tables of docs.cyberun.cloud (Runtime API).
 */
import * as v from 'valibot';

/** Present and of this type, or `undefined`. */
function maybe<const T extends v.GenericSchema>(schema: T) {
  return v.fallback(v.optional(schema), undefined);
}

const text = v.string();
const number = v.pipe(v.number(), v.finite());
/** Every element that parses; the others are dropped. */
function each<const T extends v.GenericSchema>(schema: T) {
  return v.pipe(
    v.array(v.unknown()),
    v.transform((items) => items.flatMap((item) => (v.is(schema, item) ? [v.parse(schema, item)] : []))),
  );
}
/** The same, and none at all for what is no list. */
function listOf<const T extends v.GenericSchema>(schema: T) {
  return v.fallback(each(schema), []);
}

const parameterSchema = v.object({
  key: text,
  label: maybe(text),
  type: maybe(text),
  description: maybe(text),
  required: maybe(v.boolean()),
  default: v.optional(v.unknown()),
  min: maybe(number),
  max: maybe(number),
  options: maybe(v.array(v.unknown())),
  accept: maybe(v.array(text)),
});
/** One parameter that a workflow declares. */
export type WorkflowParameter = v.InferOutput<typeof parameterSchema>;

const workflowSchema = v.object({
  id: maybe(text),
  workflow_slug: maybe(text),
  display_name: maybe(text),
  version: maybe(v.union([text, number])),
  workflow_status: maybe(text),
  tool_type: maybe(text),
  required_labels: listOf(text),
  parameters: maybe(each(parameterSchema)),
  workflow_json: maybe(v.record(v.string(), v.unknown())),
});
/** A workflow; `parameters` is `undefined` when the service declares none at all. */
export type Workflow = v.InferOutput<typeof workflowSchema>;

const taskSchema = v.pipe(
  v.object({
    id: maybe(text),
    task_id: maybe(text),
    workflow_id: maybe(text),
    task_status: maybe(text),
    status: maybe(text),
    created_at: maybe(text),
    started_at: maybe(text),
    completed_at: maybe(text),
    task_error: maybe(text),
    retry_count: maybe(number),
    agent_id: maybe(text),
    gpu_type: maybe(text),
    source: maybe(text),
  }),
  // Documented as `task_status` for webhooks only; some replies say `status`.
  v.transform(({ task_id, status, ...task }) => ({
    ...task,
    id: task.id ?? task_id,
    task_status: task.task_status ?? status,
  })),
);
/** A task, as `GET /r/tasks/{taskId}` and the list of tasks show it. */
export type Task = v.InferOutput<typeof taskSchema>;

const agentSchema = v.object({
  agent_id: maybe(text),
  agent_status: maybe(text),
  agent_labels: listOf(text),
  running_count: maybe(number),
  gpu_capacity: maybe(number),
  sync_phase: maybe(text),
  sync_detail: maybe(text),
  sync_percent: maybe(number),
});
/** One GPU agent of the team. */
export type Agent = v.InferOutput<typeof agentSchema>;

const resultSchema = v.object({
  task_output: v.optional(v.unknown()),
  download_url: maybe(text),
  download_urls: maybe(v.record(v.string(), v.unknown())),
  expires_at: maybe(text),
  task_error: maybe(text),
});
/** What a task left behind, with freshly signed URLs: bearer secrets, never to be shown. */
export type TaskResult = v.InferOutput<typeof resultSchema>;

const uploadSchema = v.object({
  file_key: maybe(text),
  upload_url: maybe(text),
  upload_headers: v.optional(v.unknown()),
});

const eventSchema = v.object({
  task_id: maybe(text),
  status: maybe(text),
  task_status: maybe(text),
  timestamp: maybe(v.union([text, number])),
  progress: maybe(number),
  step_current: maybe(number),
  step_total: maybe(number),
  current_node: maybe(v.union([text, number])),
  stage: maybe(text),
  message: maybe(text),
  error: v.optional(v.unknown()),
  task_error: maybe(text),
});
/** The data of one event of the stream. */
export type EventData = v.InferOutput<typeof eventSchema>;

const pageSchema = v.object({
  workflow_list: maybe(v.array(v.unknown())),
  task_list: maybe(v.array(v.unknown())),
  agent_list: maybe(v.array(v.unknown())),
  page_meta: maybe(v.object({ current_page: maybe(number), per_page: maybe(number), total_count: maybe(number) })),
});

/** An object of any shape parsed as what it should be; anything but an object counts as an empty one. */
function lenient<const T extends v.GenericSchema>(schema: T) {
  return (value: unknown): v.InferOutput<T> => {
    const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
    return v.parse(schema, object);
  };
}

export const parseWorkflow = lenient(workflowSchema);
export const parseTask = lenient(taskSchema);
export const parseAgent = lenient(agentSchema);
export const parseResult = lenient(resultSchema);
export const parseUpload = lenient(uploadSchema);
export const parseEvent = lenient(eventSchema);
export const parsePage = lenient(pageSchema);

/** The id of a task that was just submitted, or `undefined` when the reply has none. */
export function parseSubmitted(value: unknown): string | undefined {
  const { id } = parseTask(value);
  // `.` and `..` would be resolved away in a URL's path, percent-encoded or not (WHATWG URL, section 4.4).
  return id === undefined || /^[.\s]*$/.test(id) ? undefined : id;
}
