// Rules about what a spec needs of the host: nodes, mount sources and hooks, judged as the shim judges them.

import type { Finding, Machine as JudgedBy } from '../../edits/finding.ts';
import type { Hook } from '../../edits/hook.ts';
import { hookFinding } from '../../edits/hook-finding.ts';
import { START_CONTAINER_HOOK } from '../../edits/hook-names.ts';
import { mountFinding } from '../../edits/mount-finding.ts';
import { nodeFinding } from '../../edits/node-finding.ts';
import { failed } from '../../host/host.ts';
import { quote } from '../../text/quote.ts';
import { each, type Rule, type Verdict } from './rule.ts';
import type { Machine } from './subject.ts';

export const HOST_RULES: readonly Rule[] = [
  {
    id: 'stale-node',
    severity: 'warning',
    summary: 'a device node that the host does not have, or that is another device there',
    cure: 'generate the spec anew, or load the driver',
    find: each('deviceNodes', (node, { machine }) =>
      machine === undefined || node.path === '' ? undefined : verdictOf(nodeFinding(node, unlimited(machine))),
    ),
  },
  {
    id: 'missing-mount-source',
    severity: 'warning',
    summary: 'a mount whose source the host does not have',
    cure: 'generate the spec anew, or install what is missing',
    find: each('mounts', (mount, { machine }) =>
      machine === undefined ? undefined : verdictOf(mountFinding(mount, unlimited(machine))),
    ),
  },
  {
    id: 'missing-hook',
    severity: 'warning',
    summary: 'a hook that the host does not have',
    cure: "install the vendor's tools, or remove the hook",
    find: each('hooks', (hook, { machine }) => {
      const finding = programFinding(hook, machine);
      return finding?.code === 'STALE_DEVICE' ? verdictOf(finding) : undefined;
    }),
  },
  {
    id: 'untrusted-hook',
    severity: 'error',
    summary: 'a hook that others than root can write, or that is no program: the shim refuses it',
    cure: 'give the program and its directories to root, and let nobody else write there',
    find: each('hooks', (hook, { machine }) => {
      const finding = programFinding(hook, machine);
      return finding?.code === 'UNTRUSTED' ? verdictOf(finding) : undefined;
    }),
  },
  {
    id: 'unusable-hook',
    severity: 'error',
    summary: 'a hook that nobody may execute, so that no container with the device starts',
    cure: 'make it executable: chmod 0755',
    find: each('hooks', ({ hookName, path }, { machine }) => {
      if (machine === undefined || hookName === START_CONTAINER_HOOK || !path.startsWith('/')) return undefined;
      const { end } = machine.trust.trail(path);
      if (failed(end) || end.kind !== 'file' || (end.mode & ANYBODY_EXECUTES) !== 0) return undefined;
      return { in: ['path'], message: `hook ${quote(path)} may be executed by nobody` };
    }),
  },
];

const ANYBODY_EXECUTES = 0o111;

/** Its environment is the matter of another rule, and so is a relative path. */
function programFinding(hook: Hook, machine: Machine | undefined): Finding | undefined {
  if (machine === undefined || !hook.path.startsWith('/')) return undefined;
  return hookFinding({ ...hook, env: undefined }, unlimited(machine));
}

function unlimited({ host, trust }: Machine): JudgedBy {
  return { host, trust, limits: { owner: 'strict', hookPaths: [], hostPaths: [], hookEnv: [] } };
}

function verdictOf(finding: Finding | undefined): Verdict {
  return finding && { in: finding.field, message: `cannot ${finding.what}: ${finding.why}` };
}
