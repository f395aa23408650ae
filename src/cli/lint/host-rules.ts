// Rules about what a spec needs of the host: nodes, mount sources and hooks, judged as the shim judges them.

import { type EditProblem, GENERATE_AGAIN, type TrustedHost as JudgedBy } from '../../edits/finding.ts';
import type { Hook } from '../../edits/hook.ts';
import { findHookProblem } from '../../edits/hook-finding.ts';
import { findMountProblem } from '../../edits/mount-finding.ts';
import { findNodeProblem } from '../../edits/node-finding.ts';
import { DEFAULT_SETTINGS } from '../../settings/settings.ts';
import { quote } from '../../text/quote.ts';
import { type Judgement, judgeEach, type Machine, type Rule } from './rule.ts';

export const HOST_RULES: readonly Rule[] = [
  {
    id: 'stale-node',
    severity: 'warning',
    summary: 'a device node that the host does not have, or that is another device there',
    cure: 'generate the spec again, or load the driver',
    find: judgeEach('deviceNodes', (node, { machine }) =>
      machine === undefined || node.path === '' ? undefined : makeJudgement(findNodeProblem(node, unlimited(machine))),
    ),
  },
  {
    id: 'missing-mount-source',
    severity: 'warning',
    summary: 'a mount whose source the host does not have',
    cure: 'generate the spec again, or install what is missing',
    find: judgeEach('mounts', (mount, { machine }) =>
      machine === undefined ? undefined : makeJudgement(findMountProblem(mount, unlimited(machine))),
    ),
  },
  {
    id: 'missing-hook',
    severity: 'warning',
    summary: 'a hook that the host does not have',
    cure: "install the vendor's tools, or remove the hook",
    find: judgeEach('hooks', (hook, { machine }) => {
      const finding = findProgramProblem(hook, machine);
      return finding?.code === 'STALE_DEVICE' && finding.hint === GENERATE_AGAIN ? makeJudgement(finding) : undefined;
    }),
  },
  {
    id: 'untrusted-hook',
    severity: 'error',
    summary: 'a hook that others than root can write, or that is no program: the shim refuses it',
    cure: 'give the program and its directories to root, and let no one else write there',
    find: judgeEach('hooks', (hook, { machine }) => {
      const finding = findProgramProblem(hook, machine);
      return finding?.code === 'UNTRUSTED' ? makeJudgement(finding) : undefined;
    }),
  },
  {
    id: 'unusable-hook',
    severity: 'error',
    summary: 'a hook that no one may execute, so that no container with the device starts',
    cure: 'make it executable: chmod 0755',
    find: judgeEach('hooks', (hook, { machine }) => {
      const finding = findProgramProblem(hook, machine, 'off');
      return finding?.code === 'STALE_DEVICE' && finding.hint !== GENERATE_AGAIN ? makeJudgement(finding) : undefined;
    }),
  },
];

/** Its environment is the matter of another rule, and so is a relative path. */
function findProgramProblem(
  hook: Hook,
  machine: Machine | undefined,
  owner: JudgedBy['limits']['owner'] = 'strict',
): EditProblem | undefined {
  if (machine === undefined || !hook.path.startsWith('/')) return undefined;
  const judge = unlimited(machine);
  return findHookProblem({ ...hook, env: undefined }, { ...judge, limits: { ...judge.limits, owner } });
}

function unlimited({ host, trust }: Machine): JudgedBy {
  const limits = DEFAULT_SETTINGS.trust;
  return { host, lookup: host, trust, limits, hasMountRules: false, family: 'runc', bindsNodes: () => false };
}

function makeJudgement(finding: EditProblem | undefined): Judgement {
  if (finding === undefined) return undefined;
  const message = `cannot ${finding.verb} ${quote(finding.path)}: ${finding.why}`;
  return { in: finding.field, message, problem: finding };
}
