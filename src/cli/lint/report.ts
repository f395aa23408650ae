// What lint reports to other programs: SARIF, and the workflow commands of GitHub.

import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CdiError } from '../../text/error.ts';
import { type OrderedJson, spellJson } from '../../text/json.ts';
import { layOutJson } from '../../text/lay-out-json.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { Finding } from './finding.ts';
import type { IgnoredFinding } from './ignores.ts';
import type { Rule } from './rule.ts';
import { STDIN } from './spec-text.ts';

export interface LintReport {
  /** of cdictl */
  readonly version: string;
  /** those that were asked for */
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
  /** of files and directories that cannot be read or written */
  readonly errors: readonly CdiError[];
}

type ReportFormat = 'sarif' | 'github';

export function isReportFormat(format: string | undefined): format is ReportFormat {
  return format === 'sarif' || format === 'github';
}

export function writeReport(format: ReportFormat, report: LintReport): string {
  return format === 'sarif' ? writeSarif(report) : writeGithub(report);
}

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

function writeGithub({ findings, errors }: LintReport): string {
  const lines = findings.map(({ rule, severity, path, at, message, cure }) => {
    const place = at === undefined ? '' : `,line=${at.line},col=${at.column}`;
    return `::${COMMANDS[severity]} file=${escapeProperty(path)}${place},title=${rule}::${escapeData(`${message}; ${cure}`)}`;
  });
  return [...lines, ...errors.map(({ message }) => `::error::${escapeData(message)}`)]
    .map((line) => `${line}\n`)
    .join('');
}

/** On one line, where a command ends; a percent sign begins an escape of theirs. */
function escapeData(text: string): string {
  return escapeCell(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

function writeSarif({ version, rules, findings, ignored, errors }: LintReport): string {
  const encodeResult = (finding: Finding, reason?: string): OrderedJson => ({
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
    level: LEVELS[finding.severity],
    message: { text: `${finding.message}; ${finding.cure}` },
    locations: [{ physicalLocation: encodePlace(finding) }],
    suppressions: [...(reason === undefined ? [] : [{ kind: 'inSource', justification: reason }])],
  });
  const driver = {
    name: 'cdictl',
    version,
    informationUri: 'https://cdi-runtime.dev/',
    rules: rules.map(({ id, severity, summary, cure }) => ({
      id,
      shortDescription: { text: summary },
      help: { text: cure },
      defaultConfiguration: { level: LEVELS[severity] },
    })),
  };
  const notes = errors.map(({ message }) => ({ level: 'error', message: { text: message } }));
  const run = {
    tool: { driver },
    invocations: [{ executionSuccessful: errors.length === 0, toolExecutionNotifications: notes }],
    originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(process.cwd())}/` } },
    columnKind: 'unicodeCodePoints',
    results: [
      ...findings.map((finding) => encodeResult(finding)),
      ...ignored.map(({ finding, reason }) => encodeResult(finding, reason)),
    ],
  };
  const $schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return layOutJson(spellJson({ $schema, version: '2.1.0', runs: [run] }));
}

/** What a path is relative to, which who reads the file may have elsewhere. */
const ROOT = '%SRCROOT%';

function encodePlace({ path, at }: Finding): OrderedJson {
  // Code scanning shows nothing that has no line.
  const region = { startLine: at?.line ?? 1, startColumn: at?.column };
  if (path === STDIN) return { artifactLocation: { uri: 'stdin:' }, region };
  const below = relative('', path);
  if (below.startsWith('../')) return { artifactLocation: { uri: String(pathToFileURL(resolve(path))) }, region };
  const uri = below.split('/').map(encodeURIComponent).join('/');
  return { artifactLocation: { uri, uriBaseId: ROOT }, region };
}
