// The YAML front end outside the shim: the `yaml` package's syntax, brought into the neutral tree.
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { Position } from './error.ts';
import { NodeKind, type SyntaxFailure, YAML_DEPTH, type YamlTree } from './yaml-tree.ts';

// Only syntax is the package's: what scalars, keys and merges mean is decided in yaml.ts.
const OPTIONS = {
  version: '1.1',
  schema: 'failsafe',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  strict: true,
  keepSourceTokens: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

const TOO_DEEP = `nested deeper than ${YAML_DEPTH} levels`;

/**
 * Reads the first document of a YAML text. What follows it is not looked at, as in Go.
 *
 * @param text decoded, with the byte order mark if there is one
 */
export function parseYaml(text: string): YamlTree | SyntaxFailure {
  const source = (text.startsWith('\ufeff') ? text.slice(1) : text).replace(/\r\n?|\x85/g, '\n');
  const position = positions(source);
  const stranger = strangeCharacter(source);
  if (stranger !== undefined) return { syntax: 'a character that YAML does not allow', at: position(stranger) };
  try {
    for (const document of new Composer(OPTIONS).compose(new Parser().parse(source))) {
      return failure(document, source, position) ?? buildTree(document, source, position);
    }
  } catch (error) {
    // Both the package and the builder descend by recursion; a bomb of brackets ends here.
    if (error instanceof RangeError) return { syntax: TOO_DEEP, at: undefined };
    throw error;
  }
  return { codes: [], texts: [], tags: [], anchors: [], position: () => position(0) };
}

/** Offset of the first character outside those that the Go reader takes. */
function strangeCharacter(source: string): number | undefined {
  const found = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.exec(source);
  return found?.index;
}

function failure(
  document: Document,
  source: string,
  position: (offset: number) => Position,
): SyntaxFailure | undefined {
  const contentEnd = document.contents?.range?.[1] ?? 0;
  for (const error of document.errors) {
    // Go stops reading where the document's one value ends, and never sees what is wrong behind it.
    if (error.code === 'UNEXPECTED_TOKEN' && error.message.includes('at node end') && error.pos[0] >= contentEnd) break;
    return { syntax: plainWords(error.message), at: position(error.pos[0]) };
  }
  const directive = document.warnings.find((warning) => warning.code === 'BAD_DIRECTIVE');
  if (directive !== undefined) return { syntax: plainWords(directive.message), at: position(directive.pos[0]) };
  const version = document.directives?.yaml;
  if (version?.explicit === true && version.version !== '1.1') {
    return { syntax: 'a %YAML directive other than 1.1', at: position(Math.max(source.indexOf('%YAML'), 0)) };
  }
  return undefined;
}

function plainWords(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.charAt(0).toLowerCase() + line.slice(1).replace(/\.$/, '');
}

/** Flattens the package's nodes, parents before children. */
function buildTree(
  document: Document,
  source: string,
  position: (offset: number) => Position,
): YamlTree | SyntaxFailure {
  const codes: number[] = [];
  const texts: string[] = [];
  const tags: (number | string)[] = [];
  const anchors: (number | string)[] = [];
  const offsets: number[] = [];
  let strangeEscape: number | undefined;

  const add = (node: unknown, depth: number, after: number): void => {
    if (depth > YAML_DEPTH) throw new RangeError(TOO_DEEP);
    const at = codes.push(0) - 1;
    texts.push('');
    offsets.push(after);
    codes[at] = fill(node, at, depth) + codes.length * 8;
  };

  const fill = (node: unknown, at: number, depth: number): number => {
    if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node))) return NodeKind.plain;
    const offset = node.range?.[0] ?? offsets[at] ?? 0;
    offsets[at] = offset;
    if (isAlias(node)) {
      texts[at] = node.source;
      return NodeKind.alias;
    }
    if (node.tag !== undefined) tags.push(at, node.tag);
    if (node.anchor !== undefined) anchors.push(at, node.anchor);
    if (isScalar(node)) {
      texts[at] = String(node.value ?? '');
      if (node.type === 'QUOTE_DOUBLE') strangeEscape ??= findStrangeEscape(source, offset, node.range?.[1] ?? offset);
      return node.type === 'PLAIN' || node.type === undefined ? NodeKind.plain : NodeKind.quoted;
    }
    if (isSeq(node)) {
      for (const item of node.items) add(item, depth + 1, offset);
      return NodeKind.sequence;
    }
    for (const pair of node.items) {
      add(pair.key, depth + 1, offset);
      add(pair.value, depth + 1, offset);
    }
    return NodeKind.mapping;
  };

  add(document.contents, 0, 0);
  if (strangeEscape !== undefined) {
    return { syntax: 'an escape that YAML 1.1 does not have', at: position(strangeEscape) };
  }
  return { codes, texts, tags, anchors, position: (node) => position(offsets[node] ?? 0) };
}

/** Offset of `\\/`, or of an escaped half of a pair or code beyond Unicode, which the package lets pass. */
function findStrangeEscape(source: string, start: number, end: number): number | undefined {
  for (const found of source.slice(start, end).matchAll(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|.)/gs)) {
    const code = Number.parseInt(found[1] ?? found[2] ?? '0', 16);
    if (found[0] === '\\/' || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return start + found.index;
  }
  return undefined;
}

/** Line and column of offsets, by the starts of lines. */
function positions(source: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...[...source.matchAll(/\n/g)].map((found) => found.index + 1)];
    const line = Math.max(
      starts.findLastIndex((start) => start <= offset),
      0,
    );
    return { line: line + 1, column: [...source.slice(starts[line] ?? 0, offset)].length + 1 };
  };
}
