// What looks stronger in a policy than it is: a rule that allows by one effect and leaves the others open.
import { listOpenKinds } from '../../policy/effects.ts';
import type { SettingsFile } from '../../settings/settings-file.ts';
import type { Finding } from './finding.ts';

export type PolicyFinding = Pick<Finding, 'rule' | 'severity' | 'path' | 'at' | 'message' | 'cure'>;

export function findOpenRules({ path, part, locate }: SettingsFile): readonly PolicyFinding[] {
  const rules = part.policy?.rules ?? [];
  return rules.flatMap((_, index): PolicyFinding[] => {
    const open = listOpenKinds(rules, index);
    if (open.length === 0) return [];
    return [
      {
        rule: 'open-effects',
        severity: 'warning',
        path,
        at: locate(['policy', 'rules', index]),
        message: `policy.rules[${index}] allows devices whatever they bring of ${open.join(', ')}`,
        cure: `name what it allows of ${open.join(', ')}, too, or deny all of them in a rule before it`,
      },
    ];
  });
}
