// Changes to a runtime-spec document as pieces of its text: only the edited spans differ.
import { type Change, Draft, type Entry } from '../edits/draft.ts';
import { REQUIRED } from '../edits/required.ts';
import { type JsonTree, type JsonValue, type Pieces, writeJson } from '../text/json.ts';

type Piece = Pieces[number];

/** What stands in a span instead: new text and spans of the old one, in order. */
interface SpanEdit {
  readonly start: number;
  readonly end: number;
  readonly instead: readonly Piece[];
}

/** The changes as a tree of members, so that a section that is missing is made once. */
interface Branch {
  readonly members: Map<string, Branch>;
  to: Change<number>['to'] | undefined;
}

/** White space of a document is copied for what is added to it, unless it is of a strange length. */
const LONGEST_GAP = 200;

/**
 * The document's text with the changes in it.
 *
 * @param size the text's length, in the tree's offsets
 * @param draft where each member of the document is read
 */
export function rewrite(
  tree: JsonTree,
  size: number,
  changes: readonly Change<number>[],
  draft: Draft<number> = new Draft(tree, 0),
): Pieces {
  const root: Branch = { members: new Map(), to: undefined };
  for (const change of changes) graft(root, change);
  const edits: SpanEdit[] = [];
  editNode({ tree, draft, edits }, 0, root, []);
  edits.sort((a, b) => a.start - b.start);
  const pieces: (readonly Piece[])[] = [];
  let from = 0;
  for (const { start, end, instead } of edits) {
    if (start > from) pieces.push([from, start]);
    pieces.push(instead);
    from = end;
  }
  if (size > from) pieces.push([from, size]);
  return pieces.flat();
}

function graft(root: Branch, change: Change<number>): void {
  let branch = root;
  for (const key of change.path) {
    let next = branch.members.get(key);
    if (next === undefined) {
      next = { members: new Map(), to: undefined };
      branch.members.set(key, next);
    }
    branch = next;
  }
  branch.to = change.to;
}

interface Rewriting {
  readonly tree: JsonTree;
  readonly draft: Draft<number>;
  readonly edits: SpanEdit[];
}

function editNode(rewriting: Rewriting, node: number, branch: Branch, path: readonly string[]): void {
  const { tree, edits } = rewriting;
  const { to } = branch;
  if (to !== undefined && 'list' in to && tree.kind(node) === 'array') editList(tree, node, to.list, edits);
  else if (to !== undefined && 'added' in to && tree.kind(node) === 'array') addToList(tree, node, to.added, edits);
  else if (to === undefined && tree.kind(node) === 'object') editObject(rewriting, node, branch, path);
  else {
    const instead: Piece[] = [];
    addNewMember(instead, branch, path);
    edits.push({ start: tree.start(node), end: tree.end(node), instead });
  }
}

function editObject(rewriting: Rewriting, node: number, branch: Branch, path: readonly string[]): void {
  const { tree, draft, edits } = rewriting;
  const added: string[] = [];
  for (const [key, member] of branch.members) {
    const below = [...path, key];
    const old = draft.place(below);
    if (old === undefined) added.push(key);
    else editNode(rewriting, old, member, below);
  }
  if (added.length === 0) return;
  const instead: Piece[] = [];
  const members = tree.elements(node);
  const last = members[members.length - 1];
  const add = (before: string, key: string, colon: string): void => {
    instead.push(`${before}${JSON.stringify(key)}${colon}`);
    const member = branch.members.get(key);
    if (member !== undefined) addNewMember(instead, member, [...path, key]);
  };
  if (last === undefined) {
    for (const key of added) add(instead.length === 0 ? '{' : ',', key, ':');
    instead.push('}');
    edits.push({ start: tree.start(node), end: tree.end(node), instead });
    return;
  }
  const start = tree.keyStart(last);
  const previous = members[members.length - 2];
  const beforeKey = findSeparator(tree, node, previous, start);
  const keyText = tree.slice(start, tree.start(last));
  const colon = pickGap(keyText.slice(keyText.lastIndexOf('"') + 1), ':');
  for (const key of added) add(beforeKey, key, colon);
  edits.push({ start: tree.end(last), end: tree.end(last), instead });
}

