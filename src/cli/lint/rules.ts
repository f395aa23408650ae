// The rules of cdictl lint: a new one is a row in one of these tables, two examples in the tests, and a section of
// docs/lint.md.
import { parseQualifier } from '../../cdi/device-name.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { type Finding, SEVERITIES, sortFaults } from './finding.ts';
import { FORM_RULES } from './form-rules.ts';
import { HOST_RULES } from './host-rules.ts';
import { NAME_RULES } from './name-rules.ts';
import { REGISTRY_RULES } from './registry-rules.ts';
import type { LintSubject, Rule } from './rule.ts';
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
export function lintSpec(subject: LintSubject, rules: readonly Rule[] = RULES): readonly Finding[] {
  const { vendor } = parseQualifier(subject.spec?.kind ?? '');
  const findings = rules.flatMap(({ id, severity, cure, find }) =>
    find(subject).map(
      (found): Finding => ({
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

/** @throws {UsageError} for a rule that there is not */
export function checkRules(ids: readonly string[]): void {
  const known = RULES.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    throw new UsageError(
      `rule ${quote(id)} is unknown`,
      suggestNearest(id, known) ?? `the rules are ${known.join(', ')}`,
    );
  }
}

/**
 * Those that `--rule`, `--disable` and `--severity` leave.
 *
 * @throws {UsageError} for a rule that there is not
 */
export function chooseRules(given: Arguments): readonly Rule[] {
  const wanted = given.values('rule');
  const unwanted = given.values('disable');
  checkRules([...wanted, ...unwanted]);
  const least = SEVERITIES.findIndex((severity) => severity === (given.value('severity') ?? 'info'));
  return RULES.filter(({ id, severity }) => {
    const isWanted = wanted.length === 0 || wanted.includes(id);
    return isWanted && !unwanted.includes(id) && SEVERITIES.indexOf(severity) >= least;
  });
}
