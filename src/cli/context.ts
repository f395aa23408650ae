// What every command works with: the machine, the settings, and where its output goes.
import type { SpecHost } from '../host/host.ts';
import type { LoadedSettings } from '../settings/load.ts';
import type { Arguments, Command } from './command.ts';
import type { Terminal } from './terminal.ts';

export type OutputFormat = 'table' | 'json' | 'yaml';

export interface Context {
  readonly host: SpecHost;
  /** what was given before and after the command's name */
  readonly given: Arguments;
  /** all there are, for those who tell of them */
  readonly commands: readonly Command[];
  readonly output: OutputFormat;
  readonly quiet: boolean;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** of the cdictl that runs */
  readonly version: string;
  /** @throws {CdiError} as `loadSettings` */
  settings(): LoadedSettings;
  /** Directories of specs: those of the command line, else those of the settings. */
  specDirs(): readonly string[];
  /** All of standard input. */
  stdin(): string;
}
