// How youki reads a line: Rust's clap.
import { accepts, isInt32, type Option, type Options, type Reader, type Unread } from './families.ts';

/** Reads the options before the command; the command and all after it are the operands. */
export function readClapGlobals(options: Options, words: readonly string[]): ReturnType<Reader> {
  const values = new Map<string, string>();
  for (let at = 0; ; ) {
    const word = words[at];
    // nothing after `--` is a command
    if (word === undefined || word === '--') return 'refuses';
    if (isOperand(word)) return { values, operands: words.slice(at) };
    const next = readOption(options, words, at, values);
    if (typeof next !== 'number') return next;
    at = next;
  }
}

/** Reads what follows the command: options and operands in any order. */
export function readClapCommand(options: Options, words: readonly string[]): ReturnType<Reader> {
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; ; ) {
    const word = words[at];
    if (word === undefined) break;
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    const next = isOperand(word) ? at + 1 : readOption(options, words, at, values);
    if (typeof next !== 'number') return next;
    if (isOperand(word)) operands.push(word);
    at = next;
  }
  return operands.includes('') ? 'refuses' : { values, operands };
}

function isOperand(word: string): boolean {
  return word === '-' || !word.startsWith('-');
}

/** Where to go on reading, or what a reader gives instead. */
type Next = number | Unread;

/** Reads the option or cluster at a place. */
function readOption(options: Options, words: readonly string[], at: number, values: Map<string, string>): Next {
  const word = words[at] ?? '';
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const option = name.length > 1 ? options.get(name) : undefined;
    return readValue(option, equals < 0 ? undefined : word.slice(equals + 1), words, at, values);
  }
  for (let i = 1; i < word.length; i++) {
    const option = options.get(word.charAt(i));
    const rest = word.slice(i + 1);
    if (rest === '' || (option !== undefined && takesValue(option))) {
      const attached = rest === '' ? undefined : rest.startsWith('=') ? rest.slice(1) : rest;
      return readValue(option, attached, words, at, values);
    }
    const next = readValue(option, undefined, words, at, values);
    if (typeof next !== 'number') return next;
  }
  return 'unknown';
}

function readValue(
  option: Option | undefined,
  attached: string | undefined,
  words: readonly string[],
  at: number,
  values: Map<string, string>,
): Next {
  if (option === undefined) return 'unknown';
  if (option.kind === 'stop') return attached === undefined ? 'prints' : 'refuses';
  // clap refuses an option that is given twice; only the log may be
  if (values.has(option.name) && option.name !== 'log') return 'refuses';
  if (!takesValue(option)) {
    if (attached !== undefined) return 'refuses';
    values.set(option.name, '');
    return at + 1;
  }
  const value = attached ?? words[at + 1] ?? '';
  if (value === '' || (attached === undefined && !isOperand(value))) return 'refuses';
  // youki does not mind the case of a log level, but that of a format
  if (!accepts(option, option.name === 'log-level' ? value.toLowerCase() : value)) return 'unknown';
  if (option.kind === 'integer' && !isInt32(value)) return 'refuses';
  values.set(option.name, value);
  return attached === undefined ? at + 2 : at + 1;
}

function takesValue(option: Option): boolean {
  return option.kind === 'value' || option.kind === 'integer';
}