function editList(tree: JsonTree, node: number, list: readonly Entry<number>[], edits: SpanEdit[]): void {
  const slots = tree.elements(node);
  const count = slots.length;
  const last = slots[count - 1];
  if (last === undefined || list.length === 0) {
    const instead: Piece[] = [];
    addNewList(instead, list);
    edits.push({ start: tree.start(node), end: tree.end(node), instead });
    return;
  }
  for (let index = 0; index < count; ++index) {
    const slot = slots[index] ?? last;
    const entry = list[index];
    if (entry === undefined || ('kept' in entry && entry.kept === slot)) continue;
    const instead: Piece[] = [];
    addEntry(tree, entry, instead);
    edits.push({ start: tree.start(slot), end: tree.end(slot), instead });
  }
  if (list.length === count) return;
  const lastUsed = slots[Math.min(list.length, count) - 1] ?? last;
  addBehind(tree, node, slots, list.slice(count), { start: tree.end(lastUsed), edits });
}

function addToList(tree: JsonTree, node: number, added: readonly Entry<number>[], edits: SpanEdit[]): void {
  const slots = tree.elements(node);
  const last = slots[slots.length - 1];
  if (last === undefined) editList(tree, node, added, edits);
  else addBehind(tree, node, slots, added, { start: tree.end(last), edits });
}

/** @param start of what of the list goes, up to the end of its last slot */
function addBehind(
  tree: JsonTree,
  node: number,
  slots: readonly number[],
  entries: readonly Entry<number>[],
  { start, edits }: { readonly start: number; readonly edits: SpanEdit[] },
): void {
  const count = slots.length;
  const last = slots[count - 1] ?? node;
  const between = findSeparator(tree, node, slots[count - 2], tree.start(last));
  const instead: Piece[] = [];
  for (const entry of entries) {
    instead.push(between);
    addEntry(tree, entry, instead);
  }
  edits.push({ start, end: tree.end(last), instead });
}

function addEntry(tree: JsonTree, entry: Entry<number>, pieces: Piece[]): void {
  if ('kept' in entry) pieces.push(tree.start(entry.kept), tree.end(entry.kept));
  else pieces.push(makePiece(entry.value));
}

/** Lists and objects are written by who puts the pieces together. */
function makePiece(value: JsonValue): Piece {
  return typeof value === 'object' && value !== null ? value : writeJson(value);
}

/** What stands between two children of a node, by the example of the last two, or of the only one. */
function findSeparator(tree: JsonTree, parent: number, previous: number | undefined, start: number): string {
  if (previous === undefined) return pickGap(`,${tree.slice(tree.start(parent) + 1, start)}`, ',');
  return pickGap(tree.slice(tree.end(previous), start), ',');
}

function pickGap(text: string, otherwise: string): string {
  // What crun takes for a comment is not repeated.
  return text.length > LONGEST_GAP || text.trim() !== otherwise ? otherwise : text;
}

/** A member that was not there: its new value, or a section with what it needs. */
function addNewMember(pieces: Piece[], { to, members }: Branch, path: readonly string[]): void {
  if (to !== undefined) {
    if ('value' in to) pieces.push(makePiece(to.value));
    else addNewList(pieces, 'list' in to ? to.list : to.added);
    return;
  }
  const required = REQUIRED.get(path.join('.')) ?? {};
  let before = '{';
  for (const key of new Set([...Object.keys(required), ...members.keys()])) {
    pieces.push(`${before}${JSON.stringify(key)}:`);
    const member = members.get(key);
    if (member === undefined) pieces.push(required[key] ?? '');
    else addNewMember(pieces, member, [...path, key]);
    before = ',';
  }
  pieces.push('}');
}

function addNewList(pieces: Piece[], list: readonly Entry<number>[]): void {
  const values: JsonValue[] = [];
  for (const entry of list) if ('value' in entry) values.push(entry.value);
  pieces.push(values);
}
