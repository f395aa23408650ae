// How Go's `flag` package reads a line: runsc as it is, runc below its own library.
import { accepts, type Option, type Options, type Reader } from './families.ts';

/**
 * Reads options up to the first operand.
 * @returns values by spelling, flags included
 */
export function readGoFlags(options: Options, words: readonly string[]): ReturnType<Reader> {
  const values = new Map<string, string>();
  let at = 0;
  for (;;) {
    const word = words[at];
    if (word === undefined || word.length < 2 || !word.startsWith('-')) break;
    at++;
    if (word === '--') break;
    const text = word.slice(word.startsWith('--') ? 2 : 1);
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const option = options.get(name);
    // Go shows help for these two where no option has such a name.
    if (option === undefined) return name === 'help' || name === 'h' ? 'prints' : 'unknown';
    let value = equals < 0 ? undefined : text.slice(equals + 1);
    if (value === undefined) value = isFlag(option) ? 'true' : words[at++];
    if (value === undefined || !fits(option, value)) return 'refuses';
    values.set(name, value);
  }
  let isKnown = true;
  for (const [name, value] of values) {
    const option = options.get(name);
    if (option?.kind === 'stop' && TRUE.includes(value)) return 'prints';
    isKnown &&= option !== undefined && accepts(option, value);
  }
  return isKnown ? { values, operands: words.slice(at) } : 'unknown';
}

function isFlag(option: Option): boolean {
  return option.kind === 'flag' || option.kind === 'stop';
}

function fits(option: Option, value: string): boolean {
  if (isFlag(option)) return TRUE.includes(value) || FALSE.includes(value);
  return option.kind !== 'integer' || isGoInteger(value);
}

const TRUE: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

const BASES: { readonly [prefix: string]: string } = {
  x: '0123456789abcdef',
  o: '01234567',
  b: '01',
};

/** Go's base 0: a prefix or a leading zero tells the base, and single underscores may part digits. */
function isGoInteger(text: string): boolean {
  const unsigned = (text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text).toLowerCase();
  if (unsigned === '0') return true;
  const prefixed = unsigned.startsWith('0') ? BASES[unsigned[1] ?? ''] : undefined;
  const digits = prefixed ?? (unsigned.startsWith('0') ? '01234567' : '0123456789');
  const groups = unsigned.slice(prefixed === undefined ? 0 : 2).split('_');
  // an underscore may follow the prefix
  if (prefixed !== undefined && groups.length > 1 && groups[0] === '') groups.shift();
  for (const group of groups) {
    if (group === '') return false;
    for (const digit of group) if (!digits.includes(digit)) return false;
  }
  return true;
}
