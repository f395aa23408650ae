// cdictl __complete: what the last of some words may become, a line each; for the scripts of `completion`.
import { GENERATOR_IDS } from '../../generate/generator.ts';
import { findWaitingOption, GLOBAL_OPTIONS, readArguments } from '../arguments.ts';
import type { Command, Context, Option, Run } from '../command.ts';
import { createContext } from '../context.ts';
import { loadSpecView } from '../look.ts';
import { findCommand, listFamily } from '../names.ts';
import { UsageError } from '../usage-error.ts';

/** Prints the candidates; where a word is the name of a file, there are none, and the shell has its own. */
export const run: Run = (context, { operands }) => {
  const last = operands.at(-1) ?? '';
  const found = findCandidates(context, operands.slice(0, -1), last);
  for (const word of new Set(found)) if (word.startsWith(last)) context.stdout.write(`${word}\n`);
  return 0;
};

function findCandidates(context: Context, words: readonly string[], last: string): readonly string[] {
  const { command, rest, before } = findCommand(context.commands, words, GLOBAL_OPTIONS);
  const options = [...(command?.options ?? []), ...GLOBAL_OPTIONS];
  const waiting = findWaitingOption(words.at(-1) ?? '', options);
  if (waiting !== undefined) return listValues(readContext(context, rest.slice(0, -1), options), waiting);
  if (last.startsWith('--') && last.includes('=')) {
    const name = last.slice(0, last.indexOf('='));
    const option = options.find((one) => name === `--${one.name}`);
    const values = option === undefined ? [] : listValues(readContext(context, rest, options), option);
    return values.map((value) => `${name}=${value}`);
  }
  if (last.startsWith('-')) return options.map(({ name }) => `--${name}`);
  if (command === undefined) return listCommandWords(context.commands, words.slice(before));
  const seen = readContext(context, rest, options);
  const given = seen.given.operands;
  const tokens = (command.operands?.shown ?? '').split(' ');
  const values = expandOperand(seen, tokens[given.length] ?? tokens.at(-1) ?? '', given);
  return given.length < (command.operands?.most ?? 0) ? values : [];
}

/** What a command line that is not complete yet says already, of spec directories and the like. */
function readContext(context: Context, words: readonly string[], options: readonly Option[]): Context {
  try {
    return createContext(readArguments(words, options, ''), context.commands, context);
  } catch (error) {
    if (error instanceof UsageError) return context;
    throw error;
  }
}

function listValues(context: Context, { choices, value = '' }: Option): readonly string[] {
  return choices ?? expandOperand(context, value, []);
}

/** First words of commands, or second words of a family. */
function listCommandWords(commands: readonly Command[], words: readonly string[]): readonly string[] {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  const [first] = words;
  if (first === undefined) return shown.map(({ name }) => name.split(' ')[0] ?? '');
  return words.length > 1 ? [] : listFamily(shown, first).map(({ name }) => name.slice(first.length + 1));
}

/** What the words in capitals stand for that help shows for operands and values. */
const MEANINGS: Readonly<Record<string, (context: Context, given: readonly string[]) => Iterable<string>>> = {
  COMMAND: ({ commands }, given) => listCommandWords(commands, given),
  DEVICE: (context) => loadSpecView(context).index.devices.keys(),
  KIND: () => GENERATOR_IDS,
  VENDOR: (context) => loadSpecView(context).scan.specs.map(({ vendor }) => vendor),
};

/** As help shows it: `[DEVICE|-]...`; words in small letters stand for themselves, once each. */
function expandOperand(context: Context, shown: string, given: readonly string[]): readonly string[] {
  const alternatives = shown.replace(/[[\]]|\.\.\./g, '').split('|');
  const found = alternatives.flatMap((word): string[] => {
    if (/^[a-z]/.test(word)) return [word];
    return Object.hasOwn(MEANINGS, word) ? [...(MEANINGS[word]?.(context, given) ?? [])] : [];
  });
  return found.filter((word) => !given.includes(word));
}
