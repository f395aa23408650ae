// An edit inside a table that somebody else has written, made by a library and then narrowed to the bytes that differ.
import { parse, patch } from '@decimalturn/toml-patch';
import { findLineBreak, isMark } from './toml-block.ts';
import { setToml, type TomlTable, type TomlValue } from './toml-file.ts';

/**
 * The library gets one kind of line break and no byte order mark, since it would make the whole file alike, and of
 * what it returns only the part that differs is taken.
 *
 * @returns undefined where a comment would get lost, other than behind a key that goes
 */
export function patchToml(text: string, path: readonly string[], value: TomlValue | undefined): string | undefined {
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
