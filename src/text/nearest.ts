// What somebody may have meant: the nearest of the known words, for the end of a message.
import { quoteList } from './quote.ts';

/** `did you mean "hooks"?` or `known are …`: a hint that names the known words nearest to one that is not known. */
export function suggestNearest(word: string, known: readonly string[]): string | undefined {
  const near = findNearest(word, known);
  if (near.length > 0) return `did you mean ${quoteList(near)}?`;
  return known.length > 0 && known.length <= 12 ? `known are ${quoteList([...known].slice(0, 12))}` : undefined;
}

/** At most three words within a third of the length in edits, nearest first. */
export function findNearest(word: string, known: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return (
    known
      .map((candidate) => ({ candidate, distance: countEdits(word.toLowerCase(), candidate.toLowerCase(), limit) }))
      // not one with every letter replaced: 1 is not what somebody meant by 9
      .filter(({ candidate, distance }) => distance <= limit && distance < Math.max(word.length, candidate.length))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 3)
      .map((near) => near.candidate)
  );
}

/** Edits between two words (insert, delete, replace, swap two that stand together); beyond the limit it only says so. */
function countEdits(from: string, to: string, limit: number): number {
  if (from.length > 256 || to.length > 256 || Math.abs(from.length - to.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let k = 1; k <= to.length; k++) {
      const replaced = (row[k - 1] ?? 0) + (from[i - 1] === to[k - 1] ? 0 : 1);
      const isSwapped = k > 1 && from[i - 1] === to[k - 2] && from[i - 2] === to[k - 1];
      const swapped = isSwapped ? (before[k - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[k] ?? 0) + 1, (next[k - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
