// Keys of mappings as Go's JSON step has them: floats as text, and names in another case.
import { writeFloat } from './yaml-scalar.ts';

export function writeFloatKey(value: number): string {
  const text = writeFloat(value);
  return text === '+Inf' ? '.inf' : text === '-Inf' ? '-.inf' : text === 'NaN' ? '.nan' : text;
}

/** The name that another one matches without regard to case, the Kelvin sign and the long s included. */
export function findFoldedName(name: string, names: Iterable<string>): string | undefined {
  const folded = foldName(name);
  for (const known of names) if (foldName(known) === folded) return known;
  return undefined;
}

function foldName(name: string): string {
  return name.replaceAll('\u212a', 'k').replaceAll('\u017f', 's').toLowerCase();
}
