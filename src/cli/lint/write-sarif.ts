// Findings as SARIF 2.1.0, for code scanning and editors.
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type OrderedJson, spellJson } from '../../text/json.ts';
import { layOutJson } from '../../text/lay-out-json.ts';
import type { LintFinding } from './finding.ts';
import type { LintReport } from './report.ts';
import { STDIN } from './spec-text.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

export function writeSarif({ version, rules, findings, ignored, errors }: LintReport): string {
  const encodeResult = (finding: LintFinding, reason?: string): OrderedJson => ({
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

function encodePlace({ path, at }: LintFinding): OrderedJson {
  // Code scanning shows nothing that has no line.
  const region = { startLine: at?.line ?? 1, startColumn: at?.column };
  if (path === STDIN) return { artifactLocation: { uri: 'stdin:' }, region };
  const below = relative('', path);
  if (below.startsWith('../')) return { artifactLocation: { uri: String(pathToFileURL(resolve(path))) }, region };
  const uri = below.split('/').map(encodeURIComponent).join('/');
  return { artifactLocation: { uri, uriBaseId: ROOT }, region };
}
