// What a command of cdictl is: its words, its options, its examples, where its work is done, and with what.
import type { SpecHost } from '../host/host.ts';
import type { LoadedSettings } from '../settings/combine.ts';
import type { Terminal } from './terminal/terminal.ts';

/** An option: a flag, or one with a value. */
export interface Option {
  /** without the dashes */
  readonly name: string;
  readonly short?: string;
  /** what other programs call it; where another option has that name, it is not this one */
  readonly aliases?: readonly string[];
  /** what stands for the value in help, in capitals; absent: the option is a flag */
  readonly value?: string;
  /** the values that it takes, where they are few */
  readonly choices?: readonly string[];
  /** whether it may be given more than once */
  readonly repeats?: boolean;
  readonly summary: string;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** How many operands a command takes. */
export interface Operands {
  /** as help shows them: `NAME...` */
  readonly shown: string;
  readonly least: number;
  readonly most: number;
}

/** 0 fine, 1 failed, 2 wrong usage, 3 findings. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The words of a command line after the command's own, as its options read them. */
export interface Arguments {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  /** the value of an option that is given at most once */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

export type Run = (context: Context, given: Arguments) => ExitCode | Promise<ExitCode>;

export interface Command {
  /** one word, or two: `config show` */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** what help says besides: sentences, which it puts together and breaks again */
  readonly details?: readonly string[];
  readonly operands?: Operands;
  readonly options?: readonly Option[];
  readonly examples: readonly Example[];
  /** left out of help and of completions */
  readonly hidden?: boolean;
  /** imported only when the command is called, so that the others start fast */
  readonly load: () => Promise<Run>;
}

/** Commands that belong together. */
export interface CommandGroup {
  readonly title: string;
  /** the command whose first example stands for all of them */
  readonly shown: string;
  readonly commands: readonly Command[];
}

export type OutputFormat = 'table' | 'json' | 'yaml';

/** Everything of the process that a command line meets. */
export interface World {
  readonly host: SpecHost;
  /** where documents of the command line are, if not on the host that is looked at */
  readonly documents?: SpecHost | undefined;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** of the cdictl that runs */
  readonly version: string;
}

export interface Context extends World {
  /** what was given before and after the command's name */
  readonly given: Arguments;
  /** all there are, for those who tell of them */
  readonly groups: readonly CommandGroup[];
  readonly output: OutputFormat;
  readonly quiet: boolean;
  /** @throws {CdiError} as `loadSettings` */
  settings(): LoadedSettings;
  /** Directories of specs: those of the command line, else those of the settings. */
  specDirs(): readonly string[];
  /**
   * All of standard input.
   *
   * @param most bytes
   * @throws {CdiError} CANNOT_READ
   */
  stdin(most: number): string;
}
