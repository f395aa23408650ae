// cdictl help: the help of a command, or of the whole program.
import type { Run } from '../command.ts';
import { commandHelp, overview } from '../help.ts';
import { findByName, unknownCommand } from '../names.ts';

/** Shows help. */
export const run: Run = ({ stdout, commands }, { operands }) => {
  if (operands.length === 0) {
    stdout.write(overview(commands));
    return 0;
  }
  const name = operands.join(' ');
  const family = commands.filter((command) => command.name.startsWith(`${name} `));
  const found = findByName(commands, name);
  if (found === undefined && family.length === 0) throw unknownCommand(commands, operands);
  stdout.write([...(found === undefined ? family : [found])].map(commandHelp).join('\n'));
  return 0;
};
