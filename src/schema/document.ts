// A document that a schema is to judge, and where its values stand.
import { CdiError, type Position } from '../text/error.ts';
import { JSON_DEPTH, type JsonTree, valueReader } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';
import { findPosition } from '../text/malformed.ts';
import { YamlReader } from '../text/yaml-reader.ts';
import type { SyntaxFailure, YamlTree } from '../text/yaml-tree.ts';
import { type FieldPath, isFields, readJsonValue, readYamlValue, type Value } from './value.ts';

export interface SchemaDocument {
  readonly value: Value;
  /** YAML is looked at more closely than JSON: its annotations are checked as well, as in Go */
  readonly isYaml: boolean;
  /** The position of what a path leads to, or of as much of it as there is. */
  locate(field: FieldPath): Position | undefined;
}

/** What a document is, for messages. */
export interface DocumentSource {
  /** to follow "cannot": `validate spec "/etc/cdi/gpu.yaml"` */
  readonly what: string;
  readonly path?: string | undefined;
}

/** Go's idea of blanks, a no-break space included, a byte order mark not. */
const JSON_START = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*\{/;

/** Whether a text counts as JSON, not as YAML. */
export function looksLikeJson(text: string): boolean {
  return JSON_START.test(text);
}

/**
 * Reads a JSON text.
 *
 * @throws {CdiError} BAD_SPEC
 */
export function readJsonDocument(text: string, source: DocumentSource): SchemaDocument {
  const tree = parseJson(text);
  if ('syntax' in tree) throw new CdiError('BAD_SPEC', { ...source, at: tree.at, why: tree.syntax });
  return {
    value: readJsonValue(tree, 0, JSON_DEPTH, () => refuseDepth(source)),
    isYaml: false,
    locate: (field) => findPosition(text, tree.start(findNode(tree, field))),
  };
}

/**
 * Reads a YAML document: a mapping, or nothing. Of equal keys the last one counts, as in Go.
 *
 * @throws {CdiError} BAD_SPEC
 */
export function readYamlDocument(tree: YamlTree | SyntaxFailure, source: DocumentSource): SchemaDocument {
  if ('syntax' in tree) throw new CdiError('BAD_SPEC', { ...source, at: tree.at, why: tree.syntax });
  const reader = new YamlReader(tree, { code: 'BAD_SPEC', ...source }, true);
  const value = reader.document(readYamlValue) ?? null;
  if (value !== null && !isFields(value)) reader.mistyped(0, 'a mapping');
  return { value, isYaml: true, locate: (field) => reader.locate(field) };
}

/**
 * Takes a value in memory for a JSON document.
 *
 * @throws {CdiError} BAD_SPEC for one that contains itself
 */
export function readMemoryDocument(value: unknown, source: DocumentSource): SchemaDocument {
  return {
    value: readJsonValue(valueReader, value, JSON_DEPTH, () => refuseDepth(source)),
    isYaml: false,
    locate: () => undefined,
  };
}

function refuseDepth(source: DocumentSource): never {
  throw new CdiError('BAD_SPEC', { ...source, why: `nested deeper than ${JSON_DEPTH} levels` });
}

function findNode(tree: JsonTree, field: FieldPath): number {
  let node = 0;
  for (const step of field) {
    const next =
      typeof step === 'number'
        ? (tree.kind(node) === 'array' ? tree.elements(node) : [])[step]
        : (tree.kind(node) === 'object' ? tree.members(node) : []).findLast(([key]) => key === step)?.[1];
    if (next === undefined) break;
    node = next;
  }
  return node;
}
