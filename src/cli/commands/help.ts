// cdictl help: the help of a command, or of the whole program.
import type { Run } from '../command.ts';
import { helpFor } from '../help.ts';

/** Shows help. */
export const run: Run = ({ stdout, commands }, { operands }) => {
  stdout.write(helpFor(commands, operands));
  return 0;
};
