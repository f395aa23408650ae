// The one line of the settings that must be readable in a file that is otherwise broken.

const KEY = 'runtime:';

/**
 * The value of `runtime:` at top level, written on one line plainly or in quotes; of several in the first document
 * the last. The shim's C half does the same by hand (shim/settings.c), and a test compares the two.
 */
export function readRuntimeLine(text: string): string | undefined {
  let value: string | undefined;
  let begun = false;
  // Without expressions, which the shim's engine tries at each character of a line.
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).replaceAll('\r', '\n').split('\n');
  for (const line of lines) {
    const first = line[skipBlanks(line, 0)];
    if (first === undefined || first === '#' || (!begun && line.startsWith('%'))) continue;
    if (isMark(line, '...') || (begun && isMark(line, '---'))) break;
    begun = true;
    if (line.startsWith(KEY)) value = readScalar(line.slice(KEY.length)) ?? value;
  }
  return value;
}

/** A plain or quoted scalar behind blanks, before the line's end or a comment. */
function readScalar(rest: string): string | undefined {
  const start = skipBlanks(rest, 0);
  if (start === 0) return undefined;
  const quote = rest[start] === "'" || rest[start] === '"' ? rest[start] : '';
  const first = start + quote.length;
  let end = first;
  if (quote !== '') end = rest.indexOf(quote, first);
  else while (isPlain(rest.charCodeAt(end))) end++;
  if (end < first || (quote === '' && end === first)) return undefined;
  const value = rest.slice(first, end);
  if (quote !== '' && !isInner(value)) return undefined;
  const after = skipBlanks(rest, end + quote.length);
  const isEnd = after === rest.length || (rest[after] === '#' && after > end + quote.length);
  return isEnd ? value : undefined;
}

/** What may stand without quotes: letters and digits of ASCII and _ . / + - */
function isPlain(code: number): boolean {
  const letter = code | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a && code < 0x7b) ||
    (code >= 0x2b && code <= 0x39 && code !== 0x2c) ||
    code === 0x5f
  );
}

function isMark(line: string, mark: string): boolean {
  return line.startsWith(mark) && (line.length === mark.length || ' \t'.includes(line.charAt(mark.length)));
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** What may stand in quotes: all but quotes, escapes and the control characters of ASCII that are no tab. */
function isInner(text: string): boolean {
  for (const character of text) {
    if (character === "'" || character === '"' || character === '\\') return false;
    if (character < ' ' && character !== '\t') return false;
  }
  return true;
}
