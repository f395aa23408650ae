// The nearest of the words that would do, for the end of a message that names them already or had better not.
import { nearestWords } from '../text/nearest.ts';
import { quote } from '../text/quote.ts';

/** `did you mean "devices"?`, or undefined where nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const [nearest] = nearestWords(word, known);
  return nearest === undefined ? undefined : `did you mean ${quote(nearest)}?`;
}
