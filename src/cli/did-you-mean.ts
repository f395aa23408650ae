// The nearest of the words that would do, for the end of a message that names them already or had better not.
import { findNearest } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';

/** `did you mean "devices"?`, or undefined where nothing is near. */
export function suggestWord(word: string, known: readonly string[]): string | undefined {
  const [nearest] = findNearest(word, known);
  return nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`;
}
