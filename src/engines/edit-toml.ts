// Edits of a TOML file that keep all the rest of its text, each tried in several ways and checked by reading it again.

import { parse, patch } from '@decimalturn/toml-patch';
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { appendBlock, cutBlock, cutLines, findLineBreak, isMark, isOurFile, writeTomlBlock } from './toml-block.ts';
import {
  getTable,
  getToml,
  isSameToml,
  isTable,
  parseToml,
  readToml,
  setToml,
  type TextFile,
  type TomlTable,
  type TomlValue,
} from './toml-file.ts';

/** A value for a path of keys: a table is merged with what is there, undefined removes. */
export interface TomlEdit {
  readonly path: readonly string[];
  readonly value: TomlValue | undefined;
}

/**
 * Makes the edits in order. Values that are there already leave the text as it is. A new table is set at the end of
 * the file under a header of its own, after a comment that says whose it is, and cut out again where it still stands so.
 *
 * @throws {CdiError} BAD_ENGINE_CONFIG where no way leads to a text that means exactly what is wanted
 */
export function editToml(file: TextFile, edits: readonly TomlEdit[]): string {
  let text = file.text;
  for (const edit of edits) {
    for (const step of splitEdit(readToml({ path: file.path, text }), edit)) text = applyEdit({ ...file, text }, step);
  }
  return text;
}

/** Whether a table stands in a text as `editToml()` has set it, its mark included; in a file of ours no table has one. */
export function isSetByUs(text: string, path: readonly string[], table: TomlTable): boolean {
  return cutBlock(text, writeBlock(text, path, table)) !== undefined;
}

/** A merge into a table that is there, taken apart into its values and new tables. */
function splitEdit(table: TomlTable, { path, value }: TomlEdit): TomlEdit[] {
  const old = getToml(table, path);
  if (value === undefined) return old === undefined ? [] : [{ path, value }];
  if (old !== undefined && isSameToml(old, value)) return [];
  if (!isTable(value) || !isTable(old)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => splitEdit(table, { path: [...path, key], value: inner }));
}

type Way = (text: string, table: TomlTable, edit: TomlEdit) => string | undefined;

function applyEdit(file: TextFile, edit: TomlEdit): string {
  const table = readToml(file);
  const wanted = setToml(table, edit.path, edit.value);
  const ways: readonly Way[] =
    edit.value === undefined ? [cutOurs, cutWrittenLines, patchValue] : [appendNew, patchValue];
  for (const way of ways) {
    const text = hasMeaning(() => way(file.text, table, edit), wanted, edit.path);
    if (text !== undefined) return text;
  }
  throw new CdiError('BAD_ENGINE_CONFIG', {
    what: `edit ${quote(file.path)}`,
    why: `${edit.path.map(quote).join('.')} cannot be changed there without changing something else`,
    path: file.path,
    hint: 'edit the file by hand',
  });
}

/** The text that a way leads to, if it says what is wanted and nothing else. */
function hasMeaning(way: () => string | undefined, wanted: TomlTable, path: readonly string[]): string | undefined {
  try {
    const text = way();
    if (text === undefined) return undefined;
    const bare = (table: TomlTable): TomlTable => dropEmpty(table, path.slice(0, -1));
    return isSameToml(bare(parseToml(text)), bare(wanted)) ? text : undefined;
  } catch {
    // what cannot be read is no way
    return undefined;
  }
}

/** Tables that hold only the path may come and go with it: TOML need not name them. */
function dropEmpty(table: TomlTable, path: readonly string[]): TomlTable {
  let out = table;
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const inner = getTable(out, part);
    if (inner !== undefined && Object.keys(inner).length === 0) out = setToml(out, part, undefined);
  }
  return out;
}

const appendNew: Way = (text, table, { path, value }) => {
  if (value === undefined || getToml(table, path) !== undefined) return undefined;
  return appendBlock(text, writeBlock(text, path, value));
};

const cutOurs: Way = (text, table, { path }) => {
  const old = getToml(table, path);
  return old === undefined ? undefined : cutBlock(text, writeBlock(text, path, old));
};

function writeBlock(text: string, path: readonly string[], value: TomlValue): string {
  const marked = !isOurFile(text);
  const key = path.at(-1) ?? '';
  return isTable(value)
    ? writeTomlBlock(path, value, findLineBreak(text), marked)
    : writeTomlBlock(path.slice(0, -1), { [key]: value }, findLineBreak(text), marked);
}

const cutWrittenLines: Way = (text, _table, { path }) => cutLines(text, path);

const patchValue: Way = (text, _table, { path, value }) => patchToml(text, path, value);

/**
 * The library gets one kind of line break and no byte order mark, since it would make the whole file alike, and of
 * what it returns only the part that differs is taken.
 *
 * @returns undefined where a comment would get lost, other than behind a key that goes
 */
function patchToml(text: string, path: readonly string[], value: TomlValue | undefined): string | undefined {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const plain = body.replaceAll('\r\n', '\n');
  const root: TomlTable = { ...parse(plain) };
  const patched = patch(plain, setToml(root, path, value));
  const start = countSharedStart(plain, patched);
  const end = countSharedEnd(plain, patched, start);
  const [old, fresh] = [plain.slice(start, plain.length - end), patched.slice(start, patched.length - end)];
  const comments = value === undefined ? old.match(/^\s*#.*$/gm) : old.match(/#.*$/gm);
  if (comments?.some((comment) => !isMark(comment) && !fresh.includes(comment))) return undefined;
  const head = body.slice(0, findOffset(body, start));
  const tail = body.slice(findOffset(body, plain.length - end));
  return mark + head + fresh.replaceAll('\n', findLineBreak(text)) + tail;
}

function countSharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Not further back than what the starts share. */
function countSharedEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** Where the n-th character is once carriage returns before line feeds are not counted. */
function findOffset(body: string, n: number): number {
  let offset = 0;
  for (let count = 0; count < n; count++) offset += body.startsWith('\r\n', offset) ? 2 : 1;
  return offset;
}
