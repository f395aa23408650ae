// cdictl help: the help of a command, or of the whole program.
import type { Run } from '../command.ts';
import { COMMANDS } from '../commands.ts';
import { commandHelp, overview } from '../help.ts';
import { findByName, unknownCommand } from '../names.ts';

/** Shows help. */
export const run: Run = ({ stdout }, { operands }) => {
  if (operands.length === 0) {
    stdout.write(overview(COMMANDS));
    return 0;
  }
  const name = operands.join(' ');
  const family = COMMANDS.filter((command) => command.name.startsWith(`${name} `));
  const found = findByName(name);
  if (found === undefined && family.length === 0) throw unknownCommand(operands);
  stdout.write([...(found === undefined ? family : [found])].map(commandHelp).join('\n'));
  return 0;
};
