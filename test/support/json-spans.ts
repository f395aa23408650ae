// Where the parts of a JSON text stand, by a reader of its own: a judge over what the project's readers say.
import assert from 'node:assert/strict';

/** A value in a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** of an object, by key; of an equal one the last counts */
  readonly members: ReadonlyMap<string, Span> | undefined;
  readonly items: readonly Span[] | undefined;
}

const TOKEN = /\s*("(?:[^"\\]|\\[\s\S])*"|[{}[\]:,]|[^\s{}[\]:,"]+)/y;

/** Reads a text that is known to be JSON. */
export function spansOf(text: string): Span {
  TOKEN.lastIndex = 0;
  let token = '';
  let [start, end] = [0, 0];
  const next = (): void => {
    token = TOKEN.exec(text)?.[1] ?? assert.fail(`no token after ${end} in ${text}`);
    end = TOKEN.lastIndex;
    start = end - token.length;
  };
  /** Calls for each entry, whose first token stands ready. */
  const entries = (close: string, each: () => void): void => {
    next();
    while (token !== close) {
      each();
      next();
      if (token === ',') next();
    }
  };
  const value = (): Span => {
    const from = start;
    if (token === '{') {
      const members = new Map<string, Span>();
      entries('}', () => {
        const key: string = JSON.parse(token);
        next();
        next();
        members.set(key, value());
      });
      return { start: from, end, members, items: undefined };
    }
    if (token !== '[') return { start, end, members: undefined, items: undefined };
    const items: Span[] = [];
    entries(']', () => items.push(value()));
    return { start: from, end, members: undefined, items };
  };
  next();
  return value();
}

/** What a text means, in memory: whole numbers beyond 2^53 are bigints. */
export function exactValue(text: string, { start, end, members, items }: Span = spansOf(text)): unknown {
  if (members !== undefined)
    return Object.fromEntries([...members].map(([key, member]) => [key, exactValue(text, member)]));
  if (items !== undefined) return items.map((item) => exactValue(text, item));
  const literal = text.slice(start, end);
  const value: unknown = JSON.parse(literal);
  const isWide = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(literal);
  return isWide ? BigInt(literal) : value;
}

/** The text without white space between its parts. */
export function compact(text: string): string {
  return [...text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[^\s"]+/g)].join('');
}
