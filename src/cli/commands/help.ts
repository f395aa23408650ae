// cdictl help: the help of a command, or of the whole program.
import type { Run } from '../command.ts';
import { writeHelp } from '../help.ts';

/** Shows help. */
export const run: Run = ({ stdout, commands }, { operands }) => {
  stdout.write(writeHelp(commands, operands));
  return 0;
};
