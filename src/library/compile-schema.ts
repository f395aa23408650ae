// A JSON schema from a file, compiled by ajv, which the caller brings.
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Ajv } from 'ajv';
import { isFailure } from '../host/host.ts';
import { createNodeHost } from '../host/node.ts';
import { makeReadError } from '../registry/spec-file.ts';
import type { Validator } from '../schema/judge.ts';
import { CdiError } from '../text/error.ts';
import { parseJson } from '../text/json-syntax.ts';
import { quote } from '../text/quote.ts';

/** Larger schema files are refused. */
const LARGEST = 16 * 1024 * 1024;

/** A schema in more files than this is refused. */
const MOST_FILES = 100;

/** Drafts of JSON Schema, newest first, as `$schema` names them; the last one is for files without it. */
const DRAFTS = ['2020-12', '2019-09', 'draft-07'] as const;

export type Draft = (typeof DRAFTS)[number];

/** One class of ajv for each draft, however a program comes by it. */
export type LoadAjv = (draft: Draft) => new (options: typeof OPTIONS) => Pick<Ajv, 'addSchema' | 'getSchema'>;

// Formats are not checked; `ownProperties`, since a field that is not there must not be found in Object.prototype.
const OPTIONS = { strict: false, allErrors: true, ownProperties: true, validateFormats: false, logger: false } as const;

/**
 * The path that a schema's name means: a path, or a `file://` URL.
 *
 * @throws {CdiError} BAD_SCHEMA for a URL of another kind
 */
export function resolveSchemaPath(name: string): string {
  const what = `load schema ${quote(name)}`;
  if (!name.includes('://')) return resolve(name);
  if (!name.startsWith('file://')) {
    const why = 'schemas are never fetched from elsewhere';
    throw new CdiError('BAD_SCHEMA', { what, why, hint: 'save it in a file, and give the path' });
  }
  // Go takes file://./schema.json for a relative path, too.
  const path = name.slice('file://'.length);
  try {
    return path.startsWith('/') ? fileURLToPath(name) : resolve(decodeURIComponent(path));
  } catch (cause) {
    throw new CdiError('BAD_SCHEMA', { what, why: 'it is no file URL', hint: 'give the path', cause });
  }
}

/**
 * Compiles the schema in a file, with the files that it refers to.
 *
 * @throws {CdiError} CANNOT_READ, BAD_SCHEMA
 */
export function compileSchema(path: string, loadAjv: LoadAjv): Validator {
  const what = `load schema ${quote(path)}`;
  const root = pathToFileURL(path).href;
  const schema = readSchema(path, what);
  const draft = findDraft(schema, path, what);
  try {
    const ajv = new (loadAjv(draft))(OPTIONS);
    ajv.addSchema(schema, root);
    for (let files = 1; files <= MOST_FILES; files++) {
      try {
        const validator = ajv.getSchema(root);
        if (validator === undefined) break;
        return validator;
      } catch (error) {
        const missing = findMissingSchema(error);
        if (missing === undefined) throw error;
        ajv.addSchema(readReference(missing, root, what), missing);
      }
    }
  } catch (cause) {
    if (cause instanceof CdiError) throw cause;
    const why = `it is no valid JSON schema: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new CdiError('BAD_SCHEMA', { what, path, why, hint: 'correct it', cause });
  }
  throw new CdiError('BAD_SCHEMA', { what, path, why: `it refers to more than ${MOST_FILES} files` });
}

/** The name of a schema that another one refers to and that is not there yet, if this is what an error is about. */
function findMissingSchema(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('missingSchema' in error)) return undefined;
  return typeof error.missingSchema === 'string' ? error.missingSchema : undefined;
}

/** Reads another file of a schema; a name that is no URL counts from the first file on. */
function readReference(name: string, root: string, what: string): object | boolean {
  const { href, protocol } = new URL(name, root);
  if (protocol === 'file:') return readSchema(fileURLToPath(href), what);
  const why = `it refers to ${quote(name)}, and schemas are never fetched from elsewhere`;
  throw new CdiError('BAD_SCHEMA', { what, why, hint: 'save that one beside it, and refer to it by its file name' });
}

function readSchema(path: string, what: string): object | boolean {
  const host = createNodeHost();
  const file = host.readFile(path, LARGEST);
  if (isFailure(file)) {
    // A schema that another one refers to is not the one that the message begins with.
    const why = what.includes(quote(path)) ? '' : `${quote(path)}: `;
    throw new CdiError('CANNOT_READ', { what, path, why: `${why}${makeReadError(file.errno, LARGEST)}` });
  }
  const text = host.text(file);
  const tree = parseJson(text);
  if ('syntax' in tree) throw new CdiError('BAD_SCHEMA', { what, path, at: tree.at, why: tree.syntax });
  const schema: unknown = JSON.parse(text);
  const isSchema = typeof schema === 'boolean' || (typeof schema === 'object' && schema !== null);
  if (isSchema && !Array.isArray(schema)) return schema;
  throw new CdiError('BAD_SCHEMA', { what, path, why: 'a JSON schema is an object', hint: 'correct it' });
}

function findDraft(schema: object | boolean, path: string, what: string): Draft {
  const uri = typeof schema === 'object' && '$schema' in schema ? schema.$schema : undefined;
  const newest = typeof uri === 'string' ? DRAFTS.find((draft) => uri.includes(`/${draft}/`)) : DRAFTS.at(-1);
  if (newest !== undefined) return newest;
  const why = `its "$schema" is ${quote(String(uri))}, which this library does not know`;
  throw new CdiError('BAD_SCHEMA', { what, path, why, hint: 'write it for draft-07, 2019-09 or 2020-12' });
}
