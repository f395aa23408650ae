// Mounts that no runtime makes: files over folders of the image, and folders over its files.
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CdiError } from '../../text/error.ts';
import type { OrderedJson } from '../../text/json.ts';
import { quote } from '../../text/quote.ts';
import { type Document, parseValue } from '../document/document.ts';
import { resolveInRoot } from '../files/host-root.ts';
import type { EditData, Explanation } from './explanation.ts';

/** Why the runtime refuses a bundle that gets its devices, as far as its rootfs tells. */
export function findWrongMountPoint(
  { path = '', text }: Document,
  { edits }: Pick<Explanation, 'edits'>,
): CdiError | undefined {
  const document = parseValue(text);
  const root = readText(readMember(document, 'root'), 'path');
  if (root === '') return undefined;
  const mounts = edits.filter(({ kind, effect }) => kind === 'mounts' && (effect === 'add' || effect === 'replace'));
  const before = readMember(document, 'mounts');
  const points = [
    ...(Array.isArray(before) ? before.map((mount) => readText(mount, 'destination')) : []),
    ...mounts.map(({ key }) => key),
  ];
  for (const mount of mounts) {
    // Below another mount the rootfs does not count.
    if (points.some((point) => point !== '/' && mount.key.startsWith(`${point}/`))) continue;
    const why = compare(resolve(dirname(path), root), mount);
    if (why !== undefined) return makeError(mount, why);
  }
  return undefined;
}

function compare(root: string, { key, value }: EditData): string | undefined {
  const source = readText(value, 'hostPath');
  try {
    const from = statSync(source, { throwIfNoEntry: false });
    const to = statSync(resolveInRoot(root, key), { throwIfNoEntry: false });
    if (from === undefined || to === undefined || from.isDirectory() === to.isDirectory()) return undefined;
    return `it is ${from.isDirectory() ? 'a' : 'no'} folder, and ${quote(key)} of the image is ${to.isDirectory() ? 'one' : 'none'}`;
  } catch {
    // What cannot be looked at is no reason for a verdict.
    return undefined;
  }
}

function makeError({ value, spec, line, column }: EditData, why: string): CdiError {
  const at = line === undefined || column === undefined ? undefined : { line, column };
  const what = `mount ${quote(readText(value, 'hostPath'))} of spec ${quote(spec)}`;
  return new CdiError('BAD_BUNDLE', { what, path: spec, at, why, hint: 'use another image, or another spec' });
}

function readMember(holder: OrderedJson | undefined, name: string): OrderedJson | undefined {
  if (holder instanceof Map) return holder.get(name);
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return undefined;
  return Object.entries(holder).find(([key]) => key === name)?.[1];
}

function readText(holder: OrderedJson | undefined, name: string): string {
  const value = readMember(holder, name);
  return typeof value === 'string' ? value : '';
}
