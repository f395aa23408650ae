// What JavaScript programs hand over in place of a text, which no compiler has seen.
import { CdiError } from './error.ts';

/** @throws {CdiError} BAD_ARGUMENT */
export function demandText(value: unknown, what: string): asserts value is string {
  if (typeof value === 'string') return;
  throw new CdiError('BAD_ARGUMENT', { what, why: `${nameType(value)} was given in place of a text` });
}

/** A kind of value as a person calls it. */
export function nameType(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
