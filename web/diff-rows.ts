// A document before and after, line by line, each line with the edits that it comes from.
import { diffArrays } from 'diff';
import type { ExplainedEdit } from '../src/inject/explain.ts';
import { writeJson } from '../src/text/json.ts';
import { parseDocument } from '../src/text/json-syntax.ts';
import { layOutJson } from '../src/text/lay-out-json.ts';

export interface DiffRow {
  readonly sign: ' ' | '+' | '-';
  readonly text: string;
  /** from 1; undefined for a line that the document does not have */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** places in the list of edits */
  readonly edits: readonly number[];
}

/** Both are laid out first: engines write a document on one line. No rows for what is no JSON. */
export function makeDiffRows(before: string, after: string, edits: readonly ExplainedEdit[]): readonly DiffRow[] {
  if ([before, after].some((text) => 'syntax' in parseDocument(text))) return [];
  const [old, fresh] = [layOutJson(before), layOutJson(after)];
  const added = placeEdits(fresh, edits, ({ writes }) =>
    writes.map(({ path, value }) => ({ path, text: writeJson(value) })),
  );
  const replaced = placeEdits(old, edits, ({ writes, replaces }) =>
    replaces.flatMap((text) => writes.map(({ path }) => ({ path, text }))),
  );
  const rows: DiffRow[] = [];
  let [oldLine, newLine] = [0, 0];
  for (const { added: isNew, removed, value } of diffArrays(splitLines(old), splitLines(fresh), {
    comparator: isSameEntry,
  })) {
    for (const text of value) {
      if (!isNew) oldLine++;
      if (!removed) newLine++;
      rows.push({
        sign: isNew ? '+' : removed ? '-' : ' ',
        text,
        before: isNew ? undefined : oldLine,
        after: removed ? undefined : newLine,
        edits: (removed ? replaced.get(oldLine) : added.get(newLine)) ?? [],
      });
    }
  }
  return rows;
}

/** A comma says only that something follows. */
function isSameEntry(one: string, other: string): boolean {
  return one.replace(/,$/, '') === other.replace(/,$/, '');
}

function splitLines(text: string): string[] {
  return text.trimEnd().split('\n');
}

interface Place {
  readonly path: readonly string[];
  /** JSON of what stands there, or in the list there */
  readonly text: string;
}

/** By line, from 1: the edits of which a value stands there. */
function placeEdits(
  text: string,
  edits: readonly ExplainedEdit[],
  listPlaces: (edit: ExplainedEdit) => readonly Place[],
): ReadonlyMap<number, readonly number[]> {
  const tree = parseDocument(text);
  const lines = new Map<number, number[]>();
  if ('syntax' in tree) return lines;
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const lineOf = (offset: number): number => starts.findLastIndex((start) => start <= offset) + 1;
  const known = new Map<string, ReadonlyMap<string, readonly number[]>>();
  /** Of a list or member, by what they say: its entries. */
  const nodesAt = (path: readonly string[]): ReadonlyMap<string, readonly number[]> => {
    const key = path.join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    let node: number | undefined = 0;
    for (const name of path)
      node =
        node === undefined || tree.kind(node) !== 'object'
          ? undefined
          : tree.members(node).findLast(([member]) => member === name)?.[1];
    const nodes: Map<string, number[]> = new Map();
    const all = node === undefined ? [] : tree.kind(node) === 'array' ? [node, ...tree.elements(node)] : [node];
    for (const one of all) {
      const says = layOutJson(tree.slice(tree.start(one), tree.end(one)));
      nodes.set(says, [...(nodes.get(says) ?? []), one]);
    }
    known.set(key, nodes);
    return nodes;
  };
  for (const [index, edit] of edits.entries())
    for (const place of listPlaces(edit))
      for (const node of nodesAt(place.path).get(layOutJson(place.text)) ?? [])
        for (let line = lineOf(tree.start(node)); line <= lineOf(tree.end(node) - 1); line++) {
          const there = lines.get(line) ?? [];
          if (!there.includes(index)) lines.set(line, [...there, index]);
        }
  return lines;
}
