// Additional groups of the container's process.
import { type Draft, unfit } from './draft.ts';
import { wholeNumber } from './whole-number.ts';

const PATH = ['process', 'user', 'additionalGids'];

/** Adds the groups that are not there yet; group 0 is left out, as in Go. */
export function applyGids<N>(draft: Draft<N>, gids: readonly number[] | undefined): void {
  if (gids === undefined || gids.length === 0) return;
  const entries = draft.list(PATH);
  const there = new Set<string>();
  for (const entry of entries) {
    if (!('kept' in entry)) continue;
    if (draft.reader.kind(entry.kept) !== 'number') throw unfit(PATH, 'a list of whole numbers');
    there.add(wholeNumber(draft.reader.number(entry.kept)));
  }
  const before = entries.length;
  for (const gid of gids) {
    if (gid === 0 || there.has(String(gid))) continue;
    there.add(String(gid));
    entries.push({ value: gid });
  }
  if (entries.length > before) draft.setList(PATH, entries);
}
