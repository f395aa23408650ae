// From a command line to what every command works with.
import { resolve } from 'node:path';
import type { SpecHost } from '../host/host.ts';
import { type LoadedSettings, SETTINGS_VARIABLE } from '../settings/combine.ts';
import { loadSettings } from '../settings/load.ts';
import type { Arguments, CommandGroup, Context, OutputFormat, World } from './command.ts';
import { readStandardInput } from './files/standard-input.ts';
import { colourTerminal } from './terminal/terminal.ts';
import { UsageError } from './usage-error.ts';

/** What a command is given, with what the options of every command say. */
export function createContext(given: Arguments, groups: readonly CommandGroup[], world: World): Context {
  const host = chooseHost(given, world.host);
  let loaded: LoadedSettings | undefined;
  const settings = (): LoadedSettings => {
    loaded ??= loadSettings(host);
    return loaded;
  };
  const colour = given.value('color') ?? 'auto';
  return {
    ...world,
    stdout: colourTerminal(world.stdout, colour),
    stderr: colourTerminal(world.stderr, colour),
    host,
    given,
    groups,
    output: readOutput(given),
    quiet: given.flag('quiet'),
    settings,
    specDirs: () => readSpecDirs(given) ?? settings().settings.specDirs,
    stdin: readStandardInput,
  };
}

/** The shim takes the name of its settings file from its environment; here the command line stands for it. */
function chooseHost(given: Arguments, host: SpecHost): SpecHost {
  const config = given.value('config');
  if (config === undefined) return host;
  const path = resolve(config);
  return { ...host, environment: (name) => (name === SETTINGS_VARIABLE ? path : host.environment(name)) };
}

/** @throws {UsageError} for a list without a directory in it: what a variable left empty is no wish for the usual ones */
function readSpecDirs(given: Arguments): readonly string[] | undefined {
  const lists = given.values('spec-dirs');
  if (lists.length === 0) return undefined;
  const directories = lists.flatMap((list) => list.split(',')).filter((path) => path !== '');
  if (directories.length === 0) throw new UsageError('option --spec-dirs names no directory');
  return directories.map((path) => resolve(path));
}

function readOutput(given: Arguments): OutputFormat {
  const format = given.value('output');
  return format === 'json' || format === 'yaml' ? format : 'table';
}
