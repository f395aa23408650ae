// Edits into a document by itself, without a bundle: the library's way, which appends as Go does.
import { rewrite } from '../bundle/rewrite.ts';
import { gatherAlone, planEdits } from '../edits/apply.ts';
import { assignChanges } from '../edits/assign.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import { Draft } from '../edits/draft.ts';
import type { ContainerEdits } from '../edits/kinds.ts';
import { CdiError } from '../text/error.ts';
import { assemble, valueReader } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';

/**
 * Applies edits to a runtime-spec document in memory. It is changed as a whole or, on failure, not at all.
 *
 * @throws {CdiError} BAD_BUNDLE, BAD_DEVICE_NODE, BAD_EDITS
 */
export function editObject(document: object, edits: ContainerEdits, lookup: DeviceLookup): void {
  const draft = new Draft<unknown>(valueReader, document);
  assignChanges(document, planEdits(draft, gatherAlone(edits), lookup, 'append'));
}

/**
 * Applies edits to a runtime-spec document given as JSON text; integers of 64 bits and all formatting survive.
 *
 * @throws {CdiError} BAD_JSON for a text that is no JSON, and as `editObject`
 */
export function editText(document: string, edits: ContainerEdits, lookup: DeviceLookup): string {
  const tree = parseJson(document);
  if ('syntax' in tree) {
    throw new CdiError('BAD_JSON', { what: 'read the OCI specification', at: tree.at, why: tree.syntax });
  }
  const changes = planEdits(new Draft(tree, 0), gatherAlone(edits), lookup, 'append');
  return assemble(document, rewrite(tree, document.length, changes));
}
