// From a command line to an exit status: which command is meant, what it is given, and how its failure is told.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SpecHost } from '../host/host.ts';
import { loadSettings, SETTINGS_VARIABLE } from '../settings/load.ts';
import { CdiError } from '../text/error.ts';
import { checkOperands, GLOBAL_OPTIONS, readArguments } from './arguments.ts';
import type { Arguments, Command, ExitCode } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Context, OutputFormat } from './context.ts';
import { commandHelp, overview } from './help.ts';
import { HOST_ROOT } from './host-root.ts';
import { findByName, unknownCommand } from './names.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Everything of the process that a command line meets. */
export interface World {
  readonly host: SpecHost;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly version: string;
}

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
    return 1;
  }
}

async function dispatch(words: readonly string[], world: World): Promise<ExitCode> {
  const { command, rest } = findCommand(words);
  if (command === undefined) {
    const given = readArguments(rest, EARLY_OPTIONS, '');
    if (given.flag('version')) world.stdout.write(`cdictl ${world.version}\n`);
    else if (given.operands.length > 0) throw unknownCommand(COMMANDS, given.operands);
    else if (given.flag('help')) world.stdout.write(overview(COMMANDS));
    else throw new UsageError('a command is missing', 'see cdictl --help');
    return 0;
  }
  const given = readArguments(rest, [...(command.options ?? []), ...GLOBAL_OPTIONS], command.name);
  if (given.flag('help')) {
    world.stdout.write(commandHelp(command));
    return 0;
  }
  checkOperands(command, given.operands);
  const work = await command.load();
  return work(contextOf(given, world), given);
}

/** That of the image comes before whatever its users write. */
const EARLY_OPTIONS = [...GLOBAL_OPTIONS, HOST_ROOT];

/** The command is the first one or two operands; global options, and the host's root, may stand before it. */
function findCommand(words: readonly string[]): {
  readonly command: Command | undefined;
  readonly rest: readonly string[];
} {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) break;
    const option = EARLY_OPTIONS.find(({ name, short }) => word === `--${name}` || word === `-${short ?? ''}`);
    if (option?.value !== undefined) at++;
  }
  const [first = '', second = ''] = words.slice(at);
  const two = findByName(COMMANDS, `${first} ${second}`);
  if (two !== undefined) return { command: two, rest: [...words.slice(0, at), ...words.slice(at + 2)] };
  const one = findByName(COMMANDS, first);
  if (one !== undefined) return { command: one, rest: [...words.slice(0, at), ...words.slice(at + 1)] };
  return { command: undefined, rest: words };
}

function contextOf(given: Arguments, { host: machine, stdout, stderr, version }: World): Context {
  const config = given.value('config');
  // The shim takes the file's name from its environment; here the command line stands for it.
  const host: SpecHost =
    config === undefined
      ? machine
      : {
          ...machine,
          environment: (name) => (name === SETTINGS_VARIABLE ? resolve(config) : machine.environment(name)),
        };
  let loaded: ReturnType<typeof loadSettings> | undefined;
  const settings = (): ReturnType<typeof loadSettings> => {
    loaded ??= loadSettings(host);
    return loaded;
  };
  return {
    host,
    given,
    commands: COMMANDS,
    output: outputOf(given),
    quiet: given.flag('quiet'),
    stdout,
    stderr,
    version,
    settings,
    specDirs: () => {
      const directories = given
        .values('spec-dirs')
        .flatMap((list) => list.split(','))
        .filter((path) => path !== '');
      return directories.length > 0 ? directories.map((path) => resolve(path)) : settings().settings.specDirs;
    },
    stdin: () => readFileSync(0, 'utf8'),
  };
}

function outputOf(given: Arguments): OutputFormat {
  const format = given.value('output');
  return format === 'json' || format === 'yaml' ? format : 'table';
}
