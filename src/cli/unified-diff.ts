// Changes of a text as a unified diff: what patch reads, and people too.

/** Unchanged lines around a change. */
const CONTEXT = 3;

/** Beyond so many steps in a search the lines that differ are told as replaced as a whole. */
const MOST_EDITS = 500;

/** A line with the sign that a diff puts before it. */
interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/**
 * The difference of two texts; empty for equal ones.
 *
 * @param name what the head calls both
 */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const lines = compare(linesOf(before), linesOf(after));
  return `--- ${name}\n+++ ${name}\n${hunks(lines).map(written).join('')}`;
}

/** With their line breaks, so that a last line without one is another than one with it. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Hunk {
  readonly lines: readonly Line[];
  /** the numbers of its first lines, from 0 */
  readonly before: number;
  readonly after: number;
}

function hunks(lines: readonly Line[]): Hunk[] {
  const found: Hunk[] = [];
  const isNear = lines.map((_, at) => lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(isChange));
  let [before, after] = [0, 0];
  for (let at = 0; at < lines.length; ) {
    const isOut = isNear[at] !== true;
    const next = isNear.indexOf(isOut, at);
    const part = lines.slice(at, next < 0 ? lines.length : next);
    if (!isOut) found.push({ lines: part, before, after });
    before += part.filter(({ sign }) => sign !== '+').length;
    after += part.filter(({ sign }) => sign !== '-').length;
    at += part.length;
  }
  return found;
}

function isChange({ sign }: Line): boolean {
  return sign !== ' ';
}

function written({ lines, before, after }: Hunk): string {
  const range = (start: number, without: Line['sign']): string => {
    const count = lines.filter(({ sign }) => sign !== without).length;
    return `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`;
  };
  const body = lines.map(({ sign, text }) =>
    text.endsWith('\n') ? `${sign}${text}` : `${sign}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range(before, '+')} +${range(after, '-')} @@\n${body.join('')}`;
}

/** What both texts begin and end with is set aside: changes are small, and texts may be large. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const kept = (texts: readonly string[]): Line[] => texts.map((text) => ({ sign: ' ', text }));
  return [
    ...kept(before.slice(0, head)),
    ...changes(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...kept(before.slice(before.length - tail)),
  ];
}

/** The fewest lines that go and come (Myers' greedy search, kept step by step to find the way back). */
function changes(before: readonly string[], after: readonly string[]): Line[] {
  const steps: ReadonlyMap<number, number>[] = [];
  let reach = new Map([[1, 0]]);
  for (let edits = 0; edits <= MOST_EDITS; edits++) {
    const next = new Map(reach);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = startOn(reach, diagonal, edits);
      while (at < before.length && at - diagonal < after.length && before[at] === after[at - diagonal]) at++;
      next.set(diagonal, at);
      if (at >= before.length && at - diagonal >= after.length) return wayBack([...steps, reach], before, after);
    }
    steps.push(reach);
    reach = next;
  }
  return [...before.map((text): Line => ({ sign: '-', text })), ...after.map((text): Line => ({ sign: '+', text }))];
}

/** How far into the old lines one more edit leads on a diagonal, which is old lines minus new ones. */
function startOn(reach: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  return isInsertion(reach, diagonal, edits) ? (reach.get(diagonal + 1) ?? 0) : (reach.get(diagonal - 1) ?? 0) + 1;
}

function isInsertion(reach: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && (reach.get(diagonal - 1) ?? 0) < (reach.get(diagonal + 1) ?? 0);
}

function wayBack(
  steps: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): Line[] {
  const lines: Line[] = [];
  let [old, fresh] = [before.length, after.length];
  for (const [edits, reach] of [...steps.entries()].reverse()) {
    const diagonal = old - fresh;
    const start = edits === 0 ? 0 : startOn(reach, diagonal, edits);
    for (; old > start && fresh > start - diagonal; fresh--) lines.push({ sign: ' ', text: before[--old] ?? '' });
    if (edits === 0) break;
    if (isInsertion(reach, diagonal, edits)) lines.push({ sign: '+', text: after[--fresh] ?? '' });
    else lines.push({ sign: '-', text: before[--old] ?? '' });
  }
  return lines.reverse();
}
