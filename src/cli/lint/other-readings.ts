// Where a spec says one thing to CDI's reader, which is one of YAML 1.1, and another to readers of YAML 1.2.
import { Composer, isAlias, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import { isMalformed } from '../../host/host.ts';
import type { Position } from '../../text/error.ts';
import { quote } from '../../text/quote.ts';
import { readTags } from '../../text/yaml-alias.ts';
import { YamlReader } from '../../text/yaml-reader.ts';
import { Float } from '../../text/yaml-scalar.ts';
import { NodeKind, type YamlTree } from '../../text/yaml-tree.ts';
import type { FieldFinding } from './rule.ts';
import type { SpecText } from './spec-text.ts';

/** Characters: to read more here takes long. */
const LARGEST = 1024 * 1024;

const YAML_1_2 = {
  version: '1.2',
  schema: 'core',
  resolveKnownTags: false,
  intAsBigInt: true,
  // Of two keys that are one to them and not to us, one is read differently, and told. To look at all pairs takes long.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Of 64 bits none is longer. */
const LONGEST_NUMBER = 25;

const TAG = 'tag:yaml.org,2002:';

/** Nothing for a text that is no spec to CDI either. */
export function findOtherReadings({ text, tree, spec }: SpecText): readonly FieldFinding[] {
  if (isMalformed(tree) || spec === undefined || isSameToAll(text)) return [];
  const lines = new LineCounter();
  const refusal = (why: string, cure: string, offset?: number): FieldFinding => {
    return { field: [], at: offset === undefined ? undefined : findPosition(text, lines, offset), message: why, cure };
  };
  if (text.length > LARGEST)
    return [refusal('it is larger than 1 MiB, so that nobody looked at what readers of YAML 1.2 make of it', PLAINER)];
  try {
    const [first, second] = new Composer(YAML_1_2).compose(new Parser(lines.addNewLine).parse(text));
    const error = first?.errors[0];
    if (error !== undefined) {
      return [refusal(`readers of YAML 1.2 may refuse this (${error.code})`, PLAINER, error.pos[0])];
    }
    const reader = new YamlReader(tree, { code: 'BAD_SPEC', what: '' });
    const found = [...findDifferences({ tree, reader, tags: readTags(tree) }, 0, first?.contents)];
    if (second === undefined) return found;
    const message = 'CDI reads no further than here, and other readers do, or refuse a second document';
    return [...found, refusal(message, 'leave one document in a file', second.range[0])];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [refusal('readers of YAML 1.2 may find this nested too deep', PLAINER)];
  }
}

const PLAINER = 'write it in a plainer way, or as JSON';

/** Not the words that CDI's reader takes for true or false. */
const beginWord = (letter: string): string => `(?!(?:y|n|yes|no|on|off)(?!${letter}))[a-z/]`;
const LETTER = '[\\w./=+@,-]';
const WORD = `${beginWord(LETTER)}(?:${LETTER}|:(?=${LETTER})| (?=[\\w/]))*`;
const QUOTED = `"[ !#-\\[\\]-~]*"|'[ -&(-~]*'`;
const NUMBER = '0|[1-9][0-9]{0,15}|[0-9]+(?:\\.[0-9]+){2,}';
const ITEM_LETTER = '[\\w./=+@-]';
const ITEM = `${beginWord(ITEM_LETTER)}${ITEM_LETTER}*`;
const LIST = `\\[(?:${ITEM}(?:, ${ITEM})*)?\\]|\\{\\}`;
const SAME_LINE = new RegExp(
  `(?: *#[ -~]*| *(?:- +)*(?:(?!.{999})${WORD}:(?: +|(?=\n|$)))?(?:${WORD}|${QUOTED}|${NUMBER}|${LIST})?)(?:\n|$)`,
  'iy',
);

/** Most specs are written by programs, in lines that every reader takes for the same. */
function isSameToAll(text: string): boolean {
  SAME_LINE.lastIndex = text.startsWith('---\n') ? '---\n'.length : 0;
  while (SAME_LINE.lastIndex < text.length) if (!SAME_LINE.test(text)) return false;
  return true;
}

interface Ours {
  readonly tree: YamlTree;
  readonly reader: YamlReader;
  readonly tags: ReadonlyMap<number, string> | undefined;
}

/** By the nodes of the text, whatever aliases make of them. */
function* findDifferences(ours: Ours, node: number, theirs: unknown): Generator<FieldFinding> {
  const { tree, reader } = ours;
  const kind = getKind(tree, node);
  const find = (message: string, cure: string): FieldFinding => ({ field: [], at: tree.position(node), message, cure });
  if (kind <= NodeKind.text) {
    const [our, their] = [readOurs(reader, node), readTheirs(theirs)];
    if (isSame(our, their)) return;
    const text = quote(tree.texts[node] ?? '');
    const cure = typeof our === 'string' ? 'put it in quotes' : `write ${our}, or put it in quotes if text is meant`;
    yield find(`${text} is ${describeMeaning(our)} to CDI, and ${describeMeaning(their)} to readers of YAML 1.2`, cure);
    return;
  }
  if (kind === NodeKind.alias && isAlias(theirs)) return;
  const [children, parts] = [listChildren(tree, node), listParts(theirs)];
  if ((kind === NodeKind.mapping) !== isMap(theirs) || children.length !== parts?.length) {
    yield find('readers of YAML 1.2 see another structure here', PLAINER);
    return;
  }
  for (const [index, child] of children.entries()) {
    const isKey = kind === NodeKind.mapping && index % 2 === 0;
    if (!isKey || !isMerge(ours, child)) yield* findDifferences(ours, child, parts[index]);
    else {
      const message = 'CDI merges what << names, and readers of YAML 1.2 see a field of that name';
      yield { field: [], at: tree.position(child), message, cure: 'write the fields out' };
    }
  }
}

function getKind({ codes }: YamlTree, node: number): number {
  return (codes[node] ?? 0) & 7;
}

/** Of a mapping keys and values in turn. */
function listChildren({ codes }: YamlTree, node: number): readonly number[] {
  const children: number[] = [];
  const endOf = (one: number): number => (codes[one] ?? 0) >>> 3;
  for (let child = node + 1; child < endOf(node); child = endOf(child)) children.push(child);
  return children;
}

function listParts(theirs: unknown): readonly unknown[] | undefined {
  if (isMap(theirs)) return theirs.items.flatMap(({ key, value }) => [key, value]);
  return isSeq(theirs) ? theirs.items : undefined;
}

function isMerge({ tree, tags }: Ours, key: number): boolean {
  if (tree.texts[key] !== '<<' || getKind(tree, key) !== NodeKind.plain) return false;
  return [undefined, `${TAG}merge`].includes(tags?.get(key));
}

type Meaning = null | boolean | number | bigint | string | undefined;

function readOurs(reader: YamlReader, node: number): Meaning {
  const value = reader.scalar(node);
  return value instanceof Float ? value.value : value;
}

/** Undefined for what is no single value; where nothing stands, there may be no node. */
function readTheirs(theirs: unknown): Meaning {
  if (theirs === null || theirs === undefined) return null;
  if (!isScalar(theirs)) return undefined;
  const { value, tag } = theirs;
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  // The package wants a point in what is tagged so; others do not.
  return tag === `${TAG}float` ? Number(value) : String(value);
}

function isSame(our: Meaning, their: Meaning): boolean {
  if (our === their || Object.is(our, their)) return true;
  const isNumber = [our, their].every((one) => typeof one === 'number' || typeof one === 'bigint');
  // Two integers that differ may be one floating-point number.
  return isNumber && typeof our !== typeof their && Number(our) === Number(their);
}

function describeMeaning(meaning: Meaning): string {
  if (meaning === undefined) return 'no single value';
  if (meaning === null) return 'nothing';
  if (typeof meaning === 'string') return `the text ${quote(meaning)}`;
  const text = String(meaning);
  return text.length > LONGEST_NUMBER ? 'a very large number' : text;
}

function findPosition(text: string, lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: [...text.slice(offset - col + 1, offset)].length + 1 };
}
