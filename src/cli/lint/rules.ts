// The rules of cdictl lint: a new one is a row in one of these tables, two examples in the tests, and a section of
// docs/lint.md.
import { parseQualifier } from '../../cdi/device-name.ts';
import { sortFaults } from './fault.ts';
import type { LintFinding } from './finding.ts';
import { FORM_RULES } from './form-rules.ts';
import { HOST_RULES } from './host-rules.ts';
import { NAME_RULES } from './name-rules.ts';
import { REGISTRY_RULES } from './registry-rules.ts';
import type { Rule } from './rule.ts';
import type { LintSubject } from './subject.ts';
import { TARGET_RULES } from './target-rules.ts';
import { VERSION_RULES } from './version-rules.ts';

/** Told by what knows what the others have found (ignores.ts), and only where specs may speak for themselves. */
export const IGNORE_COMMENT: Rule = {
  id: 'ignore-comment',
  severity: 'warning',
  summary:
    'a comment that is to hide a finding and hides none: without a reason, of no rule, or of one that finds nothing there',
  cure: 'write # cdictl-ignore RULE: reason',
  find: () => [],
};

export const RULES: readonly Rule[] = [
  ...VERSION_RULES,
  ...FORM_RULES,
  ...NAME_RULES,
  ...HOST_RULES,
  ...REGISTRY_RULES,
  ...TARGET_RULES,
  IGNORE_COMMENT,
];

/** What rules find in a spec, in the order of its lines. */
export function lintSpec(subject: LintSubject, rules: readonly Rule[] = RULES): readonly LintFinding[] {
  const { vendor } = parseQualifier(subject.spec?.kind ?? '');
  const findings = rules.flatMap(({ id, severity, cure, find }) =>
    find(subject).map(
      (found): LintFinding => ({
        rule: id,
        severity,
        path: subject.path,
        at: found.at ?? (found.field.length === 0 ? undefined : subject.locate(found.field)),
        message: found.message,
        cure: found.cure ?? cure,
        version: found.version,
        vendor,
        problem: found.problem,
        cause: found.cause,
      }),
    ),
  );
  return sortFaults(findings);
}
