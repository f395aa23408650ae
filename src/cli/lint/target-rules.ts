// Rules about the engines and runtimes that a command line names, whatever this host has.
import { judgeForTarget, type TargetFinding } from '../../engines/targets.ts';
import type { LintSubject, Rule } from './rule.ts';

export const TARGET_RULES: readonly Rule[] = [
  {
    id: 'target-refuses',
    severity: 'error',
    summary: 'a spec that an engine named by --target refuses, with all of its devices',
    cure: 'write what it knows',
    find: (subject) => findForTargets(subject, 'refused'),
  },
  {
    id: 'target-ignores',
    severity: 'warning',
    summary: 'something that an engine or a runtime named by --target passes over without a word',
    cure: 'leave it out',
    find: (subject) => findForTargets(subject, 'ignored'),
  },
];

function findForTargets(
  { spec, targets = [] }: LintSubject,
  effect: TargetFinding['effect'],
): readonly TargetFinding[] {
  if (spec === undefined) return [];
  return targets.flatMap((target) => judgeForTarget(spec, target)).filter((finding) => finding.effect === effect);
}
