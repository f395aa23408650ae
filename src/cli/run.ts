// From a command line to an exit status: which command is meant, what it is given, and how its failure is told.
import { CdiError } from '../text/error.ts';
import { checkOperands, GLOBAL_OPTIONS, listOptions, readArguments } from './arguments.ts';
import type { ExitCode, World } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { createContext } from './context.ts';
import { HOST_ROOT } from './files/host-root.ts';
import { writeCommandHelp, writeGroups, writeHelp } from './help.ts';
import { findCommand, makeCommandError } from './names.ts';
import { findSnapshot, SNAPSHOT } from './snapshot/snapshot.ts';
import { UsageError } from './usage-error.ts';

/** Runs one command line, without the program's name. */
export async function run(words: readonly string[], world: World): Promise<ExitCode> {
  try {
    return await dispatch(words, world);
  } catch (error) {
    if (error instanceof UsageError) {
      world.stderr.write(`cdictl: ${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}\n`);
      return 2;
    }
    if (!(error instanceof CdiError)) throw error;
    world.stderr.write(`cdictl: ${error.message}\n`);
    // Programs have the code already, and people need not know where the pages are.
    if (world.stderr.isTerminal)
      world.stderr.write(`${world.stderr.style('dim', `more: cdictl errors ${error.code}`)}\n`);
    return 1;
  }
}

/** What may stand before the command: which host is meant. A root is written by an image, before what its users write. */
const EARLY_OPTIONS = [...GLOBAL_OPTIONS, HOST_ROOT, SNAPSHOT];

async function dispatch(words: readonly string[], world: World): Promise<ExitCode> {
  if (words.length === 0) {
    world.stdout.write(writeGroups(GROUPS));
    return 0;
  }
  const { command, rest } = findCommand(COMMANDS, words, EARLY_OPTIONS);
  const options = command === undefined ? EARLY_OPTIONS : listOptions(command);
  const given = readArguments(rest, options, command?.name ?? '');
  const { operands } = given;
  if (given.flag('help')) {
    world.stdout.write(command === undefined ? writeHelp(GROUPS, operands) : writeCommandHelp(command));
    return 0;
  }
  if (given.flag('version')) {
    const { writeVersions } = await import('./versions.ts');
    world.stdout.write(writeVersions(world.version, given));
    return 0;
  }
  if (command === undefined) {
    if (operands.length > 0) throw makeCommandError(COMMANDS, operands);
    throw new UsageError('a command is missing', 'see cdictl --help');
  }
  checkOperands(command, operands);
  const snapshot = findSnapshot(given);
  const work = await command.load();
  if (snapshot !== undefined) {
    const { lookAtSnapshot } = await import('./snapshot/look-at-snapshot.ts');
    return await lookAtSnapshot(snapshot, command, work, given, GROUPS, world);
  }
  return await work(createContext(given, GROUPS, world), given);
}
