/** The path of a workflow: a UUID names it by id, anything else is a slug, or `slug@version`. */
export function workflowPath(reference: string): string {
  const name = encodeURIComponent(reference).replace('%40', '@');
  return UUID.test(reference) ? `/r/workflows/${name}` : `/r/workflows/slug/${name}`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
