// Changes to a runtime-spec document as pieces of its text: only the edited spans differ.
import { type Change, Draft, type Entry } from '../edits/draft.ts';
import { REQUIRED } from '../edits/required.ts';
import { type JsonTree, type JsonValue, type Pieces, writeJson } from '../text/json.ts';

type Piece = Pieces[number];

/** The changes as a tree of members, so that a section that is missing is made once. */
interface Branch {
  /** of the first change at or below it, which begins with its own */
  readonly path: readonly string[];
  readonly members: Map<string, Branch>;
  to: Change<number>['to'] | undefined;
}

/** White space of a document is copied for what is added to it, unless it is of a strange length. */
const LONGEST_GAP = 200;

/** The new text so far. */
interface Rewriting {
  readonly tree: JsonTree;
  readonly draft: Draft<number>;
  readonly pieces: Piece[];
  /** up to where the old text is kept or gone */
  done: number;
}

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
  const root: Branch = { path: [], members: new Map(), to: undefined };
  for (const change of changes) graft(root, change);
  const rewriting: Rewriting = { tree, draft, pieces: [], done: 0 };
  editNode(rewriting, 0, root, 0);
  replaceSpan(rewriting, size, size);
  return rewriting.pieces;
}

function graft(root: Branch, { path, to }: Change<number>): void {
  let branch = root;
  for (const key of path) {
    let next = branch.members.get(key);
    if (next === undefined) {
      next = { path, members: new Map(), to: undefined };
      branch.members.set(key, next);
    }
    branch = next;
  }
  branch.to = to;
}

/** Keeps the old text up to a span, in whose place the next pieces stand. Spans come in order. */
function replaceSpan(rewriting: Rewriting, start: number, end: number): Piece[] {
  const { pieces, done } = rewriting;
  if (start > done) pieces.push(done, start);
  rewriting.done = end;
  return pieces;
}

/** @param depth how much of the branch's path leads to it */
function editNode(rewriting: Rewriting, node: number, branch: Branch, depth: number): void {
  const { tree } = rewriting;
  const { to } = branch;
  const kind = tree.kind(node);
  if (to !== undefined && 'list' in to && kind === 'array') editList(rewriting, node, to.list);
  else if (to !== undefined && 'added' in to && kind === 'array') addToList(rewriting, node, to.added);
  else if (to === undefined && kind === 'object') editObject(rewriting, node, branch, depth);
  else addNewMember(replaceSpan(rewriting, tree.start(node), tree.end(node)), branch, depth);
}

function editObject(rewriting: Rewriting, node: number, { members }: Branch, depth: number): void {
  const { tree, draft } = rewriting;
  const changed: { readonly place: number; readonly member: Branch }[] = [];
  const added: string[] = [];
  for (const key of members.keys()) {
    const member = members.get(key);
    const place = member && draft.place(member.path, depth + 1);
    if (member === undefined || place === undefined) added.push(key);
    else changed.push({ place, member });
  }
  // Nodes are numbered in their order.
  if (changed.length > 1) changed.sort((a, b) => a.place - b.place);
  for (const { place, member } of changed) editNode(rewriting, place, member, depth + 1);
  if (added.length === 0) return;
  const nodes = tree.elements(node);
  const last = nodes[nodes.length - 1];
  const add = (pieces: Piece[], before: string, key: string, colon: string): void => {
    pieces.push(`${before}${JSON.stringify(key)}${colon}`);
    const member = members.get(key);
    if (member !== undefined) addNewMember(pieces, member, depth + 1);
  };
  if (last === undefined) {
    const pieces = replaceSpan(rewriting, tree.start(node), tree.end(node));
    let before = '{';
    for (const key of added) {
      add(pieces, before, key, ':');
      before = ',';
    }
    pieces.push('}');
    return;
  }
  const start = tree.keyStart(last);
  const beforeKey = findSeparator(tree, node, nodes[nodes.length - 2], start);
  const keyText = tree.slice(start, tree.start(last));
  const colon = pickGap(keyText.slice(keyText.lastIndexOf('"') + 1), ':');
  const pieces = replaceSpan(rewriting, tree.end(last), tree.end(last));
  for (const key of added) add(pieces, beforeKey, key, colon);
}

function editList(rewriting: Rewriting, node: number, list: readonly Entry<number>[]): void {
  const { tree } = rewriting;
  const slots = tree.elements(node);
  const count = slots.length;
  const last = slots[count - 1];
  if (last === undefined || list.length === 0) {
    addNewList(replaceSpan(rewriting, tree.start(node), tree.end(node)), list);
    return;
  }
  for (let index = 0; index < count; ++index) {
    const slot = slots[index] ?? last;
    const entry = list[index];
    if (entry === undefined || ('kept' in entry && entry.kept === slot)) continue;
    const pieces = replaceSpan(rewriting, tree.start(slot), tree.end(slot));
    if ('kept' in entry) pieces.push(tree.start(entry.kept), tree.end(entry.kept));
    else pieces.push(makePiece(entry.value));
  }
  if (list.length === count) return;
  const lastUsed = slots[Math.min(list.length, count) - 1] ?? last;
  addBehind(rewriting, node, slots, list.slice(count), tree.end(lastUsed));
}

function addToList(rewriting: Rewriting, node: number, added: readonly Entry<number>[]): void {
  const { tree } = rewriting;
  const slots = tree.elements(node);
  const last = slots[slots.length - 1];
  if (last === undefined) editList(rewriting, node, added);
  else addBehind(rewriting, node, slots, added, tree.end(last));
}

/** @param start of what of the list goes, up to the end of its last slot */
function addBehind(
  rewriting: Rewriting,
  node: number,
  slots: readonly number[],
  entries: readonly Entry<number>[],
  start: number,
): void {
  const { tree } = rewriting;
  const count = slots.length;
  const last = slots[count - 1] ?? node;
  const between = findSeparator(tree, node, slots[count - 2], tree.start(last));
  const pieces = replaceSpan(rewriting, start, tree.end(last));
  for (const entry of entries) {
    if ('kept' in entry) pieces.push(between, tree.start(entry.kept), tree.end(entry.kept));
    else pieces.push(between, makePiece(entry.value));
  }
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
function addNewMember(pieces: Piece[], { path, to, members }: Branch, depth: number): void {
  if (to !== undefined) {
    if ('value' in to) pieces.push(makePiece(to.value));
    else addNewList(pieces, 'list' in to ? to.list : to.added);
    return;
  }
  const required = REQUIRED.get(path.slice(0, depth).join('.')) ?? {};
  let before = '{';
  for (const key of new Set([...Object.keys(required), ...members.keys()])) {
    pieces.push(`${before}${JSON.stringify(key)}:`);
    const member = members.get(key);
    if (member === undefined) pieces.push(required[key] ?? '');
    else addNewMember(pieces, member, depth + 1);
    before = ',';
  }
  pieces.push('}');
}

function addNewList(pieces: Piece[], list: readonly Entry<number>[]): void {
  const values: JsonValue[] = [];
  for (const entry of list) if ('value' in entry) values.push(entry.value);
  pieces.push(values);
}
