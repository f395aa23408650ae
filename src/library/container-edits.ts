// Container edits by themselves: applied to an OCI specification, read, validated.
import { readEditsTree } from '../cdi/read-spec.ts';
import type { Device as AnyDevice } from '../cdi/spec.ts';
import { validateDevice as checkDevice, validateEdits as checkEdits, type SpecSource } from '../cdi/validate.ts';
import { type EditsOfKind, gatherAlone, joinEdits as join } from '../edits/apply.ts';
import type { DeviceLookup } from '../edits/device-lookup.ts';
import type { ContainerEdits as AnyEdits } from '../edits/kinds.ts';
import { createNodeHost } from '../host/node.ts';
import { parseYaml } from '../host/yaml.ts';
import { editObject, editText } from '../inject/inject-document.ts';
import { demandText } from '../text/demand-text.ts';
import { CdiError } from '../text/error.ts';
import { takeDevice, takeEdits, takeEditsList } from './taken.ts';
import type { ContainerEdits, Device } from './typed-spec.ts';

/** What an edited OCI specification is: the same object, or another text. */
export type Edited<T extends object | string> = T extends string ? string : T;

/**
 * Applies edits to an OCI runtime specification: an object, which is changed in place, or JSON text, of which all that
 * the edits do not touch stays as it is written, integers of 64 bits included.
 *
 * @returns the object itself, or the new text
 * @throws {CdiError} BAD_BUNDLE, BAD_JSON, BAD_DEVICE_NODE where an edit cannot be made; the specification is untouched
 * @see Go ContainerEdits.Apply
 */
export function applyEdits<T extends object | string>(edits: AnyEdits | null | undefined, ociSpec: T): Edited<T>;
export function applyEdits(edits: AnyEdits | null | undefined, ociSpec: object | string): object | string {
  return applyGathered(gatherAlone(takeEdits(edits)), ociSpec, createNodeHost());
}

/** Applies edits that are taken already, as `applyEdits` does. */
export function applyGathered<T extends object | string>(
  edits: readonly EditsOfKind[],
  ociSpec: T,
  lookup: DeviceLookup,
): Edited<T>;
export function applyGathered(
  edits: readonly EditsOfKind[],
  ociSpec: object | string,
  lookup: DeviceLookup,
): object | string {
  if (typeof ociSpec === 'string') return editText(ociSpec, edits, lookup);
  editObject(ociSpec, edits, lookup);
  return ociSpec;
}

/** Joins edits in order; of several Intel RDT settings the last one counts. Go ContainerEdits.Append. */
export function joinEdits(list: readonly (AnyEdits | null | undefined)[]): AnyEdits {
  return join(takeEditsList(list));
}

/**
 * Reads container edits from YAML or JSON text, strictly as to their form, without judging their content.
 *
 * @returns undefined for an empty document
 * @throws {CdiError} BAD_EDITS with line and column
 */
export function parseEdits(text: string): AnyEdits | undefined {
  const what = 'read container edits';
  demandText(text, what);
  const tree = parseYaml(text);
  if ('syntax' in tree) throw new CdiError('BAD_EDITS', { what, at: tree.at, why: tree.syntax });
  return readEditsTree(tree, what);
}

/**
 * Checks edits, of which there may be none: an environment, device nodes, hooks, mounts, network devices, Intel RDT.
 *
 * @param source where they are from, for messages
 * @throws {CdiError} BAD_EDITS
 * @see CDI "OCI Edits"; Go ContainerEdits.Validate
 */
export function validateEdits<T extends AnyEdits | null | undefined>(
  edits: T,
  source: SpecSource = {},
): asserts edits is T & (ContainerEdits | null | undefined) {
  checkEdits(takeEdits(edits, source), source);
}

/**
 * Checks one device: its name, and that it has edits and good ones.
 *
 * @param source where it is from, for messages
 * @throws {CdiError} BAD_DEVICE_NAME, BAD_EDITS
 * @see CDI "CDI Devices"; Go Device.validate
 */
export function validateDevice(device: AnyDevice, source: SpecSource = {}): asserts device is Device {
  checkDevice(takeDevice(device, source), source);
}
