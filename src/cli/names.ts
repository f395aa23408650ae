// Commands by their names: which one a command line means, and what is said about one that is not there.
import { quote } from '../text/quote.ts';
import { findWaitingOption, isOption } from './arguments.ts';
import type { Command, Option } from './command.ts';
import { suggestWord } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

/** The command of a name or another name of it; undefined where there is none. */
export function findByName(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name));
}

/** The commands of two words whose first this is. */
export function listFamily(commands: readonly Command[], first: string): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `));
}

export interface FoundCommand {
  readonly command: Command | undefined;
  /** all words but those of its name */
  readonly rest: readonly string[];
  /** how many of these stand before the name */
  readonly before: number;
}

/**
 * The command is the first one or two operands.
 *
 * @param early options that may stand before its name
 */
export function findCommand(
  commands: readonly Command[],
  words: readonly string[],
  early: readonly Option[],
): FoundCommand {
  let before = 0;
  for (; before < words.length; before++) {
    const word = words[before] ?? '';
    if (!isOption(word)) break;
    if (findWaitingOption(word, early) !== undefined) before++;
  }
  for (const count of [2, 1]) {
    const named = words.slice(before, before + count);
    const command = named.length < count ? undefined : findByName(commands, named.join(' '));
    if (command === undefined) continue;
    return { command, rest: [...words.slice(0, before), ...words.slice(before + count)], before };
  }
  return { command: undefined, rest: words, before };
}

/** What to say to words that name no command. */
export function makeCommandError(commands: readonly Command[], [first = '', second]: readonly string[]): UsageError {
  const family = listFamily(commands, first).map(({ name }) => name);
  if (family.length > 0 && second === undefined) return new UsageError(`${first} needs one of ${family.join(', ')}`);
  const word = family.length > 0 ? `${first} ${second}` : first;
  const shown = commands.filter((command) => command.hidden !== true);
  const names = shown.flatMap(({ name, aliases = [] }) => [name, ...aliases, ...name.split(' ').slice(0, -1)]);
  return new UsageError(
    `command ${quote(word)} is unknown`,
    suggestWord(word, family.length > 0 ? family : [...new Set(names)]) ?? 'see cdictl --help',
  );
}
