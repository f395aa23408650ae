// Which rules a command line asks for.
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { SEVERITIES } from './finding.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

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
