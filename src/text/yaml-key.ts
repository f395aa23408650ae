// Keys of mappings as Go's JSON step has them: floats as text, and names in another case.
import { floatText } from './yaml-scalar.ts';

export function keyOfFloat(value: number): string {
  const text = floatText(value);
  return text === '+Inf' ? '.inf' : text === '-Inf' ? '-.inf' : text === 'NaN' ? '.nan' : text;
}

/** The name that another one matches without regard to case, the Kelvin sign and the long s included. */
export function foldedName(name: string, names: Iterable<string>): string | undefined {
  const folded = fold(name);
  for (const known of names) if (fold(known) === folded) return known;
  return undefined;
}

function fold(name: string): string {
  return name.replaceAll('\u212a', 'k').replaceAll('\u017f', 's').toLowerCase();
}
