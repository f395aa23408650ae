// How crun reads a line: GNU argp, in order, so that the first operand ends the options.
import { accepts, isInt32, type Option, type Options, type Reader, type Unread } from './families.ts';

/** Reads options up to the first operand. */
export function readArgp(options: Options, words: readonly string[]): ReturnType<Reader> {
  const values = new Map<string, string>();
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word === undefined || word.length < 2 || !word.startsWith('-')) break;
    at++;
    if (word === '--') break;
    const found = word.startsWith('--') ? findLong(options, word.slice(2)) : findShort(options, word);
    if (typeof found === 'string') return found;
    const { option, attached } = found;
    if (takesNextWord(option, attached)) {
      const value = words[at++];
      if (value === undefined) return 'refuses';
      if (!fits(option, value)) return 'unknown';
      values.set(option.name, value);
    } else if (attached !== undefined) {
      if (!takesAttached(option)) return 'refuses';
      if (!fits(option, attached)) return 'unknown';
      values.set(option.name, attached);
    } else if (option.kind === 'stop') return 'prints';
  }
  return { values, operands: words.slice(at) };
}

interface FoundOption {
  readonly option: Option;
  readonly attached: string | undefined;
}

/** A long name counts when it begins the names of a single option; whole names go first. */
function findLong(options: Options, text: string): FoundOption | Unread {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const attached = equals < 0 ? undefined : text.slice(equals + 1);
  const exact = name.length > 1 ? options.get(name) : undefined;
  if (exact !== undefined) return { option: exact, attached };
  let only: Option | undefined;
  for (const [spelling, option] of options) {
    if (spelling.length < 2 || option.kind === 'newFlag' || !spelling.startsWith(name)) continue;
    if (only !== undefined && only !== option) return 'refuses';
    only = option;
  }
  return only === undefined ? 'unknown' : { option: only, attached };
}

/** The last option of a cluster: all before it are flags, and what is left of the word is its value. */
function findShort(options: Options, word: string): FoundOption | Unread {
  for (let i = 1; i < word.length; i++) {
    const option = options.get(word.charAt(i));
    if (option === undefined) return 'unknown';
    const isLast = i === word.length - 1 || option.kind === 'stop';
    if (option.kind !== 'flag' || isLast) return { option, attached: isLast ? undefined : word.slice(i + 1) };
  }
  return 'unknown';
}

function takesNextWord(option: Option, attached: string | undefined): boolean {
  return attached === undefined && (takesValue(option) || option.kind === 'nextWord');
}

function takesAttached(option: Option): boolean {
  return takesValue(option) || option.kind === 'maybeValue';
}

function takesValue(option: Option): boolean {
  return option.kind === 'value' || option.kind === 'integer';
}

function fits(option: Option, value: string): boolean {
  if (option.kind !== 'integer') return accepts(option, value);
  // strtoll skips white space, and crun 1.21 takes an empty number for 0; older ones take any text
  return value === '' || isInt32(value.trimStart());
}
