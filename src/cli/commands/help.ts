// cdictl help: the help of a command, or of the whole program.
import type { Run } from '../command.ts';
import { writeHelp } from '../help.ts';

/** Shows help. */
export const run: Run = ({ stdout, groups }, { operands }) => {
  stdout.write(writeHelp(groups, operands));
  return 0;
};
