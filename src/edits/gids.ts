// Additional groups of the container's process.
import { listOf } from '../text/yaml-decode.ts';
import { type Draft, makeTypeError } from './draft.ts';
import type { Edit } from './edit.ts';
import { uint32 } from './integer.ts';
import type { EditKind } from './kind.ts';
import { spellWholeNumber } from './whole-number.ts';

const PATH = ['process', 'user', 'additionalGids'];

export const additionalGids: EditKind<'additionalGids', number> = {
  name: 'additionalGids',
  word: 'group',
  path: PATH,
  isList: true,
  isRepeated: true,
  decode: listOf(uint32),
  needs: [{ version: '0.7.0', words: 'an additional group' }],
  fault: () => undefined,
  apply: applyGids,
  key: String,
  words: String,
  idleWords: (gid) => (gid === 0 ? 'group 0 is left out' : undefined),
};

/** Adds the groups that are not there yet; group 0 is left out, as in Go. */
function applyGids<N>(draft: Draft<N>, edits: readonly Edit<number>[]): void {
  const entries = draft.list(PATH);
  const there = new Set<string>();
  for (const entry of entries) {
    if (!('kept' in entry)) continue;
    if (draft.reader.kind(entry.kept) !== 'number') throw makeTypeError(PATH, 'a list of whole numbers');
    there.add(spellWholeNumber(draft.reader.number(entry.kept)));
  }
  const before = entries.length;
  for (const from of edits) {
    const { value } = from;
    if (value === 0 || there.has(String(value))) continue;
    there.add(String(value));
    entries.push({ value, from });
  }
  if (entries.length > before) draft.setList(PATH, entries);
}
