// Edits into a document, in one step: for tables of what comes out.
import assert from 'node:assert/strict';
import { rewrite } from '../../src/bundle/rewrite.ts';
import { gatherAlone, planEdits } from '../../src/edits/apply.ts';
import type { DeviceLookup } from '../../src/edits/device-lookup.ts';
import { Draft, type Fresh } from '../../src/edits/draft.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import type { Mode } from '../../src/edits/mode.ts';
import type { DeviceInfo } from '../../src/host/host.ts';
import { CdiError } from '../../src/text/error.ts';
import { assemble, type JsonValue } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';

/** A host that has these nodes; a text is the errno name why a path cannot be looked at. */
export function nodesOf(nodes: Readonly<Record<string, DeviceInfo | string>>): DeviceLookup {
  return {
    deviceInfo: (path) => {
      const found = nodes[path] ?? 'ENOENT';
      return typeof found === 'string' ? { errno: found } : found;
    },
  };
}

/** Something new in a document, of an edit that no spec brings. */
export function fresh(value: JsonValue): Fresh<never> {
  return { value, from: { value, index: 0, source: { path: '', device: undefined, broughtBy: undefined } } };
}

/** The edited text of a document that is given as text, or as a value to be written compactly. */
export function editedText(document: unknown, edits: ContainerEdits, mode: Mode, lookup = nodesOf({})): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const tree = parseJson(text);
  if ('syntax' in tree) return assert.fail(tree.syntax);
  return assemble(text, rewrite(tree, text.length, planEdits(new Draft(tree, 0), gatherAlone(edits), lookup, mode)));
}

/** The same as a value. */
export function edited(document: unknown, edits: ContainerEdits, mode: Mode, lookup?: DeviceLookup): unknown {
  return JSON.parse(editedText(document, edits, mode, lookup));
}

/** What a refused edit says. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CdiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return assert.fail('nothing was refused');
}
