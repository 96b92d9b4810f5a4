/**
 * Whether a text looks like a task's id: it goes into paths of the API, outputs and other people's shells, so one of any
 * other form is none. (The service's are UUIDs, which is not documented.)
 */
export function isTaskId(text: string): boolean {
  return /^[\w-]{1,128}$/.test(text);
}
