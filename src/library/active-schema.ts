// The schema that is in use where no one chose another one, and the functions that judge by it.
import { CdiError } from '../text/error.ts';
import {
  type Chunks,
  DEFAULT_EXTERNAL_SCHEMA,
  loadSchema,
  NONE_SCHEMA_NAME,
  type Schema,
  type SchemaChoice,
} from './schema.ts';

/**
 * The schema for those who do not choose: the external one where it is there and valid, else none.
 *
 * @param options `external`: another path than `/etc/cdi/schema/schema.json`
 * @see Go schema.WithDefaultSchema, which falls back to the built-in one
 */
export function defaultSchema(options: { readonly external?: string | undefined } = {}): Schema {
  try {
    return loadSchema(options.external ?? DEFAULT_EXTERNAL_SCHEMA);
  } catch (error) {
    if (error instanceof CdiError) return loadSchema(NONE_SCHEMA_NAME);
    throw error;
  }
}

let chosen: Schema | undefined;
let standard: Schema | undefined;
let changes = 0;

/**
 * Sets the schema in use, for all that is loaded or written from now on. Registries without a schema of their own
 * judge the specs that they have loaded again at their next query.
 *
 * @param schema one that was loaded, or a name for `loadSchema`; nothing is `none`
 * @throws {CdiError} BAD_SCHEMA, CANNOT_READ; the former schema stays in use then
 * @see Go cdi.SetSchema, schema.Set
 */
export function setSchema(schema: SchemaChoice | null | undefined): void {
  const choice = schema ?? NONE_SCHEMA_NAME;
  chosen = typeof choice === 'string' ? loadSchema(choice) : choice;
  changes++;
}

/** The schema of the last `setSchema`; undefined before the first. */
export function getChosenSchema(): Schema | undefined {
  return chosen;
}

/** Rises with each `setSchema`. */
export function countSchemaChanges(): number {
  return changes;
}

/**
 * The schema in use: that of the last `setSchema`, before that the default one, looked for when it is first needed.
 *
 * @see Go schema.Get
 */
export function activeSchema(): Schema {
  if (chosen !== undefined) return chosen;
  standard ??= defaultSchema();
  return standard;
}

/**
 * `Schema.validateData` of the schema in use.
 *
 * @throws {SchemaError} BAD_SPEC
 * @see Go schema.ValidateData
 */
export function validateData(text: string): void {
  activeSchema().validateData(text);
}

/**
 * `Schema.validateFile` of the schema in use.
 *
 * @throws {SchemaError} BAD_SPEC
 * @throws {CdiError} CANNOT_READ
 * @see Go schema.ValidateFile
 */
export function validateFile(path: string): void {
  activeSchema().validateFile(path);
}

/**
 * `Schema.validateType` of the schema in use.
 *
 * @throws {SchemaError} BAD_SPEC
 * @see Go schema.ValidateType
 */
export function validateType(value: unknown): void {
  activeSchema().validateType(value);
}

/**
 * `Schema.readAndValidate` of the schema in use.
 *
 * @returns the text that was read
 * @throws {SchemaError} BAD_SPEC
 * @see Go schema.ReadAndValidate, schema.ValidateReader
 */
export async function readAndValidate(stream: Chunks): Promise<string> {
  return await activeSchema().readAndValidate(stream);
}
