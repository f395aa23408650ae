// What changes in an OCI document, for people and for patch.

import { layOutJson } from '../../text/lay-out-json.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { writeUnifiedDiff } from '../terminal/unified-diff.ts';

/**
 * A unified diff; empty where nothing changes. Engines write a document on one line: such a one is laid out first, since
 * no one can read a diff of it, and its head says so.
 *
 * @param name of the document
 */
export function writeDocumentDiff(terminal: Terminal, name: string, before: string, after: string): string {
  if (before === after) return '';
  const isOneLine = !before.trimEnd().includes('\n');
  const diff = isOneLine
    ? writeUnifiedDiff(`${escapeCell(name)} (laid out)`, layOutJson(before), layOutJson(after))
    : writeUnifiedDiff(escapeCell(name), before, after);
  return terminal.isTerminal ? colourDiff(terminal, diff) : diff;
}

/** On a terminal without what would steer it; elsewhere patch must find every byte. */
function colourDiff(terminal: Terminal, diff: string): string {
  const lines = diff.split('\n').slice(0, -1);
  return lines.map((line, index) => `${colourLine(terminal, escapeCell(line), index < 2)}\n`).join('');
}

function colourLine(terminal: Terminal, line: string, isHead: boolean): string {
  if (isHead) return terminal.style('bold', line);
  if (line.startsWith('@@')) return terminal.style('cyan', line);
  if (line.startsWith('+')) return terminal.style('green', line);
  return line.startsWith('-') ? terminal.style('red', line) : line;
}
