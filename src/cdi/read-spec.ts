// From a YAML tree to a CDI spec, field by field as Go's decoder has it (corpus NOTES 1 to 18).

import { flag, integer, listOf, optional, recordOf, recordsOf, textList } from '../text/yaml-decode.ts';
import { type Decode, text, YamlReader } from '../text/yaml-reader.ts';
import type { YamlTree } from '../text/yaml-tree.ts';
import type { ContainerEdits, Device, DeviceNode, Hook, IntelRdt, Mount, NetDevice, Spec } from './spec.ts';

const INT64 = integer(-(2n ** 63n), 2n ** 63n - 1n);
const uint32: Decode<number> = (reader, node, before) => Number(UINT32(reader, node, before));
const UINT32 = integer(0n, 2n ** 32n - 1n);

const annotations: Decode<Record<string, string> | undefined> = (reader, node, before) => {
  if (reader.isNull(node)) return undefined;
  const out: Record<string, string> = Object.assign(Object.create(null), before);
  for (const [key, value] of reader.entries(node, text)) out[key] = value;
  return out;
};

const hooks = recordsOf<Hook>(
  { hookName: text, path: text, args: textList, env: textList, timeout: optional(INT64) },
  { hookName: '', path: '' },
);

const deviceNodes = recordsOf<DeviceNode>(
  {
    path: text,
    hostPath: text,
    type: text,
    major: INT64,
    minor: INT64,
    fileMode: optional(uint32),
    permissions: text,
    uid: optional(uint32),
    gid: optional(uint32),
  },
  { path: '' },
);

const netDevices = recordsOf<NetDevice>({ hostInterfaceName: text, name: text }, { hostInterfaceName: '', name: '' });

const mounts = recordsOf<Mount>(
  { hostPath: text, containerPath: text, options: textList, type: text },
  { hostPath: '', containerPath: '' },
);

const intelRdt = recordOf<IntelRdt>(
  { closID: text, l3CacheSchema: text, memBwSchema: text, schemata: textList, enableMonitoring: flag },
  {},
);

const edits = recordOf<ContainerEdits>(
  {
    env: textList,
    deviceNodes,
    netDevices,
    hooks,
    mounts,
    intelRdt: optional(intelRdt),
    additionalGids: listOf(uint32),
  },
  {},
);

const device = recordOf<Device>({ name: text, annotations, containerEdits: edits }, { name: '', containerEdits: {} });

const spec = recordOf<Spec>(
  {
    cdiVersion: text,
    kind: text,
    annotations,
    devices: (reader, node, before) =>
      listOf(device)(reader, node, before === undefined ? undefined : [...before]) ?? [],
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
  const value = reader.document(spec);
  return value === undefined ? undefined : { spec: value, reader };
}

/** Reads container edits alone, for callers that hold just those. */
export function readEditsTree(tree: YamlTree, what: string): ContainerEdits | undefined {
  return new YamlReader(tree, { code: 'BAD_EDITS', what }).document(edits);
}
