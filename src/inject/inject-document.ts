// Edits into a document by itself, without a bundle: the library's way, which appends as Go does.
import { rewrite } from '../bundle/rewrite.ts';
import { type EditsOfKind, planEdits } from '../edits/apply.ts';
import { assignChanges } from '../edits/assign.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import { type Change, Draft } from '../edits/draft.ts';
import { CdiError } from '../text/error.ts';
import { assemble, valueReader } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';

/**
 * Applies edits to a runtime-spec document in memory. It is changed as a whole or, on failure, not at all.
 *
 * @throws {CdiError} BAD_BUNDLE, BAD_DEVICE_NODE, BAD_EDITS
 */
export function editObject(document: object, edits: readonly EditsOfKind[], lookup: DeviceLookup): void {
  assignChanges(document, planForObject(document, edits, lookup));
}

/** What refuses to be read, as a proxy may, or has no end is no document. */
function planForObject(
  document: object,
  edits: readonly EditsOfKind[],
  lookup: DeviceLookup,
): readonly Change<unknown>[] {
  try {
    return planEdits(new Draft<unknown>(valueReader, document), edits, lookup, 'append');
  } catch (cause) {
    if (cause instanceof CdiError) throw cause;
    const why = 'it cannot be read as plain data';
    throw new CdiError('BAD_BUNDLE', {
      what: 'edit the container configuration',
      why,
      hint: 'pass a copy of it',
      cause,
    });
  }
}

/**
 * Applies edits to a runtime-spec document given as JSON text; integers of 64 bits and all formatting survive.
 *
 * @throws {CdiError} BAD_JSON for a text that is no JSON, and as `editObject`
 */
export function editText(document: string, edits: readonly EditsOfKind[], lookup: DeviceLookup): string {
  const tree = parseJson(document);
  if ('syntax' in tree) {
    throw new CdiError('BAD_JSON', { what: 'read the OCI specification', at: tree.at, why: tree.syntax });
  }
  const changes = planEdits(new Draft(tree, 0), edits, lookup, 'append');
  return assemble(document, rewrite(tree, document.length, changes));
}
