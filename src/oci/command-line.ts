// What a runtime's command line asks for: the command, its bundle and its log.
import { cleanPath } from '../text/path.ts';
import { readArgp } from './argp.ts';
import { readClapCommand, readClapGlobals } from './clap.ts';
import { type Command, FAMILIES, type Family, findOptions, type Reader, type Reading } from './families.ts';
import { readGoFlags } from './go-flag.ts';
import { readUrfaveCommand, readUrfaveGlobals } from './urfave.ts';

export type { Family } from './families.ts';

/** How a line in a log file looks. */
export type LogFormat = 'text' | 'json';

/** A log file, relative to the working directory or absolute. */
export interface RuntimeLog {
  readonly file: string;
  readonly format: LogFormat;
}

/** A line that makes the runtime read a bundle; paths are relative to the working directory or absolute. */
export interface RuntimeCall {
  readonly command: Command;
  /** `.` is the working directory, and for runc and runsc the empty path, too; crun cannot open the empty path */
  readonly bundle: string;
  /** the config file that the runtime opens; empty when it opens none and fails */
  readonly config: string;
  readonly id: string;
  readonly logFile: string | undefined;
  readonly logFormat: LogFormat;
}

/** The family of a runtime, by the last part of its path. */
export function findFamily(runtimePath: string): Family {
  return findKnownFamily(runtimePath) ?? 'runc';
}

/** The same, but nothing for a name that says nothing. */
export function findKnownFamily(runtimePath: string): Family | undefined {
  const name = runtimePath.slice(runtimePath.lastIndexOf('/') + 1);
  return FAMILIES.find((family) => IN_NAMES[family].some((word) => name.includes(word)));
}

/** What only the names of such runtimes have in them: by their command lines, all others are taken for runc. */
const IN_NAMES: { readonly [family in Family]: readonly string[] } = {
  runc: ['runc'],
  crun: ['crun', 'krun'],
  youki: ['youki'],
  runsc: ['runsc'],
};

/**
 * Reads a line by the family's own grammar, without looking at the file system.
 * @param argv without the program's name
 * @returns undefined for every line that does not make the runtime go for a bundle: another command, help,
 * version, and all that the runtime refuses
 */
export function readCommandLine(family: Family, argv: readonly string[]): RuntimeCall | undefined {
  const globals = readGlobals(family, argv);
  const command = COMMANDS.find((name) => name === globals?.operands[0]);
  if (globals === undefined || command === undefined) return undefined;
  const options = findOptions(family, command);
  const reading = options && STYLES[family].command(options, globals.operands.slice(1));
  const [id, second, ...others] = reading?.operands ?? [];
  if (reading === undefined || id === undefined || others.length > 0) return undefined;
  // crun's restore counts to two
  if (second !== undefined && !(family === 'crun' && command === 'restore')) return undefined;
  if (family === 'crun' && !CRUN_FORMATS.includes(globals.values.get('log-format') ?? 'text')) return undefined;
  const { bundle, config } = readBundle(family, reading.values);
  const log = readLogFile(family, globals, bundle);
  const fails = family === 'crun' && isBadCrunLog(globals.values.get('log'));
  return { command, bundle, config: fails ? '' : config, id, logFile: log, logFormat: readLogFormat(globals) };
}

/**
 * The log file that a line of any command names, as far as its options before the command can be read.
 * @param argv without the program's name
 */
export function readLog(family: Family, argv: readonly string[]): RuntimeLog | undefined {
  const globals = readGlobals(family, argv);
  if (globals === undefined) return undefined;
  const call = readCommandLine(family, argv);
  const file = call === undefined ? readLogFile(family, globals, '.') : call.logFile;
  return file === undefined ? undefined : { file, format: readLogFormat(globals) };
}

/** Only the last one on a line counts, and only once the command begins: so they are no matter of its grammar. */
const CRUN_FORMATS: readonly string[] = ['text', 'json'];

const COMMANDS: readonly Command[] = ['create', 'run', 'restore'];

const STYLES: { readonly [family in Family]: { readonly globals: Reader; readonly command: Reader } } = {
  runc: { globals: readUrfaveGlobals, command: readUrfaveCommand },
  crun: { globals: readArgp, command: readArgp },
  youki: { globals: readClapGlobals, command: readClapCommand },
  runsc: { globals: readGoFlags, command: readGoFlags },
};

function readGlobals(family: Family, argv: readonly string[]): Reading | undefined {
  const options = findOptions(family, 'globals');
  return options && STYLES[family].globals(options, argv);
}

function readBundle(family: Family, values: ReadonlyMap<string, string>): { bundle: string; config: string } {
  const given = values.get('bundle') ?? '.';
  if (family === 'runsc') {
    const bundle = given === '' ? '.' : cleanPath(given);
    return { bundle, config: resolvePath(bundle, 'config.json') };
  }
  if (family === 'crun') {
    if (given === '') return { bundle: '', config: '' };
    const config = values.get('config');
    // only this very spelling is looked for in the bundle; others start from the working directory
    if (config !== undefined && config !== 'config.json') return { bundle: given, config };
  }
  return { bundle: given, config: resolvePath(given, 'config.json') };
}

/** Whether crun fails for want of a log: it looks at the last one when the command begins. */
function isBadCrunLog(log: string | undefined): boolean {
  if (log === undefined || log.startsWith('syslog:') || log.startsWith('journald:')) return false;
  return readCrunLogFile(log) === '';
}

/** The file that crun's log names; empty where it is none. */
function readCrunLogFile(log: string): string {
  if (!log.includes(':')) return log;
  return log.startsWith('file:') ? log.slice('file:'.length) : '';
}

function readLogFile(family: Family, globals: Reading, bundle: string): string | undefined {
  const log = globals.values.get('log');
  if (log === undefined || log === '') return undefined;
  if (family !== 'crun') return log;
  const file = readCrunLogFile(log);
  // crun opens it after it went to the bundle
  return file === '' || bundle === '' ? undefined : resolvePath(bundle, file);
}

function readLogFormat(globals: Reading): LogFormat {
  return globals.values.get('log-format') === 'json' ? 'json' : 'text';
}

function resolvePath(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '' || directory === '.') return path;
  return directory.endsWith('/') ? `${directory}${path}` : `${directory}/${path}`;
}
