// A spec for what somebody names on a host: nodes, folders, files and variables; with comments that say why it is so.
import type { Device, Spec } from '../cdi/spec.ts';
import { findLeastVersion } from '../cdi/versions.ts';
import { writeSpecYaml } from '../cdi/write-spec.ts';
import type { DeviceNode } from '../edits/device-node.ts';
import type { Mount } from '../edits/mount.ts';
import { type Host, isFailure } from '../host/host.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { makeContainerNodes } from './container-node.ts';
import type { DeviceTree } from './device-tree.ts';
import { generateSpec } from './generate-spec.ts';
import { GENERATORS } from './generators.ts';

/** What is to be handed out. */
export interface Wish {
  /** absolute, on the host */
  readonly paths: readonly string[];
  /** of them, those that containers may write */
  readonly writable: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  /** `vendor.com/class` */
  readonly kind: string;
  /** undefined: one that stays, if the host has one */
  readonly name: string | undefined;
}

export interface ComposedSpec {
  readonly spec: Spec;
  /** YAML with comments */
  readonly text: string;
}

/** A comment, and how the line begins that it stands above; in the order of the lines. */
type Note = readonly [line: string, words: string];

const MOUNT_OPTIONS = ['nosuid', 'nodev', 'rbind'];

/**
 * @param root where the host's `/` is, as for the tree
 * @throws {CdiError} CANNOT_READ for a path that the host does not have
 */
export function composeSpec(wish: Wish, host: Host, tree: DeviceTree, root: string): ComposedSpec {
  const found = wish.paths.map((path) => lookAt(path, wish, host, tree, root));
  const deviceNodes = found.flatMap(({ nodes }) => nodes);
  const mounts = found.flatMap(({ mount }) => mount ?? []);
  const gids = [...new Set(deviceNodes.flatMap(({ gid }) => gid ?? []))].sort((a, b) => a - b);
  const known = findKnown(tree, deviceNodes);
  const device: Device = {
    name: wish.name ?? known?.name ?? makeName(wish.paths[0] ?? ''),
    containerEdits: {
      ...(wish.env.length > 0 && { env: wish.env }),
      ...(deviceNodes.length > 0 && { deviceNodes }),
      ...(mounts.length > 0 && { mounts }),
      ...(gids.length > 0 && { additionalGids: gids }),
    },
  };
  const draft: Spec = { cdiVersion: '', kind: wish.kind, devices: [device] };
  const spec = { ...draft, cdiVersion: findLeastVersion(draft) };
  const notes: Note[] = [
    ['cdiVersion:', 'the least version that has all of this: older engines refuse what is newer'],
    ['kind:', `containers ask for ${wish.kind}=${device.name}`],
    ...(known === undefined
      ? []
      : [
          [
            '- name:',
            `cdictl generate ${known.id} follows this hardware by itself, wherever it is plugged in`,
          ] as const,
        ]),
    ...(wish.env.length > 0 ? [['env:', 'what programs in the container look for'] as const] : []),
    ...(deviceNodes.length > 0
      ? [
          [
            'deviceNodes:',
            'type and numbers are left out: they change with boots, and engines read them from the host',
          ] as const,
        ]
      : []),
    ...found.flatMap(({ notes: own }) => own),
    ...(gids.length > 0
      ? [['additionalGids:', "the nodes are for these groups alone, which the container's user is put into"] as const]
      : []),
  ];
  return { spec, text: annotate(writeSpecYaml(spec), notes) };
}

interface Found {
  readonly nodes: readonly DeviceNode[];
  readonly mount?: Mount;
  readonly notes: readonly Note[];
}

function lookAt(path: string, { writable }: Wish, host: Host, tree: DeviceTree, root: string): Found {
  const inDev = path.startsWith('/dev/');
  const node = (inDev ? tree.target(path) : undefined) ?? path;
  const nodes = makeContainerNodes(tree, node, node === path ? [] : [path]);
  const noted = (own: readonly DeviceNode[], words: string): Found => ({
    nodes: own,
    notes: [[`- path: ${own[0]?.path}`, words]],
  });
  if (nodes.length > 0) {
    if (node === path) return { nodes, notes: [] };
    return noted(nodes, `where the link ${path} leads: engines follow none, so the node is named`);
  }
  const inside = inDev ? tree.names(path).flatMap((name) => makeContainerNodes(tree, `${path}/${name}`)) : [];
  if (inside.length > 0) return noted(inside, `all of ${path}, one by one: a mounted folder would give no access`);
  const info = host.pathInfo(`${root}${path}`);
  if (isFailure(info)) {
    const why = info.errno === 'ENOENT' ? 'the host does not have it' : `it cannot be looked at (${info.errno})`;
    throw new CdiError('CANNOT_READ', { what: `hand out ${quote(path)}`, path, why, hint: 'name what is there' });
  }
  const mayWrite = writable.includes(path);
  const options = [...(mayWrite ? [] : ['ro']), ...MOUNT_OPTIONS];
  const mount: Mount = { hostPath: path, containerPath: path, options, type: 'bind' };
  const words = mayWrite
    ? 'containers write what is on the host'
    : 'read-only: one container changes nothing for others';
  return { nodes: [], mount, notes: [[`- hostPath: ${path}`, words]] };
}

/** The kind that is generated for all of the nodes, and what it calls them. */
function findKnown(tree: DeviceTree, nodes: readonly DeviceNode[]): { id: string; name: string } | undefined {
  const paths = nodes.map(({ path, hostPath = path }) => hostPath);
  for (const generator of paths.length > 0 ? GENERATORS : []) {
    const result = generateSpec(generator, tree);
    const device = 'spec' in result ? result.spec.devices.find((one) => hasNodes(one, paths)) : undefined;
    if (device !== undefined && device.name !== 'all') return { id: generator.id, name: device.name };
  }
  return undefined;
}

function hasNodes({ containerEdits: { deviceNodes = [] } }: Device, paths: readonly string[]): boolean {
  return paths.every((path) => deviceNodes.some((node) => node.path === path));
}

/** After the file; with the folder where that is a word and a number, which the kernel counts. */
function makeName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.slice(/^[a-z]{0,12}\d{1,3}$/i.test(parts.at(-1) ?? '') ? -2 : -1).join('-');
  return last.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '') || 'device';
}

function annotate(text: string, notes: readonly Note[]): string {
  let left = notes;
  return text
    .split('\n')
    .flatMap((line) => {
      const plain = line.trimStart().replaceAll('"', '');
      const at = left.findIndex(([start]) => plain.startsWith(start));
      const words = left[at]?.[1];
      if (words === undefined) return [line];
      left = left.slice(at + 1);
      return [`${' '.repeat(line.length - line.trimStart().length)}# ${words}`, line];
    })
    .join('\n');
}
