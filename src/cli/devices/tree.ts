// Devices as a tree: kind, device, and what it gives to a container.
import type { ContainerEdits } from '../../edits/kinds.ts';
import { getHostPath } from '../../edits/node-finding.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DeviceGroup, Lack } from './rows.ts';
import { stackWords } from './table.ts';

interface Branch {
  /** lines of its own, before those of its branches */
  readonly lines: readonly string[];
  readonly branches: readonly Branch[];
}

/** What comes with each device of a kind stands once, before them. */
export function writeDeviceTree(terminal: Terminal, groups: readonly DeviceGroup[]): string {
  return groups.map((group) => `${drawBranch(growGroup(terminal, group)).join('\n')}\n`).join('');
}

function growGroup(terminal: Terminal, { kind, path, rows, lacks }: DeviceGroup): Branch {
  const shared = rows[0]?.names[0].file.spec.containerEdits;
  const common = listEdits(terminal, shared, lacks);
  // As wide as a line is, less what stands before it.
  const room = terminal.width - EDGE.length;
  return {
    lines: [`${terminal.style('bold', kind)}  ${escapeCell(path)}`],
    branches: [
      ...(common.length === 0 ? [] : [{ lines: ['with each of them'], branches: common }]),
      ...rows.map((row) => ({
        lines: stackWords(
          row.names.map(({ device }) => escapeCell(device.name)),
          room,
        ).map((line) => terminal.style('bold', line)),
        branches: listEdits(terminal, row.names[0].device.containerEdits, row.lacks),
      })),
    ],
  };
}

function listEdits(terminal: Terminal, edits: ContainerEdits = {}, lacks: readonly Lack[]): readonly Branch[] {
  const { env = [], deviceNodes = [], mounts = [], hooks = [] } = edits;
  const items: (readonly [what: string, path: string, rest: string])[] = [
    ...deviceNodes.map((node) => ['node', getHostPath(node), writeTarget(getHostPath(node), node.path)] as const),
    ...mounts.map((mount) => ['mount', mount.hostPath, writeTarget(mount.hostPath, mount.containerPath)] as const),
    ...hooks.map(({ hookName, path }) => ['hook', path, ` at ${hookName}`] as const),
    ...env.map((variable) => ['env', variable, ''] as const),
  ];
  return items.map(([what, path, rest]) => {
    const lack = what === 'env' ? undefined : lacks.find((one) => one.path === path);
    const text = `${what.padEnd(5)} ${escapeCell(path)}${escapeCell(rest)}`;
    return { lines: [lack === undefined ? text : terminal.style('yellow', `${text}  (${lack.why})`)], branches: [] };
  });
}

function writeTarget(from: string, to: string): string {
  return from === to ? '' : ` as ${to}`;
}

const [EDGE, LAST_EDGE, PASSING, BLANK] = ['├─ ', '└─ ', '│  ', '   '];

function drawBranch({ lines, branches }: Branch): string[] {
  const below = branches.flatMap((branch, index) => {
    const isLast = index === branches.length - 1;
    const [first = '', ...rest] = drawBranch(branch);
    return [`${isLast ? LAST_EDGE : EDGE}${first}`, ...rest.map((line) => `${isLast ? BLANK : PASSING}${line}`)];
  });
  return [...lines, ...below];
}
