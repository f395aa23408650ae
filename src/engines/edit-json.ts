// Edits of a JSON file that keep all the rest of its text, each checked by reading it again.
import { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import { getJson, isObject, isSameJson, type JsonFile, readJson, setJson } from './json-file.ts';
import type { TextFile } from './toml-file.ts';

/** A value for a path of keys; undefined removes. */
export interface JsonEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Makes the edits in order. A value that is there already leaves the text as it is. */
export function editJson(file: TextFile, edits: readonly JsonEdit[]): string {
  let text = file.text;
  for (const edit of edits) text = applyEdit({ ...file, text }, edit);
  return text;
}

function applyEdit(file: TextFile, { path, value }: JsonEdit): string {
  const json = readJson(file);
  if (isSameJson(getJson(json.object, path), value)) return file.text;
  const text = json.mark + (value === undefined ? removeMember(json, path) : setValue(json, path, value));
  if (isSameJson(readJson({ ...file, text }).object, setJson(json.object, path, value))) return text;
  throw new CdiError('BAD_ENGINE_CONFIG', {
    what: `edit ${quote(file.path)}`,
    why: `${path.map(quote).join('.')} cannot be changed there without changing something else`,
    path: file.path,
    hint: 'edit the file by hand',
  });
}

/** Replaces the value, or adds the first key of the path that is missing, with what is under it. */
function setValue(json: JsonFile, path: readonly string[], value: unknown): string {
  const { tree, body } = json;
  let node = 0;
  for (const [depth, key] of path.entries()) {
    const next = tree.kind(node) === 'object' ? tree.members(node).find(([name]) => name === key)?.[1] : undefined;
    if (next === undefined) return addMember(json, node, key, nestValue(path.slice(depth + 1), value));
    node = next;
  }
  return splice(
    body,
    tree.start(node),
    tree.end(node),
    spellValue(json, value, measureIndent(body, tree.keyStart(node))),
  );
}

function nestValue(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

/** A new last member, laid out as the one before it; the first one of an object gets lines of its own. */
function addMember(json: JsonFile, node: number, key: string, value: unknown): string {
  const { tree, body } = json;
  const [start, end] = [tree.start(node), tree.end(node)];
  if (tree.kind(node) !== 'object')
    return splice(body, start, end, spellValue(json, { [key]: value }, measureIndent(body, start)));
  const last = tree.members(node).at(-1)?.[1];
  if (last === undefined)
    return splice(body, start, end, spellValue(json, { [key]: value }, measureIndent(body, start)));
  const opening = body.slice(start + 1, tree.keyStart(tree.members(node)[0]?.[1] ?? last));
  const name = JSON.stringify(key);
  if (opening.includes('\n')) {
    const indent = measureIndent(body, tree.keyStart(last));
    const member = `,${findLineBreak(body)}${indent}${name}: ${spellValue(json, value, indent)}`;
    return splice(body, tree.end(last), tree.end(last), member);
  }
  const blank = body.slice(tree.keyStart(last), tree.start(last)).endsWith(' ') ? ' ' : '';
  return splice(body, tree.end(last), tree.end(last), `,${blank}${name}:${blank}${JSON.stringify(value)}`);
}

function removeMember(json: JsonFile, path: readonly string[]): string {
  const { tree, body } = json;
  let parent = 0;
  for (const key of path.slice(0, -1)) parent = tree.members(parent).find(([name]) => name === key)?.[1] ?? 0;
  const members = tree.members(parent);
  const index = members.findIndex(([name]) => name === path.at(-1));
  const nodes = members.map(([, node]) => node);
  const [before, node = 0, after] = [nodes[index - 1], nodes[index], nodes[index + 1]];
  if (before !== undefined) return splice(body, tree.end(before), tree.end(node), '');
  if (after !== undefined) return splice(body, tree.keyStart(node), tree.keyStart(after), '');
  return splice(body, tree.start(parent) + 1, tree.end(parent) - 1, '');
}

/** A value over several lines, all but the first indented. */
function spellValue({ body }: JsonFile, value: unknown, indent: string): string {
  const unit = /\n([ \t]+)"/.exec(body)?.[1] ?? '  ';
  return JSON.stringify(value, null, isObject(value) ? unit : undefined).replaceAll('\n', findLineBreak(body) + indent);
}

/** The white space before the line that an offset is in. */
function measureIndent(body: string, offset: number): string {
  return /^[ \t]*/.exec(body.slice(body.lastIndexOf('\n', offset - 1) + 1, offset))?.[0] ?? '';
}

function findLineBreak(body: string): string {
  return body.includes('\r\n') ? '\r\n' : '\n';
}

function splice(text: string, start: number, end: number, instead: string): string {
  return text.slice(0, start) + instead + text.slice(end);
}
