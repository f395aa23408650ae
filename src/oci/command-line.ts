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
  /** the folder in which the runtime keeps the state of its containers, where the line names one */
  readonly root: string | undefined;
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
  for (let i = 0; i < WORDS.length; i++) if (name.indexOf(WORDS[i]?.word ?? '/') >= 0) return WORDS[i]?.family;
  return undefined;
}

/** What only the names of such runtimes have in them: by their command lines, all others are taken for runc. */
const IN_NAMES: { readonly [family in Family]: readonly string[] } = {
  runc: ['runc'],
  crun: ['crun', 'krun'],
  youki: ['youki'],
  runsc: ['runsc'],
};
const WORDS = FAMILIES.flatMap((family) => IN_NAMES[family].map((word) => ({ word, family })));

/**
 * Reads a line by the family's own grammar, without looking at the file system.
 * @param argv without the program's name
 * @returns undefined for every line that does not make the runtime go for a bundle: another command, help,
 * version, and all that the runtime refuses
 */
export function readCommandLine(family: Family, argv: readonly string[]): RuntimeCall | undefined {
  const line = readLine(family, argv);
  return line !== undefined && 'config' in line ? line : undefined;
}

/** A line that may make a runtime go for some bundle. */
export interface UnreadCall {
  readonly command: Command;
}

/** As `readCommandLine`, but for lines of the right command with something that its table does not have. */
export function readLine(family: Family, argv: readonly string[]): RuntimeCall | UnreadCall | undefined {
  const globals = readGlobals(family, argv);
  if (globals === 'prints' || globals === 'refuses') return undefined;
  // Which word is the command is then a guess, by the names that runtimes have for theirs.
  const word = globals === 'unknown' ? argv.find((name) => KNOWN_COMMANDS.includes(name)) : globals.operands[0];
  const command = COMMANDS.find((name) => name === word);
  if (command === undefined) return undefined;
  const options = findOptions(family, command);
  if (globals === 'unknown' || options === undefined) return { command };
  const reading = STYLES[family].command(options, globals.operands.slice(1));
  if (reading === 'unknown') return { command };
  if (reading === 'prints' || reading === 'refuses') return undefined;
  const { operands } = reading;
  const id = operands[0];
  if (id === undefined) return undefined;
  // crun's restore counts to two
  if (operands.length > (family === 'crun' && command === 'restore' ? 2 : 1)) {
    // runc takes what it does not know for an operand, where it stands behind one
    return family === 'runc' && operands.some((operand) => operand.startsWith('-')) ? { command } : undefined;
  }
  if (family === 'crun' && !CRUN_FORMATS.includes(globals.values.get('log-format') ?? 'text')) return { command };
  const { bundle, config } = readBundle(family, reading.values);
  const log = readLogFile(family, globals, bundle);
  const fails = family === 'crun' && isBadCrunLog(globals.values.get('log'));
  const root = globals.values.get('root');
  return { command, bundle, config: fails ? '' : config, id, root, logFile: log, logFormat: readLogFormat(globals) };
}

/** Whether a line makes the runtime tell what it can do. */
export function asksForFeatures(family: Family, argv: readonly string[]): boolean {
  const globals = readGlobals(family, argv);
  return typeof globals !== 'string' && globals.operands.length === 1 && globals.operands[0] === 'features';
}

/**
 * The documents that a line whose options are not known may be about, the likeliest first: in the working directory,
 * below every word and behind every equals sign; of crun also the value of `--config`.
 */
export function listPossibleConfigs(family: Family, argv: readonly string[]): readonly string[] {
  const values = argv.flatMap((word, at) => {
    const isOption = word.startsWith('-');
    const isOfConfig = isOption ? /^(?:--c|-f)/.test(word) : /^(?:--c[^=]*|-f)$/.test(argv[at - 1] ?? '');
    const value = !isOption ? word : (/^(?:[^=]*=|-[^-])(.*)$/s.exec(word)?.[1] ?? '');
    if (value === '') return [];
    return [resolvePath(value, 'config.json'), ...(family === 'crun' && isOfConfig ? [value] : [])];
  });
  return ['config.json', ...values];
}

/**
 * The log file that a line of any command names, as far as its options before the command can be read.
 * @param argv without the program's name
 */
export function readLog(family: Family, argv: readonly string[]): RuntimeLog | undefined {
  const globals = readGlobals(family, argv);
  if (typeof globals === 'string') return undefined;
  const call = readCommandLine(family, argv);
  const file = call === undefined ? readLogFile(family, globals, '.') : call.logFile;
  return file === undefined ? undefined : { file, format: readLogFormat(globals) };
}

/** Only the last one on a line counts, and only once the command begins: so they are no matter of its grammar. */
const CRUN_FORMATS: readonly string[] = ['text', 'json'];

const COMMANDS: readonly Command[] = ['create', 'run', 'restore'];

const KNOWN_COMMANDS: readonly string[] = [
  ...COMMANDS,
  ...'checkpoint delete events exec features kill list pause ps resume spec start state update wait'.split(' '),
];

const STYLES: { readonly [family in Family]: { readonly globals: Reader; readonly command: Reader } } = {
  runc: { globals: readUrfaveGlobals, command: readUrfaveCommand },
  crun: { globals: readArgp, command: readArgp },
  youki: { globals: readClapGlobals, command: readClapCommand },
  runsc: { globals: readGoFlags, command: readGoFlags },
};

function readGlobals(family: Family, argv: readonly string[]): ReturnType<Reader> {
  const options = findOptions(family, 'globals');
  return options === undefined ? 'unknown' : STYLES[family].globals(options, argv);
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
