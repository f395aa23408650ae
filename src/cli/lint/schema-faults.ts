// What a JSON schema, and Kubernetes' rules for annotations, say to a spec file.
import { compileSchema, schemaPath } from '../../library/compile-schema.ts';
import { annotationFaults } from '../../schema/annotation-faults.ts';
import { builtinValidator } from '../../schema/builtin.ts';
import { jsonDocument, looksLikeJson, type SchemaDocument, yamlDocument } from '../../schema/document.ts';
import { judge, SchemaError, type Validator } from '../../schema/judge.ts';
import { fieldName, type Violation } from '../../schema/violation.ts';
import { CdiError } from '../../text/error.ts';
import { parseJson } from '../../text/json-syntax.ts';
import { type Fault, faultOf, inOrder, type Judge } from './fault.ts';
import { notJson } from './not-json.ts';
import type { SpecText } from './spec-text.ts';

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
export async function namedSchema(name: string): Promise<NamedSchema> {
  if (name === 'none') return { name, validator: undefined };
  if (name === 'builtin') return { name, validator: builtinValidator };
  const { ajvOf } = await import('./ajv-of.ts');
  return { name, validator: compileSchema(schemaPath(name), ajvOf) };
}

/**
 * What breaks the schema or the rules of annotations, in JSON and YAML alike; upstream's tool looks at annotations in
 * YAML alone. None for a text that cannot be read: that is told already.
 */
export function schemaFaults(read: SpecText, { name, validator }: NamedSchema): readonly Fault[] {
  const source = { what: 'validate the spec' };
  const faults = [...notJson(read)];
  try {
    const document = documentOf(read, source);
    const keep = (violations: readonly Violation[], by: Judge): void => {
      for (const { field, why, hint } of violations) {
        const at = document.locate(field);
        faults.push({ by, code: 'BAD_SPEC', at, why: `${fieldName(field) || 'the document'}: ${why}`, hint });
      }
    };
    // Without annotations, which are asked for below: they do not hide what the schema finds, nor it them.
    keep(violationsOf({ ...document, isYaml: false }, validator), 'schema');
    keep(annotationFaults(document.value), 'annotations');
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    if (read.faults.length === 0) faults.push(faultOf(error, 'syntax'));
  }
  // The built-in schema says again what the rules of CDI say already.
  const isTold = ({ by, at }: Fault): boolean => by === 'schema' && name === 'builtin' && isAt(read.faults, at);
  return inOrder(faults.filter((fault) => !isTold(fault)));
}

/** A spec that begins with `{` may still be YAML. */
function documentOf({ text, tree }: SpecText, source: { readonly what: string }): SchemaDocument {
  const isJson = looksLikeJson(text) && !('syntax' in parseJson(text));
  return isJson ? jsonDocument(text, source) : yamlDocument(tree, source);
}

function violationsOf(document: SchemaDocument, validator: Validator | undefined): readonly Violation[] {
  try {
    judge(document, validator, '', { what: '' });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.violations;
    throw error;
  }
}

function isAt(faults: readonly Fault[], at: Fault['at']): boolean {
  return faults.some((fault) => fault.at?.line === at?.line && fault.at?.column === at?.column);
}
