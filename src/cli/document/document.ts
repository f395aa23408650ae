// An OCI runtime-spec document that a command is given: a file, or standard input.
import { isFailure, isMalformed } from '../../host/host.ts';
import { makeReadError } from '../../registry/spec-file.ts';
import { CdiError } from '../../text/error.ts';
import type { JsonTree, OrderedJson } from '../../text/json.ts';
import { parseDocument, parseJson } from '../../text/json-syntax.ts';
import { quote } from '../../text/quote.ts';
import type { Context } from '../command.ts';

export interface Document {
  /** as the command line has it; undefined for standard input */
  readonly path: string | undefined;
  readonly text: string;
  readonly tree: JsonTree;
}

/**
 * Reads a document.
 *
 * @param operand a path, or `-` for standard input
 * @throws {CdiError} CANNOT_READ, BAD_JSON with line and column
 */
export function readDocument(context: Context, operand: string): Document {
  const path = operand === '-' ? undefined : operand;
  const what = `read the OCI document ${path === undefined ? 'standard input' : quote(path)}`;
  const { text, tree } =
    path === undefined
      ? readText(context.stdin(context.settings().settings.limits.config))
      : readFile(context, path, what);
  if (isMalformed(tree)) throw new CdiError('BAD_JSON', { what, path, at: tree.at, why: tree.syntax });
  return { path, text, tree };
}

/** A document by its text; or, in place of the tree, what is wrong with it. */
type Read = { readonly text: string; readonly tree: ReturnType<typeof parseDocument> };

/** By the host, for which what is not UTF-8 is no character, but not lost. */
function readFile({ host: lookedAt, documents: host = lookedAt, settings }: Context, path: string, what: string): Read {
  const largest = settings().settings.limits.config;
  const file = host.readFile(path, largest);
  if (isFailure(file)) throw new CdiError('CANNOT_READ', { what, path, why: makeReadError(file.errno, largest) });
  const tree = host.parseJson(file);
  return { text: isMalformed(tree) ? '' : tree.slice(0, file.size), tree };
}

function readText(text: string): Read {
  return { text, tree: parseDocument(text) };
}

/** A node of a document as a value; whole numbers of any size keep their digits. */
function readValue(tree: JsonTree, node: number): OrderedJson {
  const kind = tree.kind(node);
  if (kind === 'object') return new Map(tree.members(node).map(([key, member]) => [key, readValue(tree, member)]));
  if (kind === 'array') return tree.elements(node).map((element) => readValue(tree, element));
  if (kind === 'string') return tree.string(node);
  if (kind === 'null') return null;
  if (kind !== 'number') return kind === 'true';
  const written = tree.number(node);
  return /^-?\d+$/.test(written) ? BigInt(written) : Number(written);
}

/** A JSON text as a value, where it is known to be one. */
export function parseValue(text: string): OrderedJson {
  const tree = parseJson(text);
  return isMalformed(tree) ? text : readValue(tree, 0);
}
