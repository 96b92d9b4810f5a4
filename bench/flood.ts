/** A thousand events, as a stream has them. */
export const EVENTS = Array.from({ length: 1000 }, (_, index) => {
  const data = { task_id: 'bench', status: 'running', progress: index / 1000, message: `KSampler step ${index}` };
  return `event: progress\ndata: ${JSON.stringify(data)}\n\n`;
}).join('');
