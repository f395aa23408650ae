// Reads the words after a command by the command's own options; anything else is an error that names the nearest.
import { nearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import type { Arguments, Command, Option } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command, before or after its name. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  {
    name: 'spec-dirs',
    value: 'DIR,...',
    repeats: true,
    summary: 'directories of CDI specs, the last with the highest priority',
  },
  { name: 'config', value: 'FILE', summary: 'settings of the shim: this file alone, instead of the usual ones' },
  { name: 'output', short: 'o', value: 'FORMAT', choices: ['table', 'json', 'yaml'], summary: 'table, json or yaml' },
  { name: 'quiet', short: 'q', summary: 'say nothing that is not asked for' },
  { name: 'help', short: 'h', summary: 'show the help of the command' },
  { name: 'version', summary: 'show the version' },
];

/** Splits words into options and operands; `--` ends the options. */
export function readArguments(words: readonly string[], options: readonly Option[], of: string): Arguments {
  const operands: string[] = [];
  const given = new Map<string, string[]>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const spelt = equals < 0 ? word : word.slice(0, equals);
    const option = find(options, spelt, of);
    const glued = equals < 0 ? undefined : word.slice(equals + 1);
    if (option.value === undefined) {
      if (glued !== undefined) throw new UsageError(`option ${spelt} takes no value`, helpOf(of));
      given.set(option.name, ['']);
      continue;
    }
    const value = glued ?? words[++at];
    if (value === undefined) throw new UsageError(`option ${spelt} needs a value (${option.value})`, helpOf(of));
    checkChoice(option, spelt, value);
    const before = given.get(option.name) ?? [];
    if (before.length > 0 && option.repeats !== true)
      throw new UsageError(`option ${spelt} is given twice`, helpOf(of));
    given.set(option.name, [...before, value]);
  }
  return {
    operands,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.[0],
    values: (name) => given.get(name) ?? [],
  };
}

function find(options: readonly Option[], spelt: string, of: string): Option {
  const found = options.find(
    ({ name, short }) => spelt === `--${name}` || (short !== undefined && spelt === `-${short}`),
  );
  if (found !== undefined) return found;
  const known = options.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);
  throw new UsageError(`option ${quote(spelt)} is unknown`, nearestOr(spelt, known, of));
}

function checkChoice({ choices }: Option, spelt: string, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  throw new UsageError(
    `option ${spelt} is ${quote(value)}, which is none of ${choices.join(', ')}`,
    nearest(value, choices),
  );
}

/** @throws {UsageError} where there are too few operands, or too many */
export function checkOperands({ name, operands }: Command, given: readonly string[]): void {
  const { shown, least, most } = operands ?? { shown: '', least: 0, most: 0 };
  if (given.length < least) throw new UsageError(`${name} needs ${shown}`, helpOf(name));
  if (given.length <= most) return;
  const surplus = quote(given[most] ?? '');
  throw new UsageError(`${name} takes ${most === 0 ? 'no operands' : `only ${shown}`}, not ${surplus}`, helpOf(name));
}

function nearestOr(word: string, known: readonly string[], of: string): string {
  const near = nearest(word, known);
  return near?.startsWith('did you mean') ? near : helpOf(of);
}

export function helpOf(command: string): string {
  return `see cdictl ${command === '' ? '' : `${command} `}--help`;
}
