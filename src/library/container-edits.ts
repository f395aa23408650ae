// Container edits by themselves: applied to an OCI specification, or joined.
import { readEditsTree } from '../cdi/read-spec.ts';
import type { ContainerEdits } from '../cdi/spec.ts';
import { nodeHost } from '../host/node.ts';
import { editObject, editText } from '../inject/inject-document.ts';
import { deviceLookup } from '../inject/plan.ts';
import { CdiError } from '../text/error.ts';
import { parseYaml } from '../text/yaml-syntax.ts';

/**
 * Applies edits to an OCI runtime specification, an object (changed in place) or JSON text.
 *
 * @returns the object itself, or the new text
 * @throws {CdiError} where an edit cannot be made; the specification is untouched then
 * @see Go ContainerEdits.Apply
 */
export function applyEdits<T extends object | string>(edits: ContainerEdits | undefined, spec: T): T;
export function applyEdits(edits: ContainerEdits | undefined, spec: object | string): object | string {
  const lookup = deviceLookup(nodeHost());
  if (typeof spec === 'string') return editText(spec, edits ?? {}, lookup);
  editObject(spec, edits ?? {}, lookup);
  return spec;
}

/**
 * Reads container edits from YAML or JSON text, strictly; undefined for an empty document.
 *
 * @throws {CdiError} BAD_EDITS with line and column
 */
export function parseEdits(text: string): ContainerEdits | undefined {
  const what = 'read container edits';
  const tree = parseYaml(text);
  if ('syntax' in tree) throw new CdiError('BAD_EDITS', { what, at: tree.at, why: tree.syntax });
  return readEditsTree(tree, what);
}
