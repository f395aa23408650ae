// How the readers of this folder stop: a reason and an offset, made a position only at the end.
import type { Position } from './error.ts';

/** Thrown inside a reader; its caller turns it into a value. */
export class Malformed extends Error {
  /** index into the text; undefined where no place is to blame */
  readonly offset: number | undefined;

  constructor(reason: string, offset: number | undefined) {
    super(reason);
    this.offset = offset;
  }
}

/** Line and column of an offset, lines ended by a line feed. */
export function findPosition(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}
