// The devices that a document asks for by an annotation of the page's own: read from its text, and written into it.

import type { DeviceRequest } from '../src/requests/request.ts';
import type { JsonTree } from '../src/text/json.ts';
import { parseDocument } from '../src/text/json-syntax.ts';

const KEY = 'cdi.k8s.io/playground';

/** The text with this choice; undefined where it is no JSON object. */
export function writeChoice(text: string, devices: readonly string[]): string | undefined {
  const tree = parseDocument(text);
  if ('syntax' in tree || tree.kind(0) !== 'object') return undefined;
  const annotations = findMember(tree, 0, 'annotations');
  const written = JSON.stringify(devices.join(','));
  const old = annotations === undefined ? undefined : findMember(tree, annotations, KEY);
  if (old !== undefined && devices.length > 0) return splice(text, tree.start(old), tree.end(old), written);
  if (old !== undefined) return removeMember(text, tree.keyStart(old), tree.end(old));
  if (devices.length === 0) return text;
  if (annotations === undefined)
    return insert(text, tree.start(0), `"annotations": {\n    "${KEY}": ${written}\n  }`, '\n  ');
  return insert(text, tree.start(annotations), `"${KEY}": ${written}`, '\n    ');
}

export function readChoice(text: string): readonly string[] {
  const tree = parseDocument(text);
  if ('syntax' in tree || tree.kind(0) !== 'object') return [];
  const annotations = findMember(tree, 0, 'annotations');
  const value = annotations === undefined ? undefined : findMember(tree, annotations, KEY);
  if (value === undefined || tree.kind(value) !== 'string') return [];
  return tree
    .string(value)
    .split(',')
    .filter((device) => device !== '');
}

/** Where a request stands: the offset of the value that carries it. */
export function findRequest(text: string, { source, key }: Pick<DeviceRequest, 'source' | 'key'>): number | undefined {
  const tree = parseDocument(text);
  if ('syntax' in tree || tree.kind(0) !== 'object') return undefined;
  if (source === 'annotation') {
    const annotations = findMember(tree, 0, 'annotations');
    const value = annotations === undefined ? undefined : findMember(tree, annotations, key);
    return value === undefined ? undefined : tree.keyStart(value);
  }
  if (source === 'env') {
    const process = findMember(tree, 0, 'process');
    const env = process === undefined ? undefined : findMember(tree, process, 'env');
    return findElement(tree, env, (node) => tree.kind(node) === 'string' && tree.string(node).startsWith(`${key}=`));
  }
  return findElement(tree, findMember(tree, 0, 'mounts'), (node) => {
    const destination = findMember(tree, node, 'destination');
    return destination !== undefined && tree.kind(destination) === 'string' && tree.string(destination) === key;
  });
}

function findMember(tree: JsonTree, node: number, name: string): number | undefined {
  if (tree.kind(node) !== 'object') return undefined;
  return tree.members(node).findLast(([key]) => key === name)?.[1];
}

function findElement(tree: JsonTree, list: number | undefined, is: (node: number) => boolean): number | undefined {
  if (list === undefined || tree.kind(list) !== 'array') return undefined;
  const found = tree.elements(list).find(is);
  return found === undefined ? undefined : tree.start(found);
}

function splice(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** As the first member of an object. */
function insert(text: string, opening: number, member: string, gap: string): string {
  const isEmpty = /^\{\s*\}/.test(text.slice(opening));
  const rest = text.slice(opening + 1);
  return `${text.slice(0, opening + 1)}${gap}${member}${isEmpty ? gap.slice(0, -2) : ','}${isEmpty ? rest.trimStart() : rest}`;
}

/** With the comma after it, or the one before it where it is the last. */
function removeMember(text: string, start: number, end: number): string {
  const after = /^\s*,/.exec(text.slice(end))?.[0];
  if (after !== undefined) return splice(text, lineStart(text, start), end + after.length, '');
  const before = /,?\s*$/.exec(text.slice(0, start))?.[0] ?? '';
  return splice(text, start - before.length, end, '');
}

/** Of a line that holds nothing before it, where that begins; else the place itself. */
function lineStart(text: string, at: number): number {
  return at - (/\n[ \t]*$/.exec(text.slice(0, at))?.[0].length ?? 0);
}
