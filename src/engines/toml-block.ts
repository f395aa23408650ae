// Our own piece of a TOML file: a table written out with headers, set at the end of the file and cut out again.
import { isTable, parseToml, type TomlTable, type TomlValue } from './toml-file.ts';

const MARK = '# Added by cdictl engine configure; cdictl engine unconfigure removes it.';

/** The first line of a file that we have made. */
export const OUR_HEAD = '# Written by cdictl engine configure; cdictl engine unconfigure removes it.\n';

export function isOurFile(text: string): boolean {
  return text.startsWith(OUR_HEAD);
}

export function findLineBreak(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

/** The table at a path with its sub-tables, without a line break at the end; with the line that says whose it is. */
export function writeTomlBlock(path: readonly string[], table: TomlTable, lineBreak: string, marked: boolean): string {
  return [...(marked ? [MARK] : []), ...writeLines(path, table)].join(lineBreak);
}

/** Sets a block at the end; a file without a line break at its end gets none. */
export function appendBlock(text: string, block: string): string {
  const br = findLineBreak(text);
  if (/^\uFEFF?$/.test(text)) return `${text}${block}${br}`;
  return text.endsWith('\n') ? `${text}${br}${block}${br}` : `${text}${br}${br}${block}`;
}

/** Takes a block out that `appendBlock()` has set; undefined where it does not stand there as it was set. */
export function cutBlock(text: string, block: string): string | undefined {
  const at = text.indexOf(block);
  if (at === -1) return undefined;
  const head = text.slice(0, at);
  const tail = text.slice(at + block.length);
  if (!/(?:^\uFEFF?|\n)$/.test(head) || !/^(?:$|\r?\n)/.test(tail)) return undefined;
  const withoutBreak = head.replace(/\r?\n$/, '');
  return tail === '' ? withoutBreak.replace(/\r?\n$/, '') : withoutBreak + tail.replace(/^\r?\n/, '');
}

/** Takes the lines of a table and of those below it out, wherever they stand; comments and blank lines stay. */
export function cutLines(text: string, path: readonly string[]): string | undefined {
  const kept: string[] = [];
  let isInside = false;
  for (const line of text.split(/(?<=\n)/)) {
    const header = readHeader(line);
    if (header !== undefined) {
      isInside = path.every((name, i) => header[i] === name);
      if (isInside && isMark(kept.at(-1) ?? '')) kept.pop();
    }
    if (!isInside || /^\s*(?:#|$)/.test(line)) kept.push(line);
  }
  const out = kept.join('');
  return out === text ? undefined : out;
}

/** Whether a line is the one that says whose a table is. */
export function isMark(line: string): boolean {
  return line.trim() === MARK;
}

/** The path of a line that opens a table; undefined for other lines, and for elements of arrays. */
function readHeader(line: string): string[] | undefined {
  if (!/^\s*\[/.test(line)) return undefined;
  if (/^\s*\[\[/.test(line)) return [];
  try {
    return listKeys(parseToml(line.trim()));
  } catch {
    // a line of an array or of a long string
    return undefined;
  }
}

function listKeys(table: TomlTable): string[] {
  const [entry] = Object.entries(table);
  return entry === undefined ? [] : [entry[0], ...(isTable(entry[1]) ? listKeys(entry[1]) : [])];
}

function writeLines(path: readonly string[], table: TomlTable): string[] {
  const entries = Object.entries(table);
  const tables = entries.flatMap(([key, value]) => (isTable(value) ? [[key, value] as const] : []));
  const leaves = entries.filter(([, value]) => !isTable(value));
  const header =
    path.length > 0 && (leaves.length > 0 || tables.length === 0) ? [`[${path.map(writeKey).join('.')}]`] : [];
  const own = [...header, ...leaves.map(([name, value]) => `${writeKey(name)} = ${writeInline(value)}`)];
  const below = tables.map(([name, inner]) => writeLines([...path, name], inner));
  return [own, ...below].filter((part) => part.length > 0).flatMap((part, i) => (i === 0 ? part : ['', ...part]));
}

function writeKey(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name);
}

function writeInline(value: TomlValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeInline).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (!isTable(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${writeKey(name)} = ${writeInline(member)}`);
  return `{${members.join(', ')}}`;
}
