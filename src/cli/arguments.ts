// Reads the words after a command by the command's own options; anything else is an error that names the nearest.
import minimist from 'minimist';
import { quote } from '../text/quote.ts';
import type { Arguments, Command, Option } from './command.ts';
import { suggestWord } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command, before or after its name. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  {
    name: 'spec-dirs',
    short: 'd',
    value: 'DIR,...',
    repeats: true,
    summary: 'directories of CDI specs, the last with the highest priority',
  },
  { name: 'config', value: 'FILE', summary: 'settings of the shim: this file alone, instead of the usual ones' },
  {
    name: 'output',
    short: 'o',
    aliases: ['format'],
    value: 'FORMAT',
    choices: ['table', 'json', 'yaml'],
    summary: 'table, json or yaml',
  },
  {
    name: 'color',
    aliases: ['colour'],
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    summary: 'auto (default), always or never; NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE count, too',
  },
  { name: 'quiet', short: 'q', summary: 'say nothing that is not asked for' },
  { name: 'help', short: 'h', summary: 'show the help of the command' },
  { name: 'version', summary: 'show the version' },
];

/** Those of a command, and those of every command that it has none of its own for. */
export function listOptions(command: Command | undefined): readonly Option[] {
  const own = command?.options ?? [];
  return [...own, ...GLOBAL_OPTIONS.filter((option) => own.every(({ name }) => name !== option.name))];
}

/**
 * Splits words into options and operands; `--` ends the options.
 *
 * @param of the command's name, for its help; empty for the program's
 * @throws {UsageError}
 */
export function readArguments(words: readonly string[], options: readonly Option[], of: string): Arguments {
  const string = ['_', ...options.map(({ name }) => name)];
  const { _: operands, ...given } = minimist(spellOut(words, options, of), { string });
  const values = (name: string): readonly string[] =>
    Object.hasOwn(given, name) ? [given[name]].flat().map(String) : [];
  return { operands, flag: (name) => values(name).length > 0, value: (name) => values(name)[0], values };
}

/** Every option as `--name=value`: that leaves minimist nothing to guess, neither where a value ends nor what it is. */
function spellOut(words: readonly string[], options: readonly Option[], of: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return [...out, ...words.slice(at)];
    if (!isOption(word)) out.push(word);
    for (const { option, spelled, glued } of isOption(word) ? readOptionWord(word, options) : []) {
      if (option === undefined) throw makeOptionError(spelled, options, of);
      const value = option.value === undefined ? glued : (glued ?? words[++at] ?? '');
      checkValue(option, spelled, value, of);
      const name = `--${option.name}=`;
      const isAgain = option.repeats !== true && out.some((one) => one.startsWith(name));
      if (isAgain && value !== undefined) throw new UsageError(`option ${spelled} is given twice`, pointToHelp(of));
      if (!isAgain) out.push(`${name}${value ?? ''}`);
    }
  }
  return out;
}

/** A single dash is an operand: standard input. */
export function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** The option of a word whose value is the next word. */
export function findWaitingOption(word: string, options: readonly Option[]): Option | undefined {
  if (!isOption(word)) return undefined;
  return readOptionWord(word, options).find(({ option, glued }) => option?.value !== undefined && glued === undefined)
    ?.option;
}

interface SpelledOption {
  readonly option: Option | undefined;
  readonly spelled: string;
  /** a value in the same word */
  readonly glued: string | undefined;
}

/** The options in one word: `--name`, `--name=value`, `-qo`, `-ojson`. */
function readOptionWord(word: string, options: readonly Option[]): readonly SpelledOption[] {
  if (word.startsWith('--')) {
    const [, spelled = word, glued] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const named = spelled.slice(2);
    const option =
      options.find(({ name }) => name === named) ?? options.find(({ aliases }) => aliases?.includes(named));
    return [{ option, spelled, glued }];
  }
  const found: SpelledOption[] = [];
  for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
    const option = options.find(({ short }) => short === rest[0]);
    // A word that was not meant as letters is told as it is.
    if (option === undefined) return [{ option, spelled: word, glued: undefined }];
    const after = rest.slice(1).replace(/^=/, '');
    const takesAfter = rest[1] === '=' || (option.value !== undefined && after !== '');
    found.push({ option, spelled: `-${rest[0]}`, glued: takesAfter ? after : undefined });
    if (takesAfter) break;
  }
  return found;
}

function checkValue({ value: shown, choices }: Option, spelled: string, value: string | undefined, of: string): void {
  if (shown === undefined && value !== undefined)
    throw new UsageError(`option ${spelled} takes no value`, pointToHelp(of));
  if (value === '') throw new UsageError(`option ${spelled} needs a value (${shown})`, pointToHelp(of));
  if (value === undefined || choices?.includes(value) !== false) return;
  const why = `option ${spelled} is ${quote(value)}, which is none of ${choices.join(', ')}`;
  throw new UsageError(why, suggestWord(value, choices));
}

function makeOptionError(spelled: string, options: readonly Option[], of: string): UsageError {
  // Of single letters each is near to each.
  const near = spelled.length > 2 ? suggestWord(spelled, [...options.map(({ name }) => `--${name}`)]) : undefined;
  return new UsageError(`option ${quote(spelled)} is unknown`, near ?? pointToHelp(of));
}

/** @throws {UsageError} where there are too few operands, or too many */
export function checkOperands({ name, operands }: Command, given: readonly string[]): void {
  const { shown, least, most } = operands ?? { shown: '', least: 0, most: 0 };
  if (given.length < least) throw new UsageError(`${name} needs ${shown}`, pointToHelp(name));
  if (given.length <= most) return;
  const surplus = quote(given[most] ?? '');
  throw new UsageError(
    `${name} takes ${most === 0 ? 'no operands' : `only ${shown}`}, not ${surplus}`,
    pointToHelp(name),
  );
}

/** Where to read how a command is written. */
function pointToHelp(command: string): string {
  return `see cdictl ${command === '' ? '' : `${command} `}--help`;
}
