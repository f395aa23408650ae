// The YAML front end outside the shim: reads YAML 1.1 as libyaml does there, into the same neutral tree.
import { Malformed, positionAt } from './malformed.ts';
import { Cursor, strangeCharacter } from './yaml-cursor.ts';
import { Parser } from './yaml-parser.ts';
import type { SyntaxFailure, YamlTree } from './yaml-tree.ts';

/**
 * Reads the first document of a YAML text. What follows it is not looked at, as in Go, but for characters that
 * YAML does not allow anywhere.
 *
 * @param text decoded, with the byte order mark if there is one
 */
export function parseYaml(text: string): YamlTree | SyntaxFailure {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const strange = strangeCharacter(source);
  if (strange !== undefined) {
    return { syntax: 'a character that YAML does not allow', at: positionAt(source, strange) };
  }
  const cursor = new Cursor(source);
  try {
    return new Parser(cursor).document();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { syntax: error.message, at: error.offset === undefined ? undefined : cursor.position(error.offset) };
  }
}
