// cdictl lint: advice about specs, for vendors and for those who run them.
import { parseTarget, TARGET_NAMES, type Target } from '../../engines/targets.ts';
import { createFindSuccessor } from '../../inject/find-successor.ts';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote } from '../../text/quote.ts';
import type { Arguments, Context, Run } from '../command.ts';
import { encodeFinding, type Finding, judgeStatus, SEVERITIES, type Severity, writeFinding } from '../lint/finding.ts';
import { carryOut, type Fix, findFixes } from '../lint/fixes.ts';
import { groupFindings } from '../lint/groups.ts';
import { siftFindings } from '../lint/ignores.ts';
import { findOtherReadings } from '../lint/other-readings.ts';
import { isReportFormat, writeReport } from '../lint/report.ts';
import { checkRules, chooseRules, lintSpec } from '../lint/rules.ts';
import { readSpecs } from '../lint/spec-operands.ts';
import { STDIN } from '../lint/spec-text.ts';
import { makeMachine, makeSubjects } from '../lint/subjects.ts';
import { encodeError } from '../look.ts';
import { layOutSection, readSections } from '../pages.ts';
import { print } from '../print.ts';
import { escapeCell } from '../terminal/cell.ts';
import { writeCount } from '../terminal/plural.ts';
import { mapWithProgress } from '../terminal/progress.ts';
import { UsageError } from '../usage-error.ts';

/** The version may be higher for a reason that is not in the file: only who asks for it gets it lowered. */
const LOWERING = 'version-too-high';

/** What somebody may have meant to be a spec, too. */
const LIKE_A_SPEC = /\.(?:ya?ml|json)$/i;

/** Exit status 1 where something cannot be read or written, 3 where there are warnings or errors. */
export const run: Run = async (context, given) => {
  if (given.flag('explain')) return explainRules(context, given.values('explain'));
  checkFix(given);
  const rules = chooseRules(given);
  const targets = given.values('target').map(readTarget);
  const machine = given.flag('no-host') ? undefined : makeMachine(context);
  const { specs, errors } = readSpecs(context, given.operands, (name) => LIKE_A_SPEC.test(name));
  const linted = mapWithProgress(context, 'looking at specs', makeSubjects(specs, machine), (subject) => {
    const whole = { ...subject, targets, otherReadings: () => findOtherReadings(subject) };
    return { subject, ...siftFindings(whole, lintSpec(whole, rules), rules) };
  });
  const isFixed = ({ rule }: Finding): boolean => rule !== LOWERING || given.values('rule').includes(LOWERING);
  const fixes = given.flag('fix')
    ? linted.flatMap(({ subject, findings }) => findFixes(subject, findings.filter(isFixed)))
    : [];
  const format = given.value('output');
  if (context.output === 'table' && !isReportFormat(format)) for (const { diff } of fixes) context.stdout.write(diff);
  const warn = (warning: string): void => context.stderr.write(`cdictl: ${escapeCell(warning)}\n`);
  const done = given.flag('dry-run') ? [] : fixes.map((fix) => ({ fix, failure: tryFix(fix, warn) }));
  const written = done.flatMap(({ fix, failure }) => (failure === undefined ? [fix] : []));
  const findings = linted
    .flatMap((one) => one.findings)
    .filter((finding) => !written.some((fix) => fix.finding === finding));
  const ignored = linted.flatMap((one) => one.ignored);
  const failures = [...errors, ...done.flatMap(({ failure }) => failure ?? [])];
  if (isReportFormat(format)) {
    const report = { version: context.version, rules, findings, ignored, errors: failures };
    context.stdout.write(writeReport(format, report));
  } else {
    const data = {
      findings: findings.map((finding) => encodeFinding(finding)),
      ignored: ignored.map(({ finding, reason }) => ({ ...encodeFinding(finding), reason })),
      fixes: fixes.map((fix) => encodeFix(fix, written.includes(fix))),
      errors: failures.map(encodeError),
    };
    print(context, data, () => {
      const shown = given.flag('verbose') ? findings : groupByCause(context, findings);
      const body = shown.map((finding) => writeFinding(context.stdout, finding)).join('');
      return body + writeSummary(context, shown, specs.length, ignored.length);
    });
  }
  for (const error of failures) context.stderr.write(`cdictl: ${error.message}\n`);
  if (failures.length > 0) return 1;
  return judgeStatus(findings);
};

function readTarget(text: string): Target {
  const target = parseTarget(text);
  if (target !== undefined) return target;
  const [name = ''] = text.split('@');
  const near = suggestNearest(name, TARGET_NAMES);
  const names = `the targets are ${TARGET_NAMES.join(', ')}, each with @ and a version: podman@4.9`;
  throw new UsageError(
    `target ${quote(text)} is none`,
    TARGET_NAMES.some((known) => known === name) ? names : (near ?? names),
  );
}

function explainRules({ stdout }: Context, ids: readonly string[]): 0 {
  checkRules(ids);
  const sections = readSections('lint.md').filter(({ title }) => ids.includes(title));
  stdout.write(
    sections
      .map(({ title, text }) => `${stdout.style('bold', title)}\n${layOutSection(text, stdout.width)}`)
      .join('\n'),
  );
  return 0;
}

function groupByCause({ host }: Context, findings: readonly Finding[]): readonly Finding[] {
  return groupFindings(findings, ({ rule }) => rule, createFindSuccessor(host));
}

function checkFix(given: Arguments): void {
  const help = 'see cdictl lint --help';
  if (!given.flag('fix') && given.flag('dry-run')) throw new UsageError('option --dry-run needs --fix', help);
  if (given.flag('fix') && given.operands.includes(STDIN)) {
    throw new UsageError('option --fix needs files, and - is none', help);
  }
}

function tryFix(fix: Fix, warn: (warning: string) => void): CdiError | undefined {
  try {
    carryOut(fix, warn);
    return undefined;
  } catch (error) {
    if (error instanceof CdiError) return error;
    throw error;
  }
}

function writeSummary({ quiet }: Context, findings: readonly Finding[], count: number, ignored: number): string {
  if (quiet) return '';
  const numbers = [...SEVERITIES].reverse().map((severity) => writeFindingCount(findings, severity));
  const hidden = ignored === 0 ? '' : `; ${ignored} ignored`;
  return `${numbers.join(', ')} in ${writeCount(count, 'spec')}${hidden}\n`;
}

function writeFindingCount(findings: readonly Finding[], severity: Severity): string {
  const count = findings.filter((finding) => finding.severity === severity).length;
  return severity === 'info' ? `${count} info` : writeCount(count, severity);
}

function encodeFix({ finding: { path, rule, version }, diff }: Fix, written: boolean): OrderedJson {
  return { path, rule, version, diff, written };
}
