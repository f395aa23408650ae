// Engines read the words of a runtime's errors: some make the container's own command look missing or forbidden.
import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** By these dockerd and podman choose their exit codes 126 and 127. */
const FORBIDDEN = [
  'not found',
  'no such file',
  'permission denied',
  'operation not permitted',
  'is a directory',
  'not a directory',
  'executable file',
  'executable path',
  'open executable',
  'system cannot find',
];

interface Literal {
  readonly line: number;
  readonly text: string;
}

/** What stands for the value of `${…}` in a template. */
const HOLE = '…';

/** The string literals of a source; those that are joined by `+` (TypeScript) or by standing together (C) are one. */
function literalsOf(source: string, language: 'ts' | 'c'): Literal[] {
  const found: Literal[] = [];
  const joiner = language === 'ts' ? /^\s*\+\s*$/ : /^\s*$/;
  let lastEnd = -1;
  scan(source, language, 0, (start, end, text) => {
    const last = found.at(-1);
    if (last !== undefined && lastEnd !== -1 && joiner.test(source.slice(lastEnd, start))) {
      found[found.length - 1] = { line: last.line, text: last.text + text };
    } else {
      found.push({ line: source.slice(0, start).split('\n').length, text });
    }
    lastEnd = end;
  });
  return found;
}

type OnLiteral = (start: number, end: number, text: string) => void;

/** Walks code from an offset; stops at its end or at the `}` that closes a template's hole. */
function scan(source: string, language: 'ts' | 'c', from: number, onLiteral: OnLiteral): number {
  let depth = 0;
  let code = '';
  for (let i = from; i < source.length; i++) {
    const c = source[i] ?? '';
    const pair = source.slice(i, i + 2);
    if (pair === '//' || pair === '/*') {
      i = afterComment(source, i, pair) - 1;
    } else if (c === '"' || c === "'") {
      const end = closing(source, i, c);
      if (language === 'ts' || c === '"') onLiteral(i, end, unescaped(source.slice(i + 1, end - 1)));
      code = c;
      i = end - 1;
    } else if (language === 'ts' && c === '`') {
      i = template(source, i, onLiteral) - 1;
      code = c;
    } else if (language === 'ts' && c === '/' && beforeRegExp(code)) {
      i = afterRegExp(source, i) - 1;
      code = c;
    } else {
      if (c === '{') depth++;
      if (c === '}' && depth-- === 0 && from > 0) return i;
      code = /\s/.test(c) ? `${code.trimEnd()} ` : `${code}${c}`.slice(-12);
    }
  }
  return source.length;
}

function afterComment(source: string, start: number, opening: string): number {
  const end = opening === '//' ? source.indexOf('\n', start) : source.indexOf('*/', start + 2) + 2;
  return end < start + 2 ? source.length : end;
}

/** The offset after the quote that closes a literal. */
function closing(source: string, start: number, quote: string): number {
  let i = start + 1;
  while (i < source.length && source[i] !== quote) i += source[i] === '\\' ? 2 : 1;
  return i + 1;
}

function template(source: string, start: number, onLiteral: OnLiteral): number {
  const inner: Parameters<OnLiteral>[] = [];
  let text = '';
  let i = start + 1;
  while (i < source.length && source[i] !== '`') {
    if (source[i] === '\\') {
      text += source.slice(i, i + 2);
      i += 2;
    } else if (source.startsWith('${', i)) {
      text += HOLE;
      i = scan(source, 'ts', i + 2, (...literal) => inner.push(literal)) + 1;
    } else {
      text += source[i++];
    }
  }
  onLiteral(start, i + 1, unescaped(text));
  for (const [at, , part] of inner) onLiteral(at, -1, part);
  return i + 1;
}

/** Whether a `/` after this code begins a regular expression: after an operator or a keyword, not after a value. */
function beforeRegExp(code: string): boolean {
  const before = code.trimEnd();
  return before === '' || /[([{,;:=!&|?+\-*%<>~^}]$/.test(before) || /\b(?:return|case|typeof|of|in)$/.test(before);
}

function afterRegExp(source: string, start: number): number {
  let inClass = false;
  for (let i = start + 1; i < source.length; i++) {
    const c = source[i];
    if (c === '\\') i++;
    else if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    else if (c === '\n' || (c === '/' && !inClass)) return i + 1;
  }
  return source.length;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:u\{(\w+)\}|u(\w{4})|x(\w{2})|(\n)|(.))/g, (_all, braced, four, two, lineBreak, other) => {
    const code: unknown = braced ?? four ?? two;
    if (typeof code === 'string') return String.fromCodePoint(Number.parseInt(code, 16));
    if (lineBreak !== undefined) return '';
    return /[nrt]/.test(String(other)) ? ' ' : String(other);
  });
}

function offences(text: string): string[] {
  const flat = text.toLowerCase().replace(/\s+/g, ' ');
  return FORBIDDEN.filter((phrase) => flat.includes(phrase));
}

const cases: [title: string, language: 'ts' | 'c', source: string, want: string[]][] = [
  ['reads both kinds of quotes', 'ts', `f('a', "b");`, ['a', 'b']],
  ['leaves comments out', 'ts', `f('a'); // 'b'\n/* "c" */ g('d');`, ['a', 'd']],
  ['reads escapes', 'ts', String.raw`f('it\'s \x61 \u0062', "\"");`, ["it's a b", '"']],
  ['joins what + joins', 'ts', `f('is ' +\n  'a directory', 'c');`, ['is a directory', 'c']],
  [
    'reads a template and what is in its holes',
    'ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    'f(`a ${b ? `c ${"d"}` : { e: "f" }.e} g`);',
    ['a … g', 'c …', 'd', 'f'],
  ],
  [
    'is not led astray by regular expressions',
    'ts',
    String.raw`x = /['"/]\//g.test(y) ? 'a' : 4 / 2 + z / 'b'.length;`,
    ['a', 'b'],
  ],
  ['reads C, where literals that touch are one', 'c', `f("a" "b", 'c', "d"); /* "e" */`, ['ab', 'd']],
];
for (const [title, language, source, want] of cases) {
  test(`literalsOf() ${title}`, () => {
    deepEqual(
      literalsOf(source, language).map((literal) => literal.text),
      want,
    );
  });
}

test('offences() looks at no case and any white space', () => {
  deepEqual(offences('cannot run it: No such\n file'), ['no such file']);
  deepEqual(offences('cannot run it: is missing'), []);
});

test('no message has words that engines react to', () => {
  const places = [
    ...sources('src', /\.ts$/).map((path) => ({ path, language: 'ts' as const })),
    ...sources('shim', /\.[ch]$/).map((path) => ({ path, language: 'c' as const })),
  ];
  let count = 0;
  const found = places.flatMap(({ path, language }) => {
    const literals = literalsOf(readFileSync(join(ROOT, path), 'utf8'), language);
    count += literals.length;
    return literals.flatMap(({ line, text }) => offences(text).map((phrase) => `${path}:${line}: ${phrase}`));
  });
  deepEqual(found, []);
  ok(count > 300, `only ${count} literals were found`);
});

function sources(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => join(folder, name));
}
