// Places in files, as compilers write them, so that editors can go there.
import type { Position } from '../../text/error.ts';
import { cell } from '../terminal/cell.ts';

/** `path:line:column`, or the path alone. */
export function placed(path: string, at: Position | undefined): string {
  return at === undefined ? cell(path) : `${cell(path)}:${at.line}:${at.column}`;
}
