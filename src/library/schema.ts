// JSON schemas for specs: the built-in one, and those in files.
import type { Spec } from '../cdi/spec.ts';
import type { SpecSource } from '../cdi/validate.ts';
import { isFailure } from '../host/host.ts';
import { createNodeHost } from '../host/node.ts';
import { parseYaml } from '../host/yaml.ts';
import { makeReadError } from '../registry/spec-file.ts';
import { builtinValidator } from '../schema/builtin.ts';
import {
  type DocumentSource,
  looksLikeJson,
  readJsonDocument,
  readMemoryDocument,
  readYamlDocument,
  type SchemaDocument,
} from '../schema/document.ts';
import { judgeDocument, type Validator } from '../schema/judge.ts';
import { demandText } from '../text/demand-text.ts';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { compileSchema, resolveSchemaPath } from './compile-schema.ts';
import { loadAjv } from './load-ajv.ts';

/** Names the schema that comes with this library. Go schema.BuiltinSchemaName. */
export const BUILTIN_SCHEMA_NAME = 'builtin';

/** Names the schema that every spec keeps. Go schema.NoneSchemaName. */
export const NONE_SCHEMA_NAME = 'none';

/** The schema that is used where no one chose one, if it is there. Go schema.DefaultExternalSchema. */
export const DEFAULT_EXTERNAL_SCHEMA = '/etc/cdi/schema/schema.json';

/** Larger spec files are refused. */
const LARGEST = 64 * 1024 * 1024;

/** `builtin`, `none`, the path of a JSON schema, or a schema that was loaded. */
export type SchemaChoice =
  | Schema
  | typeof BUILTIN_SCHEMA_NAME
  | typeof NONE_SCHEMA_NAME
  // Any text, without hiding the two names from an editor.
  | (string & Record<never, never>);

/** What a stream gives. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/**
 * A JSON schema that specs can be held against. This finds mistakes of form; `validateSpec` of the library has
 * the rules of the specification.
 *
 * Its methods return nothing, or throw a {@link SchemaError} with all that is wrong.
 *
 * @see Go schema.Schema
 */
export class Schema {
  /** `builtin`, `none`, or an absolute path */
  readonly name: string;
  readonly #validator: Validator | undefined;

  /** Made by `loadSchema`. */
  constructor(name: string, validator: Validator | undefined) {
    this.name = name;
    this.#validator = validator;
  }

  /**
   * Validates a document: JSON where it begins with `{`, YAML otherwise. Numbers of JSON are judged with all their
   * digits; those of YAML as floats of 64 bits, as in Go. In YAML, annotations must be valid in Kubernetes as well,
   * whatever the schema. Of a key that is there twice the later one counts.
   *
   * @throws {SchemaError} BAD_SPEC with line and column
   * @throws {CdiError} BAD_SPEC for what is neither JSON nor a YAML mapping
   * @see Go Schema.ValidateData
   */
  validateData(text: string): void {
    demandText(text, 'validate the spec');
    const source = { what: 'validate the spec' };
    if (!looksLikeJson(text)) this.#judge(readYamlDocument(parseYaml(text), source), source);
    else this.#judgeJson(text, source);
  }

  /**
   * Validates a file: JSON where its name ends in `.json`, else by its content as in `validateData`.
   *
   * @throws {SchemaError} BAD_SPEC with line and column
   * @throws {CdiError} CANNOT_READ; BAD_SPEC for what is neither JSON nor a YAML mapping
   * @see Go Schema.ValidateFile
   */
  validateFile(path: string): void {
    demandText(path, 'validate a file');
    const isJson = path.endsWith('.json');
    if (isJson && this.#validator === undefined) return;
    const source = { what: `validate spec ${quote(path)}`, path };
    const host = createNodeHost();
    const file = host.readFile(path, LARGEST);
    if (isFailure(file)) throw new CdiError('CANNOT_READ', { ...source, why: makeReadError(file.errno, LARGEST) });
    const text = host.text(file);
    if (isJson || looksLikeJson(text)) this.#judgeJson(text, source);
    else this.#judge(readYamlDocument(host.parseYaml(file), source), source);
  }

  /**
   * Validates what a stream gives: JSON, never YAML.
   *
   * @returns the text that was read
   * @throws {SchemaError} BAD_SPEC with line and column
   * @throws {CdiError} BAD_SPEC for what is not JSON
   * @see Go Schema.ReadAndValidate, Schema.ValidateReader
   */
  async readAndValidate(stream: Chunks): Promise<string> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    for await (const chunk of stream) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
    this.#judgeJson(text, { what: 'validate the spec' });
    return text;
  }

  /**
   * Validates a spec in memory.
   *
   * @param source where it is from, for messages
   * @throws {SchemaError} BAD_SPEC
   * @see Go Schema.Validate
   */
  validateSpec(spec: Spec, source: SpecSource = {}): void {
    this.validateType(spec, source);
  }

  /**
   * Validates any value in memory as the JSON that it stands for; members that are undefined count as absent.
   *
   * @param source where it is from, for messages
   * @throws {SchemaError} BAD_SPEC
   * @see Go Schema.ValidateType
   */
  validateType(value: unknown, { what = 'validate the spec', path, locate }: SpecSource = {}): void {
    if (this.#validator === undefined) return;
    const source = { what, path };
    const document = readMemoryDocument(value, source);
    this.#judge(locate === undefined ? document : { ...document, locate }, source);
  }

  #judgeJson(text: string, source: DocumentSource): void {
    if (this.#validator !== undefined) this.#judge(readJsonDocument(text, source), source);
  }

  #judge(document: SchemaDocument, source: DocumentSource): void {
    const name = this.name === BUILTIN_SCHEMA_NAME ? 'the built-in schema' : `schema ${quote(this.name)}`;
    judgeDocument(document, this.#validator, name, source);
  }
}

const BUILTIN = new Schema(BUILTIN_SCHEMA_NAME, builtinValidator);
const NONE = new Schema(NONE_SCHEMA_NAME, undefined);

/**
 * Loads a schema.
 *
 * @param name `builtin`; `none` or nothing, for the one that every spec keeps; or the path or `file://` URL of a JSON
 *   schema (draft-07, 2019-09 or 2020-12), which may refer to other files
 * @throws {CdiError} BAD_SCHEMA, also for `http://` and `https://`; CANNOT_READ
 * @see Go schema.Load
 */
export function loadSchema(name: string): Schema {
  demandText(name, 'load a schema');
  const trimmed = name.trim();
  if (trimmed === BUILTIN_SCHEMA_NAME) return BUILTIN;
  if (trimmed === NONE_SCHEMA_NAME || trimmed === '') return NONE;
  const path = resolveSchemaPath(trimmed);
  return new Schema(path, compileSchema(path, loadAjv));
}
