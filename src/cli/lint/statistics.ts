// How often each rule found something.
import { groupItems } from '../../generate/class-devices.ts';
import { compareBytes } from '../../text/byte-order.ts';
import { layOutTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { LintFinding, Severity } from './finding.ts';

type RuleCount = {
  readonly rule: string;
  readonly severity: Severity;
  /** of findings, and of the specs that they are in */
  readonly findings: number;
  readonly specs: number;
};

/** The most frequent one first. */
export function countByRule(findings: readonly LintFinding[]): RuleCount[] {
  const counts = groupItems(findings, ({ rule }) => rule).map((own) => ({
    rule: own[0].rule,
    severity: own[0].severity,
    findings: own.length,
    specs: new Set(own.map(({ path }) => path)).size,
  }));
  return counts.sort((a, b) => b.findings - a.findings || compareBytes(a.rule, b.rule));
}

export function writeStatistics(terminal: Terminal, findings: readonly LintFinding[]): string {
  const rows = countByRule(findings).map((row) => [String(row.findings), String(row.specs), row.severity, row.rule]);
  return rows.length === 0 ? '' : layOutTable(terminal, ['FINDINGS', 'SPECS', 'SEVERITY', 'RULE'], rows);
}
