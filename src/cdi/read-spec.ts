// From a YAML tree to a CDI spec, field by field as Go's decoder has it (corpus NOTES 1 to 18).

import { type ContainerEdits, KINDS } from '../edits/kinds.ts';
import { type FieldTable, listOf, recordOf } from '../text/yaml-decode.ts';
import { type Decode, text, YamlReader } from '../text/yaml-reader.ts';
import type { YamlTree } from '../text/yaml-tree.ts';
import type { Device, Spec } from './spec.ts';

const readAnnotations: Decode<Record<string, string> | undefined> = (reader, node, before) => {
  if (reader.isNull(node)) return undefined;
  const out: Record<string, string> = Object.assign(Object.create(null), before);
  for (const [key, value] of reader.entries(node, text)) out[key] = value;
  return out;
};

// One decoder for each kind, and KINDS has all of them: what the compiler does not see in a loop.
function listEditFields(): FieldTable<ContainerEdits>;
function listEditFields(): Readonly<Record<string, Decode<unknown>>> {
  return Object.fromEntries(KINDS.map(({ name, decode }) => [name, decode]));
}

const edits = recordOf<ContainerEdits>(listEditFields(), {});

const device = recordOf<Device>(
  { name: text, annotations: readAnnotations, containerEdits: edits },
  { name: '', containerEdits: {} },
);

const devices = listOf(device);

export const readSpec: Decode<Spec> = recordOf<Spec>(
  {
    cdiVersion: text,
    kind: text,
    annotations: readAnnotations,
    // Not a copy of what is there before: the reader knows lists that it has read.
    devices: (reader, node, before) => devices(reader, node, before as Device[]) ?? [],
    containerEdits: edits,
  },
  { cdiVersion: '', kind: '', devices: [] },
);

/** A spec as it was read, with the positions of its parts for messages. */
export interface SpecDocument {
  readonly spec: Spec;
  readonly reader: YamlReader;
}

/**
 * Reads a spec out of a tree, without judging its content.
 *
 * @param what to follow "cannot" in messages: `load spec "/etc/cdi/gpu.yaml"`
 * @returns undefined for a document that is empty or a null
 * @throws {CdiError} BAD_SPEC with line and column
 */
export function readSpecTree(tree: YamlTree, what: string, path: string | undefined): SpecDocument | undefined {
  const reader = new YamlReader(tree, { code: 'BAD_SPEC', what, path });
  const value = reader.document(readSpec);
  return value === undefined ? undefined : { spec: value, reader };
}

/** Reads container edits alone, for callers that hold just those. */
export function readEditsTree(tree: YamlTree, what: string): ContainerEdits | undefined {
  return new YamlReader(tree, { code: 'BAD_EDITS', what }).document(edits);
}
