// Results for programs and for people: the same data as JSON or YAML, or a table made of it.
import type { OrderedJson } from '../text/json.ts';
import { spellJson } from '../text/json.ts';
import { writeYaml } from '../text/yaml-write.ts';
import type { Context } from './context.ts';

/** Prints data as `--output` asks, and calls `human` where a person reads it. */
export function print(context: Context, data: OrderedJson, human: () => string): void {
  const { output, stdout } = context;
  if (output === 'json') stdout.write(`${indented(data)}\n`);
  else if (output === 'yaml') stdout.write(`---\n${writeYaml(data)}`);
  else stdout.write(human());
}

/** JSON with two blanks of indentation, for people who look at it all the same. */
export function indented(data: OrderedJson): string {
  return JSON.stringify(JSON.parse(spellJson(data)), undefined, 2);
}
