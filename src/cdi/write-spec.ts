// A spec as text: JSON as Go's encoder has it, YAML that every reader of YAML 1.1 takes alike.
import { type AnyKind, type ContainerEdits, isRecord, KINDS, listItems } from '../edits/kinds.ts';
import { compareBytes } from '../text/byte-order.ts';
import { type JsonValue, type OrderedJson, spellJson } from '../text/json.ts';
import { writeYaml } from '../text/yaml-write.ts';
import { applyGoIndents } from './go-indents.ts';
import type { Device, Spec } from './spec.ts';

type Fields = { readonly [field: string]: OrderedJson | undefined };

/** JSON without a line end; what Go escapes is written as escapes, and what a reader of YAML takes for something else. */
export function writeSpecJson(spec: Spec): string {
  return spellEscaped(orderSpec(spec, {}));
}

/** Container edits by themselves, as JSON. */
export function writeEditsJson(edits: ContainerEdits): string {
  return spellEscaped(orderEdits(edits));
}

function spellEscaped(value: OrderedJson): string {
  return spellJson(value).replace(/[<>&\x7f-\x9f\u2028\u2029\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** What a spec that was written says, once it is read back: the texts of two are the same where they say the same. */
export function spellWritten(spec: Spec, isYaml: boolean): string {
  const fields = orderSpec(spec, {});
  return spellJson(isYaml ? applyGoIndents(fields) : fields);
}

/** YAML that begins with `---`. What it says is what Go's says, lost blanks included. */
export function writeSpecYaml(spec: Spec): string {
  return `---\n${writeYaml(applyGoIndents(orderSpec(spec, undefined)))}`;
}

/** The fields in the order of the specification, the empty ones left out where Go leaves them out. */
function orderSpec(spec: Spec, noEdits: Fields | undefined): Fields {
  const edits = orderEdits(spec.containerEdits ?? {});
  return {
    cdiVersion: spec.cdiVersion,
    kind: spec.kind,
    annotations: sortAnnotations(spec.annotations),
    devices: spec.devices.map((device) => orderDevice(device)),
    containerEdits: Object.values(edits).every((member) => member === undefined) ? noEdits : edits,
  };
}

function orderDevice(device: Device): Fields {
  return {
    name: device.name,
    annotations: sortAnnotations(device.annotations),
    containerEdits: orderEdits(device.containerEdits),
  };
}

function orderEdits(edits: ContainerEdits): Fields {
  const fields = KINDS.map((kind) => {
    const items = listItems(edits, kind.name).map((item) => orderItem(kind, item));
    return [kind.name, kind.isList && items.length > 0 ? items : items[0]] as const;
  });
  return Object.fromEntries(fields);
}

function orderItem({ fields, always = [] }: AnyKind, item: JsonValue): OrderedJson {
  if (fields === undefined || !isRecord(item)) return item;
  const members = Object.keys(fields).map((name) => [name, item[name]] as const);
  return Object.fromEntries(members.filter(([name, value]) => always.includes(name) || !isBlank(value)));
}

function isBlank(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === '' || value === false || value === 0 || value === 0n;
}

function sortAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, string> | undefined {
  const entries = Object.entries(annotations ?? {}).sort(([a], [b]) => compareBytes(a, b));
  return entries.length === 0 ? undefined : new Map(entries);
}
