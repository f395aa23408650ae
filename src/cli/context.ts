// What every command works with: the machine, the settings, and where its output goes.
import { resolve } from 'node:path';
import type { SpecHost } from '../host/host.ts';
import { type LoadedSettings, loadSettings, SETTINGS_VARIABLE } from '../settings/load.ts';
import type { Arguments, Command } from './command.ts';
import { standardInput } from './standard-input.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

type OutputFormat = 'table' | 'json' | 'yaml';

/** Everything of the process that a command line meets. */
export interface World {
  readonly host: SpecHost;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** of the cdictl that runs */
  readonly version: string;
}

export interface Context extends World {
  /** what was given before and after the command's name */
  readonly given: Arguments;
  /** all there are, for those who tell of them */
  readonly commands: readonly Command[];
  readonly output: OutputFormat;
  readonly quiet: boolean;
  /** @throws {CdiError} as `loadSettings` */
  settings(): LoadedSettings;
  /** Directories of specs: those of the command line, else those of the settings. */
  specDirs(): readonly string[];
  /**
   * All of standard input.
   *
   * @throws {CdiError} CANNOT_READ
   */
  stdin(): string;
}

/** What a command is given, with what the options of every command say. */
export function contextOf(given: Arguments, commands: readonly Command[], world: World): Context {
  const host = hostOf(given, world.host);
  let loaded: LoadedSettings | undefined;
  const settings = (): LoadedSettings => {
    loaded ??= loadSettings(host);
    return loaded;
  };
  return {
    ...world,
    host,
    given,
    commands,
    output: outputOf(given),
    quiet: given.flag('quiet'),
    settings,
    specDirs: () => specDirsOf(given) ?? settings().settings.specDirs,
    stdin: standardInput,
  };
}

/** The shim takes the name of its settings file from its environment; here the command line stands for it. */
function hostOf(given: Arguments, host: SpecHost): SpecHost {
  const config = given.value('config');
  if (config === undefined) return host;
  const path = resolve(config);
  return { ...host, environment: (name) => (name === SETTINGS_VARIABLE ? path : host.environment(name)) };
}

/** @throws {UsageError} for a list without a directory in it: what a variable left empty is no wish for the usual ones */
function specDirsOf(given: Arguments): readonly string[] | undefined {
  const lists = given.values('spec-dirs');
  if (lists.length === 0) return undefined;
  const directories = lists.flatMap((list) => list.split(',')).filter((path) => path !== '');
  if (directories.length === 0) throw new UsageError('option --spec-dirs names no directory');
  return directories.map((path) => resolve(path));
}

function outputOf(given: Arguments): OutputFormat {
  const format = given.value('output');
  return format === 'json' || format === 'yaml' ? format : 'table';
}
