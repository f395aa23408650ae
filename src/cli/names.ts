// Commands by their names: the one that is meant, and what is said about one that is not there.
import { nearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';
import type { Command } from './command.ts';
import { UsageError } from './usage-error.ts';

/** The command of a name or another name of it; undefined where there is none. */
export function findByName(commands: readonly Command[], name: string): Command | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name));
}

/** What to say to words that name no command. */
export function unknownCommand(commands: readonly Command[], [first = '', second]: readonly string[]): UsageError {
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (family.length > 0 && second === undefined) return new UsageError(`${first} needs one of ${family.join(', ')}`);
  const word = family.length > 0 ? `${first} ${second}` : first;
  const names = commands
    .filter((command) => command.hidden !== true)
    .flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const near = nearest(word, names);
  return new UsageError(
    `command ${quote(word)} is unknown`,
    near?.startsWith('did you mean') ? near : 'see cdictl --help',
  );
}
