// Container edits into a document: gathered from their specs, and planned kind by kind.
import type { JsonValue } from '../text/json.ts';
import type { DeviceLookup } from './device-lookup.ts';
import type { Change, Draft } from './draft.ts';
import type { Edit, EditSource } from './edit.ts';
import { type AnyKind, type ContainerEdits, KINDS, listItems, sortKinds } from './kinds.ts';
import type { Mode } from './mode.ts';

/** Edits as they come, with where they are from. */
export interface SourcedEdits extends EditSource {
  readonly edits: ContainerEdits;
}

/** All edits of a kind, in the order of their sources. */
export interface EditsOfKind {
  readonly kind: AnyKind;
  readonly edits: readonly Edit[];
}

/** Go's ContainerEdits.Apply. */
const APPLIED = sortKinds(['env', 'deviceNodes', 'netDevices', 'mounts', 'hooks']);

/**
 * Edits in the order in which they are applied: each kind by itself, those of which there are none left out.
 *
 * @param choose what the container gets instead of an item of a kind, undefined for what is left out
 */
export function gatherEdits(
  list: readonly SourcedEdits[],
  choose?: (kind: AnyKind) => ((item: JsonValue) => JsonValue | undefined) | undefined,
): EditsOfKind[] {
  const gathered: EditsOfKind[] = [];
  for (const kind of APPLIED) {
    const edits: Edit[] = [];
    const take = choose?.(kind);
    const { name } = kind;
    for (const source of list) {
      // Most have few of the kinds.
      if (source.edits[name] === undefined) continue;
      const items = listItems(source.edits, name);
      for (let index = 0; index < items.length; ++index) {
        const item = items[index];
        const value = take === undefined || item === undefined ? item : take(item);
        if (value !== undefined) edits[edits.length] = { value, index, source };
      }
    }
    if (edits.length > 0) gathered.push({ kind, edits });
  }
  return gathered;
}

/** Edits that no spec brings. */
export function gatherAlone(edits: ContainerEdits): EditsOfKind[] {
  return gatherEdits([{ edits, path: '', device: undefined, broughtBy: undefined }]);
}

/**
 * Plans the changes that edits make to a runtime-spec document; the document is not touched.
 *
 * @param draft of the document, without changes so far
 * @throws {CdiError} BAD_BUNDLE for a document that cannot take them, BAD_DEVICE_NODE for a node that the
 *   host does not have
 * @see CDI SPEC "OCI Edits"; Go ContainerEdits.Apply
 */
export function planEdits<N>(
  draft: Draft<N>,
  gathered: readonly EditsOfKind[],
  lookup: DeviceLookup,
  mode: Mode,
): readonly Change<N>[] {
  for (const { kind, edits } of gathered) kind.apply(draft, edits, lookup, mode);
  return draft.changes();
}

/** Joins edits in order; of several Intel RDT settings the last one counts, as in Go's Append. */
export function joinEdits(list: readonly (ContainerEdits | undefined)[]): ContainerEdits {
  const present = list.filter((edits) => edits !== undefined);
  const joined = KINDS.map(({ name, isList }) => {
    const items = present.flatMap((edits) => listItems(edits, name));
    return [name, isList ? items : items.at(-1)] as const;
  });
  return Object.fromEntries(joined);
}
