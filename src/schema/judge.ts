// A document judged by a compiled schema: nothing happens, or an error says what is wrong first.
import { CdiError, type Position } from '../text/error.ts';
import { findAnnotationFaults } from './annotation-faults.ts';
import type { DocumentSource, SchemaDocument } from './document.ts';
import { makePlain } from './value.ts';
import { describeViolation, type ValidatorError, type Violation, writeFieldName } from './violation.ts';

/** A compiled schema: tells whether a value keeps it, and leaves what it found in `errors`. */
export interface Validator {
  (value: unknown): unknown;
  errors?: readonly ValidatorError[] | null | undefined;
}

/** A document that breaks rules: the message is about the first one, `violations` has them all. */
export class SchemaError extends CdiError {
  /** in the order of the document */
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[], source: DocumentSource, at: Position | undefined, by: string) {
    const [first] = violations;
    const field = writeFieldName(first?.field ?? []);
    const count = violations.length > 1 ? `the first of ${violations.length}, ` : '';
    const why = `${field === '' ? '' : `${field}: `}${first?.why} (${count}by ${by})`;
    super('BAD_SPEC', { ...source, at, why, hint: first?.hint });
    this.violations = violations;
  }
}

/**
 * Judges a document by a schema and, if it is YAML, by the rules of annotations.
 *
 * @param validator undefined: the schema that everything keeps
 * @param name of the schema, for messages: `the built-in schema`
 * @throws {SchemaError} BAD_SPEC
 */
export function judgeDocument(
  document: SchemaDocument,
  validator: Validator | undefined,
  name: string,
  source: DocumentSource,
): void {
  if (validator !== undefined && validator(makePlain(document.value)) !== true) {
    const found = (validator.errors ?? []).map((finding) => describeViolation(finding, document.value));
    refuse(found, document, name, source);
  }
  const faults = document.isYaml ? findAnnotationFaults(document.value) : [];
  if (faults.length > 0) refuse(faults, document, 'the rules of annotations', source);
}

function refuse(violations: readonly Violation[], document: SchemaDocument, by: string, source: DocumentSource): never {
  const placed = violations.map((violation) => ({ violation, at: document.locate(violation.field) }));
  placed.sort((a, b) => compareViolations(a.at, b.at));
  throw new SchemaError(
    placed.map(({ violation }) => violation),
    source,
    placed[0]?.at,
    by,
  );
}

function compareViolations(a: Position | undefined, b: Position | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.line - b.line || a.column - b.column;
}
