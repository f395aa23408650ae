// Environment variables: replaced in place, where the document has them, else appended.
import { quote } from '../text/quote.ts';
import { textList } from '../text/yaml-decode.ts';
import { type Draft, replaceEntries } from './draft.ts';
import type { Edit } from './edit.ts';
import type { FieldFault } from './fault.ts';
import type { EditKind } from './kind.ts';

const PATH = ['process', 'env'];

/** `NAME=value` */
export const env: EditKind<'env', string> = {
  name: 'env',
  word: 'env',
  path: PATH,
  isList: true,
  isRepeated: false,
  decode: textList,
  needs: [],
  fault: findVariableFault,
  apply: applyEnv,
  key: readVariableName,
  words: (variable) => variable,
};

export function findVariableFault(entry: string): FieldFault | undefined {
  if (entry.indexOf('=') > 0) return undefined;
  const why = `environment entry ${quote(entry)} has no name before a "="`;
  return { code: 'BAD_EDITS', field: [], why, hint: 'write it as NAME=value' };
}

/**
 * The last entry of a variable in the document is the one that is replaced; among the edits the last value
 * wins, at the place of the first (corpus NOTES 38).
 *
 * @see CDI SPEC "OCI Edits" (env); Go ContainerEdits.Apply
 */
function applyEnv<N>(draft: Draft<N>, edits: readonly Edit<string>[]): void {
  const before = draft.readListTexts(PATH);
  const places = new Map<string, number>();
  // Most are of other letters, by which they are told apart sooner.
  const initials: true[] = [];
  for (const { value } of edits) initials[value.charCodeAt(0) || NO_NAME] = true;
  let place = 0;
  for (const text of before) {
    if (initials[text.charCodeAt(0) || NO_NAME] === true) places.set(readVariableName(text), place);
    place += 1;
  }
  const replacing = new Map<number, Edit<string>>();
  const fresh: Edit<string>[] = [];
  for (const edit of edits) {
    const name = readVariableName(edit.value);
    const known = places.get(name);
    if (known !== undefined && known < before.length) replacing.set(known, edit);
    else {
      if (known === undefined) places.set(name, before.length + fresh.length);
      fresh[known === undefined ? fresh.length : known - before.length] = edit;
    }
  }
  for (const [known, { value }] of replacing) if (value === before[known]) replacing.delete(known);
  if (replacing.size > 0) {
    const entries = draft.list(PATH);
    for (const [known, from] of replacing) {
      const old = entries[known];
      if (old !== undefined) entries[known] = replaceEntries({ value: from.value, from }, old);
    }
    draft.setList(PATH, entries);
  }
  const added = fresh.map((from) => ({ value: from.value, from }));
  if (added.length > 0) draft.addToList(PATH, added);
}

/** What stands where the first letter would, also of what is empty. */
const NO_NAME = 0x3d;

function readVariableName(entry: string): string {
  const end = entry.indexOf('=');
  return end < 0 ? entry : entry.slice(0, end);
}
