// One spelling for each whole number, so that numbers are compared as texts, with all their digits.

/**
 * The plain spelling of a JSON number that is whole: `1e2` and `100.0` are `100`, `-0` is `0`. Others, and those that
 * a double does not hold, stay as they are written.
 */
export function spellWholeNumber(literal: string): string {
  const value = Number(literal);
  return Number.isSafeInteger(value) ? String(value) : literal;
}
