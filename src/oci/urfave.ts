// How runc 1.1 to 1.5 reads a line: the library urfave/cli v1 around Go's `flag` package.
import type { Options, Reader } from './families.ts';
import { readGoFlags } from './go-flag.ts';

/** Reads the options before the command; the command and all after it are the operands. */
export function readUrfaveGlobals(options: Options, words: readonly string[]): ReturnType<Reader> {
  const reading = readGoFlags(options, words);
  if (typeof reading === 'string') return reading;
  const values = new Map<string, string>();
  for (const [spelling, value] of reading.values) {
    const name = options.get(spelling)?.name ?? spelling;
    // the library refuses two spellings of one option on a line
    if (values.has(name)) return 'refuses';
    values.set(name, value);
  }
  return { values, operands: reading.operands };
}

/** Reads what follows the command; options after the container id count. */
export function readUrfaveCommand(options: Options, words: readonly string[]): ReturnType<Reader> {
  return readUrfaveGlobals(options, reorder(options, words));
}

// The library moves options to the front, each with the word after it: a flag, too, is taken to have a value there,
// which is why `--no-pivot ID -b DIR` ends up refused. So since 1.22.14, which runc has had since 1.2; before, any
// word with a dash was moved, and `--` was no value. The two differ on no line that an engine writes.
function reorder(options: Options, words: readonly string[]): readonly string[] {
  const moved: string[] = [];
  const kept: string[] = [];
  let valueMayFollow = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (isOption(options, word)) {
      moved.push(word);
      valueMayFollow = !word.includes('=');
    } else if (valueMayFollow) {
      moved.push(word);
      valueMayFollow = false;
    } else if (word === '--') {
      return moved.concat('--', kept, words.slice(at + 1));
    } else {
      kept.push(word);
    }
  }
  return moved.concat(kept);
}

function isOption(options: Options, word: string): boolean {
  if (!word.startsWith('-')) return false;
  // three dashes count here, and are refused later
  const dashes = word.startsWith('---') ? 3 : word.startsWith('--') ? 2 : 1;
  const equals = word.indexOf('=');
  return options.get(word.slice(dashes, equals < 0 ? undefined : equals)) !== undefined;
}
