// Results for programs and for people: the same data as JSON or YAML, or a table made of it.
import type { OrderedJson } from '../text/json.ts';
import { spellJson } from '../text/json.ts';
import { writeYaml } from '../text/yaml-write.ts';
import type { Context } from './command.ts';
import { layOutJson } from './terminal/lay-out-json.ts';

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

/** Control characters that both formats let stand as they are, and marks that turn or hide what a terminal shows. */
const STEERING = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** JSON or YAML that says the same, and steers no terminal: only strings in quotes have such characters. */
export function escapeSteering(text: string): string {
  return text.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
