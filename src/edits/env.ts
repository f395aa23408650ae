// Environment variables: replaced in place, where the document has them, else appended.
import type { Draft, Entry } from './draft.ts';

const PATH = ['process', 'env'];

/**
 * The last entry of a variable in the document is the one that is replaced; among the edits the last value
 * wins, at the place of the first (corpus NOTES 38).
 *
 * @see CDI SPEC "OCI Edits" (env); Go ContainerEdits.Apply
 */
export function applyEnv<N>(draft: Draft<N>, env: readonly string[] | undefined): void {
  if (env === undefined || env.length === 0) return;
  const there = draft.list(PATH);
  const before = there.map((entry) => ('kept' in entry ? draft.text(PATH, entry.kept) : ''));
  const after = [...before];
  const places = new Map<string, number>();
  for (const [place, text] of before.entries()) places.set(variableName(text), place);
  for (const variable of env) {
    const name = variableName(variable);
    const place = places.get(name) ?? after.length;
    places.set(name, place);
    after[place] = variable;
  }
  if (after.length === before.length && after.every((text, place) => text === before[place])) return;
  const entries = after.map((text, place): Entry<N> => {
    const old = there[place];
    return old !== undefined && text === before[place] ? old : { value: text };
  });
  draft.setList(PATH, entries);
}

function variableName(entry: string): string {
  const end = entry.indexOf('=');
  return end < 0 ? entry : entry.slice(0, end);
}
