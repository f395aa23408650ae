// Places in files, as compilers write them, so that editors can go there.
import type { Position } from '../../text/error.ts';
import { escapeCell } from '../terminal/cell.ts';

/** `path:line:column`, or the path alone. */
export function writePlace(path: string, at: Position | undefined): string {
  return at === undefined ? escapeCell(path) : `${escapeCell(path)}:${at.line}:${at.column}`;
}
