// What a rule finds in a spec.
import type { EditProblem } from '../../edits/finding.ts';
import type { CdiError, ErrorCode, Position } from '../../text/error.ts';
import { escapeCell } from '../terminal/cell.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { SharedCause } from './groups.ts';

/**
 * `error`: no engine takes the spec, or the shim refuses it, or a device cannot work; `warning`: it works in part or
 * by chance; `info`: it could be better.
 */
export type Severity = 'error' | 'warning' | 'info';

/** Rising. */
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];

export interface Finding {
  /** of the rule: `version-too-high` */
  readonly rule: string;
  readonly severity: Severity;
  /** as messages name it */
  readonly path: string;
  readonly at: Position | undefined;
  readonly message: string;
  /** what to do about it */
  readonly cure: string;
  /** a cdiVersion that fixes it: the one thing that can be changed without knowing the device */
  readonly version: string | undefined;
  /** of the spec; empty where no one can say */
  readonly vendor: string;
  readonly problem: EditProblem | undefined;
  readonly cause: SharedCause | undefined;
}

/** Whose rules: a reader's, those of CDI, a schema, Kubernetes' for annotations, or those of the spec directories. */
export type Judge = 'syntax' | 'specification' | 'schema' | 'annotations' | 'registry';

export interface SpecFault {
  readonly by: Judge;
  readonly code: ErrorCode;
  readonly at: Position | undefined;
  /** without the place */
  readonly why: string;
  readonly hint: string | undefined;
}

/** An error as one fault of the file that it is about. */
export function makeFault({ code, why, line, column, hint }: CdiError, by: Judge): SpecFault {
  const at = line === undefined || column === undefined ? undefined : { line, column };
  return { by, code, at, why: why.replace(PLACE, ''), hint };
}

/** An error's reason begins with its place. */
const PLACE = /^line \d+, column \d+: /;

/** In the order of the file; what has no place comes first. */
export function sortFaults<T extends { readonly at: Position | undefined }>(faults: readonly T[]): T[] {
  return [...faults].sort(
    ({ at: a }, { at: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  );
}

/** To tell places apart. */
export function writePosition(at: Position | undefined): string {
  return at === undefined ? '' : `${at.line}:${at.column}`;
}

/** `path:line:column`, or the path alone. */
export function writePlace(path: string, at: Position | undefined): string {
  return at === undefined ? escapeCell(path) : `${escapeCell(path)}:${at.line}:${at.column}`;
}

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

type ShownFinding = Pick<Finding, 'rule' | 'severity' | 'path' | 'at' | 'message' | 'cure'>;

/** A finding as a person reads it, with what to do below it. */
export function writeFinding(terminal: Terminal, finding: ShownFinding): string {
  const { path, at, rule, severity, message, cure } = finding;
  const word = terminal.style(COLOURS[severity], severity);
  return `${writePlace(path, at)}: ${word}: ${escapeCell(message)} [${rule}]\n    ${escapeCell(cure)}\n`;
}

/** A finding as programs get it. */
export function encodeFinding(finding: ShownFinding & { readonly version?: string | undefined }): EncodedFinding {
  const { rule, severity, path, at, message, cure, version } = finding;
  return { rule, severity, path, line: at?.line, column: at?.column, message, cure, version };
}

type EncodedFinding = Readonly<Record<string, string | number | undefined>>;

/** 3 where there are warnings or errors. */
export function judgeStatus(findings: readonly Pick<Finding, 'severity'>[]): 0 | 3 {
  return findings.some(({ severity }) => severity !== 'info') ? 3 : 0;
}
