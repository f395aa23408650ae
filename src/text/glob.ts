// Patterns over names and paths: `*` and `?`, and nothing else.

/** Whether a pattern matches a whole name: `*` stands for any characters, `?` for one. */
export function matchesGlob(pattern: string, name: string): boolean {
  return mayBegin(pattern, name) && matchesPieces(pattern, name, isAny);
}

/** Whether any of some patterns does. */
export function matchesAnyGlob(patterns: readonly string[], name: string): boolean {
  // By index, and without a call for each: of hundreds of patterns, most do not even begin as the name does.
  const start = name.charCodeAt(0);
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i] ?? '';
    const first = pattern.charCodeAt(0);
    if ((first === start || first === STAR || first === MARK) && matchesGlob(pattern, name)) return true;
  }
  return false;
}

/** The same over paths: `*` and `?` stay within one directory, `**` does not. */
export function matchesPath(pattern: string, path: string): boolean {
  return mayBegin(pattern, path) && matchesPieces(pattern, path, isNoBorder);
}

const isAny = (): boolean => true;
const isNoBorder = (character: string): boolean => character !== '/';

/** By the first character: most patterns do not even begin as a name does. */
function mayBegin(pattern: string, name: string): boolean {
  const first = pattern.charCodeAt(0);
  return first === name.charCodeAt(0) || first === STAR || first === MARK || pattern === name;
}

const STAR = 0x2a;
const MARK = 0x3f;

/**
 * By going back to the last star only, or from one within a directory to the last that crosses borders: so the time
 * cannot grow faster than the lengths multiplied.
 */
function matchesPieces(pattern: string, name: string, isPlain: (character: string) => boolean): boolean {
  // Most patterns do not even begin as the name does, which the engine sees sooner than this loop.
  const literal = countLiteral(pattern);
  if (literal === pattern.length) return pattern === name;
  if (!name.startsWith(pattern.slice(0, literal))) return false;
  let at = literal;
  let seen = literal;
  let star: { readonly after: number; seen: number; readonly deep: boolean } | undefined;
  let deep: typeof star;
  while (seen < name.length) {
    const character = name[seen] ?? '';
    if (pattern[at] === '*') {
      const isDeep = pattern[at + 1] === '*';
      at += isDeep ? 2 : 1;
      star = { after: at, seen, deep: isDeep };
      if (isDeep) deep = star;
      continue;
    }
    if (at < pattern.length && (pattern[at] === '?' ? isPlain(character) : pattern[at] === character)) {
      at++;
      seen++;
      continue;
    }
    // A star within one directory ends at its border: then only one that crosses borders can take more.
    if (star !== undefined && !star.deep && !isPlain(name[star.seen] ?? '')) star = deep;
    if (star === undefined) return false;
    star.seen++;
    seen = star.seen;
    at = star.after;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** How many characters at the beginning of a pattern stand for themselves. */
function countLiteral(pattern: string): number {
  const star = pattern.indexOf('*');
  const mark = pattern.indexOf('?');
  if (star < 0) return mark < 0 ? pattern.length : mark;
  return mark < 0 ? star : Math.min(star, mark);
}
