// Changes of a text as a unified diff: what patch reads, and people too.
import { type StructuredPatchHunk, structuredPatch } from 'diff';

/** Beyond so many lines that go and come the text is told as replaced as a whole: a search costs their square. */
const MOST_EDITS = 2000;

/**
 * The difference of two texts; empty for equal ones.
 *
 * @param name what the head calls both
 */
export function writeUnifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const hunks = findHunks(before, after, MOST_EDITS) ?? [replaceWhole(before, after)];
  // Written here, as GNU diff does: the package quotes names, and counts the line of a range of one.
  return `--- ${name}\n+++ ${name}\n${hunks.map(writeHunk).join('')}`;
}

/** Undefined where more lines differ. */
function findHunks(before: string, after: string, most: number): readonly StructuredPatchHunk[] | undefined {
  return structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: most })?.hunks;
}

function replaceWhole(before: string, after: string): StructuredPatchHunk {
  const parts = [findHunks(before, '', Infinity), findHunks('', after, Infinity)].flatMap((hunks) => hunks ?? []);
  const count = (lines: 'oldLines' | 'newLines'): number => parts.reduce((sum, part) => sum + part[lines], 0);
  const lines = parts.flatMap((part) => part.lines);
  return { oldStart: 1, oldLines: count('oldLines'), newStart: 1, newLines: count('newLines'), lines };
}

function writeHunk({ oldStart, oldLines, newStart, newLines, lines }: StructuredPatchHunk): string {
  return `@@ -${writeRange(oldStart, oldLines)} +${writeRange(newStart, newLines)} @@\n${lines.join('\n')}\n`;
}

function writeRange(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start}${count === 1 ? '' : `,${count}`}`;
}
