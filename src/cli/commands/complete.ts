// cdictl __complete: what the last of some words may become, a line each; for the scripts of `completion`.
import { findWaitingOption, GLOBAL_OPTIONS, listOptions, readArguments } from '../arguments.ts';
import type { Command, Context, Option, Run } from '../command.ts';
import type { Container } from '../containers/container.ts';
import { createContext } from '../context.ts';
import { listShown } from '../help.ts';
import type { SpecView } from '../look.ts';
import { findByName, findCommand, listFamily } from '../names.ts';
import { escapeCell } from '../terminal/cell.ts';
import { UsageError } from '../usage-error.ts';

/** A word, and what it is. */
type Candidate = readonly [word: string, summary: string];

interface Found {
  readonly candidates: readonly Candidate[];
  /** what the shell has of its own for this place */
  readonly also?: 'files' | 'directories' | undefined;
}

const NOTHING: Found = { candidates: [] };

/** Prints a word and, behind a tabulator, what it is; at the end `:files` or `:directories`, where those will do. */
export const run: Run = async (context, { operands }): Promise<0> => {
  const last = operands.at(-1) ?? '';
  const { candidates, also } = await findCandidates(context, operands.slice(0, -1), last);
  for (const [word, summary] of new Map(candidates))
    if (word.startsWith(last)) context.stdout.write(`${word}\t${escapeCell(summary)}\n`);
  if (also !== undefined) context.stdout.write(`:${also}\n`);
  return 0;
};

async function findCandidates(context: Context, words: readonly string[], last: string): Promise<Found> {
  const commands = listCommands(context);
  const { command, rest, before } = findCommand(commands, words, GLOBAL_OPTIONS);
  const options = listOptions(command);
  const waiting = findWaitingOption(words.at(-1) ?? '', options);
  if (waiting !== undefined) return await listValues(readContext(context, rest.slice(0, -1), options), waiting);
  if (last.startsWith('--') && last.includes('=')) {
    const name = last.slice(0, last.indexOf('='));
    const option = options.find((one) => name === `--${one.name}`);
    const values = option === undefined ? NOTHING : await listValues(readContext(context, rest, options), option);
    return { candidates: values.candidates.map(([value, summary]) => [`${name}=${value}`, summary]) };
  }
  const names = options.map((option): Candidate => [`--${option.name}`, option.summary]);
  if (last.startsWith('-')) return { candidates: names };
  if (command === undefined) return { candidates: listCommandWords(commands, words.slice(before)) };
  const seen = readContext(context, rest, options);
  const given = seen.given.operands;
  const tokens = (command.operands?.shown ?? '').split(' ');
  if (given.length >= (command.operands?.most ?? 0)) return { candidates: names };
  return await expandOperand(seen, tokens[given.length] ?? tokens.at(-1) ?? '', given);
}

function listCommands({ groups }: Context): readonly Command[] {
  return groups.flatMap(({ commands }) => commands);
}

/** What a command line that is not complete yet says already, of spec directories and the like. */
function readContext(context: Context, words: readonly string[], options: readonly Option[]): Context {
  try {
    return createContext(readArguments(words, options, ''), context.groups, context);
  } catch (error) {
    if (error instanceof UsageError) return context;
    throw error;
  }
}

async function listValues(context: Context, { choices, value = '' }: Option): Promise<Found> {
  return choices === undefined
    ? await expandOperand(context, value, [])
    : { candidates: choices.map((word) => [word, '']) };
}

/** First words of commands, or second words of a family. */
function listCommandWords(commands: readonly Command[], words: readonly string[]): readonly Candidate[] {
  const shown = listShown(commands);
  const [first] = words;
  if (words.length > 1) return [];
  if (first !== undefined)
    return listFamily(shown, first).map(({ name, summary }) => [name.slice(first.length + 1), summary]);
  return shown.map(({ name, summary }): Candidate => {
    const [word = ''] = name.split(' ');
    const family = listFamily(shown, word).map((one) => one.name.slice(word.length + 1));
    return [word, findByName(shown, word) === undefined ? family.join(', ') : summary];
  });
}

