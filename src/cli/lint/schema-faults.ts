// What a JSON schema, and Kubernetes' rules for annotations, say to a spec file.
import { compileSchema, resolveSchemaPath } from '../../library/compile-schema.ts';
import { findAnnotationFaults } from '../../schema/annotation-faults.ts';
import { builtinValidator } from '../../schema/builtin.ts';
import { looksLikeJson, readJsonDocument, readYamlDocument, type SchemaDocument } from '../../schema/document.ts';
import { judgeDocument, SchemaError, type Validator } from '../../schema/judge.ts';
import { type Violation, writeFieldName } from '../../schema/violation.ts';
import { CdiError } from '../../text/error.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { type Judge, makeFault, type SpecFault, sortFaults, writePosition } from './finding.ts';
import { checkJson, type SpecText } from './spec-text.ts';

export interface NamedSchema {
  /** `builtin`, `none`, or a path */
  readonly name: string;
  /** undefined: the schema that everything keeps */
  readonly validator: Validator | undefined;
}

/**
 * Only the path of a schema loads ajv.
 *
 * @throws {CdiError} BAD_SCHEMA, CANNOT_READ
 */
export async function loadNamedSchema(name: string): Promise<NamedSchema> {
  if (name === 'none') return { name, validator: undefined };
  if (name === 'builtin') return { name, validator: builtinValidator };
  const { chooseAjv } = await import('./choose-ajv.ts');
  return { name, validator: compileSchema(resolveSchemaPath(name), chooseAjv) };
}

/**
 * What breaks the schema or the rules of annotations, in JSON and YAML alike; upstream's tool looks at annotations in
 * YAML alone. None for a text that cannot be read: that is told already.
 */
export function findSchemaFaults(read: SpecText, { name, validator }: NamedSchema): readonly SpecFault[] {
  const source = { what: 'validate the spec' };
  const faults = [...checkJson(read)];
  try {
    const document = readSchemaDocument(read, source);
    const keep = (violations: readonly Violation[], by: Judge): void => {
      for (const { field, why, hint } of violations) {
        const at = document.locate(field);
        faults.push({ by, code: 'BAD_SPEC', at, why: `${writeFieldName(field) || 'the document'}: ${why}`, hint });
      }
    };
    // Without annotations, which are asked for below: they do not hide what the schema finds, nor it them.
    keep(findViolations({ ...document, isYaml: false }, validator), 'schema');
    keep(findAnnotationFaults(document.value), 'annotations');
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    if (read.faults.length === 0) faults.push(makeFault(error, 'syntax'));
  }
  // The built-in schema says again what the rules of CDI say already.
  const told = new Set(read.faults.map(({ at }) => writePosition(at)));
  const isTold = ({ by, at }: SpecFault): boolean =>
    by === 'schema' && name === 'builtin' && told.has(writePosition(at));
  return sortFaults(faults.filter((fault) => !isTold(fault)));
}

/** A spec that begins with `{` may still be YAML. */
function readSchemaDocument({ text, tree }: SpecText, source: { readonly what: string }): SchemaDocument {
  const isJson = looksLikeJson(text) && !('syntax' in parseJson(text));
  return isJson ? readJsonDocument(text, source) : readYamlDocument(tree, source);
}

function findViolations(document: SchemaDocument, validator: Validator | undefined): readonly Violation[] {
  try {
    judgeDocument(document, validator, '', { what: '' });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.violations;
    throw error;
  }
}
