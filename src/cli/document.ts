// An OCI runtime-spec document that a command is given: a file, or standard input.
import { failed, malformed } from '../host/host.ts';
import { readFailure } from '../registry/spec-file.ts';
import { CdiError } from '../text/error.ts';
import type { JsonTree } from '../text/json.ts';
import { parseJson } from '../text/json-syntax.ts';
import { quote } from '../text/quote.ts';
import type { Context } from './context.ts';

export interface Document {
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
  const name = operand === '-' ? 'standard input' : quote(operand);
  const what = `read the OCI document ${name}`;
  const text = operand === '-' ? context.stdin() : readText(context, operand, what);
  const tree = parseJson(text);
  if (malformed(tree))
    throw new CdiError('BAD_JSON', {
      what,
      path: operand === '-' ? undefined : operand,
      at: tree.at,
      why: tree.syntax,
    });
  return { text, tree };
}

function readText({ host, settings }: Context, path: string, what: string): string {
  const largest = settings().settings.limits.config;
  const file = host.readFile(path, largest);
  if (failed(file)) throw new CdiError('CANNOT_READ', { what, path, why: readFailure(file.errno, largest) });
  return host.text(file);
}
