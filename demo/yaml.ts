import { Document, Scalar } from 'yaml';

/** A step of a workflow file that uses the action with these inputs. Each is read back as the text that it is here. */
export function stepYaml(inputs: Readonly<Record<string, string>>): string {
  const values = Object.entries({ 'api-key': '', ...inputs }).map(([name, value]) => [name, scalarOf(name, value)]);
  const step = new Document([{ uses: 'cyberun/run@v1', with: Object.fromEntries(values) }]);
  return step.toString({ lineWidth: 0 }).replace(/\n$/, '').split('\n').map(indented).join('\n');
}

const SECRETS: Readonly<Record<string, string>> = { 'api-key': 'CYBERUN_API_KEY', 'github-token': 'GITHUB_TOKEN' };

function scalarOf(name: string, value: string): Scalar<string> {
  if (SECRETS[name] !== undefined) return new Scalar(`\${{ secrets.${SECRETS[name]} }}`);
  const scalar = new Scalar(value);
  const isBlock = name === 'parameters' || name === 'matrix' || value.includes('\n');
  if (!PLAIN.test(value) || value.trim() === '') scalar.type = Scalar.QUOTE_DOUBLE;
  else if (isBlock) scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

/** What may stand in a file as it is: no control characters, and no line separators that one parser of YAML reads otherwise than another. */
const PLAIN = /^(?:[^\p{C}\p{Zl}\p{Zp}]|[\t\n])*$/u;

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}
