import type { Clock } from '../src/base/clock.ts';
import { drawOf } from './draws.ts';
import type { Plan } from './plan.ts';
import { type Arrival, jsonReply, type Reply, textReply } from './requests.ts';
import { keyOf, resultOf } from './result.ts';
import type { SimulatedStorage } from './storage.ts';
import { createStreams, errorOf, toldOf } from './stream.ts';
import { createTask, type SimulatedTask, TERMINAL } from './task.ts';
import { wordOf } from './words.ts';

/** The simulated service: the Runtime API, answered at once. The network adds what goes wrong on the way. */
export interface SimulatedService {
  serve(arrival: Arrival): Reply;
  /** Every task that was ever made, in order. */
  readonly tasks: readonly SimulatedTask[];
  /** Makes a task as a submit would. */
  create(order: number): SimulatedTask;
}

export const WORKFLOW = 'simulated';
const WORKFLOW_ID = '0196f1c2-7d3e-7a4b-8c5d-000000000001';

export function createService(plan: Plan, clock: Clock, storage: SimulatedStorage): SimulatedService {
  const { service, seed } = plan;
  const tasks: SimulatedTask[] = [];
  const stamp = (at: number) => new Date(clock.date() - clock.now() + at + service.skew).toISOString();
  const streams = createStreams(service, clock, stamp);
  let reads = 0;
  let uploads = 0;

  function create(order: number): SimulatedTask {
    const id = `0196f1c2-7d3e-7a4b-8c5d-${String(tasks.length + 1).padStart(12, '0')}`;
    const script = plan.tasks[Math.min(order, plan.tasks.length - 1)] ?? plan.tasks[0];
    const before = tasks.filter((task) => task.order === order).length;
    const own = before < script.failFirst ? { ...script, ending: 'failed' as const } : script;
    const task = createTask(id, order, own, clock, streams.tell);
    tasks.push(task);
    script.outputs.forEach((output, index) => {
      storage.put(keyOf(task, index), output, order * 5 + index * 3);
    });
    return task;
  }

  /** The record as a replica knows it that is up to date as of then. */
  function record(task: SimulatedTask, asOf: number) {
    const turns = task.turns.filter(({ at }) => at <= asOf);
    const turn = turns.at(-1) ?? task.turns[0];
    const started = turns.findLast(({ status }) => status === 'running');
    const isOver = TERMINAL.includes(turn.status);
    return {
      turn,
      fields: {
        id: task.id,
        workflow_id: WORKFLOW_ID,
        task_status: wordOf(task, turn.status),
        created_at: stamp(task.createdAt),
        started_at: started && stamp(started.at),
        completed_at: isOver ? stamp(turn.at) : undefined,
        retry_count: turn.tries,
        agent_id: started && 'gpu-node-01',
        gpu_type: started && 'NVIDIA GeForce RTX 4090',
        task_error: errorOf(task, turn.status),
      },
    };
  }

  /** How far behind the replica is that answers this read. */
  function lag(): number {
    reads += 1;
    if (drawOf(seed, 'replica', reads) >= service.records.share) return 0;
    return service.records.lag * drawOf(seed, 'lag', reads);
  }

  function answerRecord(task: SimulatedTask): Reply {
    const { turn, fields } = record(task, clock.now() - lag());
    const told = toldOf(task, turn.status, TERMINAL.includes(turn.status));
    return jsonReply(200, fields, { told, stale: turn !== task.now() });
  }

  function answerResult(task: SimulatedTask): Reply {
    const { plan: script, endedAt } = task;
    if (endedAt === undefined || clock.now() < endedAt + script.resultDelay) {
      return jsonReply(script.resultEarly, { message: 'no result yet' });
    }
    const completed = task.now().status === 'completed';
    return jsonReply(200, {
      id: task.id,
      ...(completed ? resultOf(task, clock.now(), storage.sign) : { task_output: {}, download_urls: {} }),
      expires_at: stamp(clock.now() + service.urlLife),
      task_error: errorOf(task, task.now().status) ?? '',
    });
  }

  function answerSubmit(text: string): Reply {
    const { parameters } = JSON.parse(text) as { parameters: { number?: number } };
    const { id } = create(parameters.number ?? 0);
    return jsonReply(202, { task_id: id }, { told: { taskId: id, status: 'pending', end: false } });
  }

  function answerPresign(text: string): Reply {
    const { file_size } = JSON.parse(text) as { file_size: number };
    uploads += 1;
    const key = `inputs/${uploads}/photo.png`;
    storage.expect(key, file_size);
    const headers = { 'content-type': 'image/png', 'if-none-match': '*' };
    return jsonReply(200, { file_key: key, upload_url: storage.sign(key), upload_headers: headers });
  }

  function answerCancel(task: SimulatedTask): Reply {
    task.cancel(service.cancelTime);
    return jsonReply(200, true);
  }

  return {
    tasks,
    create,
    serve({ route, subject, text }) {
      if (route === 'workflow') return jsonReply(200, WORKFLOW_RECORD);
      if (route === 'workflows') return jsonReply(200, WORKFLOWS);
      if (route === 'submit') return answerSubmit(text);
      if (route === 'presign') return answerPresign(text);
      if (route === 'agents') return jsonReply(200, AGENTS);
      if (route === 'tasks') {
        const list = tasks.map((task) => record(task, clock.now()).fields).reverse();
        return jsonReply(200, { task_list: list, page_meta: { total_count: list.length } });
      }
      const task = tasks.find(({ id }) => id === subject);
      if (task === undefined) return textReply(404, 'application/json', '{"message":"no such task"}');
      if (route === 'task') return answerRecord(task);
      if (route === 'events') return streams.open(task);
      if (route === 'result') return answerResult(task);
      return answerCancel(task);
    },
  };
}

const WORKFLOW_RECORD = {
  id: WORKFLOW_ID,
  workflow_slug: WORKFLOW,
  display_name: 'Simulated',
  version: 3,
  required_labels: ['gpu'],
  parameters: [{ key: 'number', type: 'number', required: true }],
};

const WORKFLOWS = { workflow_list: [WORKFLOW_RECORD], page_meta: { total_count: 1 } };

const AGENTS = {
  agent_list: [{ agent_id: 'gpu-node-01', agent_status: 'busy', agent_labels: ['gpu'], running_count: 1 }],
  page_meta: { total_count: 1 },
};
