// Results for programs and for people: the same data as JSON or YAML, or a table made of it.
import type { OrderedJson } from '../text/json.ts';
import { spellJson } from '../text/json.ts';
import { layOutJson } from '../text/lay-out-json.ts';
import { escapeSteering } from '../text/steering.ts';
import { writeYaml } from '../text/yaml-write.ts';
import type { Context } from './command.ts';

/** Prints data as `--output` asks, and calls `human` where a person reads it. */
export function print(context: Context, data: OrderedJson, human: () => string): void {
  const { output, stdout } = context;
  if (output === 'json') stdout.write(writeJsonText(data));
  else if (output === 'yaml') stdout.write(`---\n${writeYamlText(data)}`);
  else stdout.write(human());
}

/** JSON with a line for each member: people look at it all the same. */
function writeJsonText(data: OrderedJson): string {
  return escapeSteering(layOutJson(spellJson(data)));
}

/** YAML in block style. */
export function writeYamlText(data: OrderedJson): string {
  return escapeSteering(writeYaml(data));
}