/** What the words in capitals stand for that help shows for operands and values. Each loads what it needs. */
const MEANINGS: Readonly<
  Record<string, (context: Context, given: readonly string[]) => readonly Candidate[] | Promise<readonly Candidate[]>>
> = {
  COMMAND: (context, given) => listCommandWords(listCommands(context), given),
  DEVICE: async (context) => await listDevices(context),
  PATTERN: async (context) => [...(await listKinds(context)), ...(await listDevices(context))],
  VENDOR: async (context) => (await loadView(context)).scan.specs.map(({ vendor, path }): Candidate => [vendor, path]),
  FILTER: async (context) => {
    const { FILTERS } = await import('../devices/filter.ts');
    const kinds = await listKinds(context);
    return FILTERS.flatMap((word): readonly Candidate[] =>
      word === 'kind=' ? kinds.map(([kind, path]) => [`${word}${kind}`, path]) : [[word, '']],
    );
  },
  KIND: async () => (await import('../../generate/generator.ts')).GENERATOR_IDS.map((id) => [id, '']),
  RULE: async () => (await import('../lint/rules.ts')).RULES.map(({ id, summary }) => [id, summary]),
  TARGET: async () => (await import('../../engines/targets.ts')).TARGET_NAMES.map((name) => [`${name}@`, '']),
  CHECK: async () => (await import('../doctor/checks.ts')).CHECKS.map(({ id, summary }) => [id, summary]),
  CODE: async () =>
    (await import('../pages.ts')).readSections('errors.md').map(({ title, summary }) => [title, summary]),
  'ENGINE:NAME': async () => {
    const { writeHandle } = await import('../containers/container.ts');
    return (await listContainers()).map((one) => [writeHandle(one), writeState(one)]);
  },
  CONTAINER: async () => {
    const { writeHandle } = await import('../containers/container.ts');
    return (await listContainers()).map((one) => [one.id, writeHandle(one)]);
  },
};

async function loadView(context: Context): Promise<SpecView> {
  return (await import('../look.ts')).loadSpecView(context);
}

async function listDevices(context: Context): Promise<readonly Candidate[]> {
  const { index } = await loadView(context);
  return [...index.devices.values()].map(({ name, file }) => [name, file.path]);
}

async function listKinds(context: Context): Promise<readonly Candidate[]> {
  return (await loadView(context)).scan.specs.map(({ spec, path }) => [spec.kind, path]);
}

async function listContainers(): Promise<readonly Container[]> {
  const { listRunning, listStopped } = await import('../containers/list-containers.ts');
  const { containers } = listRunning('');
  return [...containers, ...listStopped('', containers)];
}

function writeState({ id, state }: Container): string {
  return `${state === undefined ? 'stopped' : 'runs'}, ${id.slice(0, 12)}`;
}

/** What the shell knows itself. */
const OF_SHELL: Readonly<Record<string, Found['also']>> = {
  FILE: 'files',
  OCI: 'files',
  PATH: 'files',
  SCHEMA: 'files',
  DIR: 'directories',
};

/**
 * What every shell takes as it is. Names of containers, vendors and files may be anything, and bash puts a word into the
 * line unquoted: a backquote or a blank would run a command, a leading dash would be an option.
 */
const SAFE_WORD = /^(?!-)[\w%+,./:=@-]+$/;

/** As help shows it: `[DEVICE|-]...`; words in small letters stand for themselves, once each. */
async function expandOperand(context: Context, shown: string, given: readonly string[]): Promise<Found> {
  const alternatives = shown.replace(/[[\]]|,?\.\.\./g, '').split('|');
  const found = await Promise.all(
    alternatives.map(async (word): Promise<readonly Candidate[]> => {
      if (/^[a-z]/.test(word)) return [[word, '']];
      return Object.hasOwn(MEANINGS, word) ? ((await MEANINGS[word]?.(context, given)) ?? []) : [];
    }),
  );
  const [also] = alternatives
    .flatMap((word) => (Object.hasOwn(OF_SHELL, word) ? (OF_SHELL[word] ?? []) : []))
    .sort()
    .reverse();
  return { candidates: found.flat().filter(([word]) => SAFE_WORD.test(word) && !given.includes(word)), also };
}
