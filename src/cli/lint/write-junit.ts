// Findings as a test report in the form of JUnit, which most CI shows: a suite a file, a failure a finding.
import { escapeCell } from '../terminal/cell.ts';
import { writePosition } from './fault.ts';
import type { LintFinding } from './finding.ts';
import type { LintReport } from './report.ts';

export function writeJunit({ paths, findings, ignored, errors }: LintReport): string {
  const suites = paths.map((path) => {
    const own = findings.filter((finding) => finding.path === path);
    const hidden = ignored.filter(({ finding }) => finding.path === path);
    const cases = [
      ...own.map((finding) => writeCase(finding, writeOutcome(finding))),
      ...hidden.map(({ finding, reason }) => writeCase(finding, `<skipped message=${quoteXml(reason)}/>`)),
      // A suite without cases is one that did not run.
      ...(own.length + hidden.length === 0 ? [`<testcase name="cdictl lint" classname=${quoteXml(path)}/>`] : []),
    ];
    return writeSuite(path, cases, { failures: own.filter(isFailed).length, errors: 0, skipped: hidden.length });
  });
  const broken = errors.map(({ path = '', message }) =>
    writeSuite(path, [`<testcase name="cdictl lint"><error message=${quoteXml(message)}/></testcase>`], {
      failures: 0,
      errors: 1,
      skipped: 0,
    }),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${[...suites, ...broken].join('')}</testsuites>\n`;
}

interface Counts {
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function writeSuite(name: string, cases: readonly string[], { failures, errors, skipped }: Counts): string {
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return `<testsuite name=${quoteXml(name)} ${counts}>\n${cases.join('\n')}\n</testsuite>\n`;
}

function writeCase({ rule, path, at }: LintFinding, outcome: string): string {
  const name = `${rule} ${writePosition(at)}`.trim();
  return `<testcase name=${quoteXml(name)} classname=${quoteXml(path)}>${outcome}</testcase>`;
}

/** Advice fails no test. */
function writeOutcome(finding: LintFinding): string {
  const { severity, message, cure } = finding;
  if (!isFailed(finding)) return `<system-out>${escapeXml(`${message}; ${cure}`)}</system-out>`;
  return `<failure type="${severity}" message=${quoteXml(message)}>${escapeXml(cure)}</failure>`;
}

function isFailed({ severity }: LintFinding): boolean {
  return severity !== 'info';
}

function quoteXml(text: string): string {
  return `"${escapeXml(text)}"`;
}

/** XML has no way at all to say some control characters. */
function escapeXml(text: string): string {
  return escapeCell(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
