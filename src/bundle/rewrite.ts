// Changes to a runtime-spec document as pieces of its text: only the edited spans differ.
import { type Change, Draft, type Entry } from '../edits/draft.ts';
import { REQUIRED } from '../edits/required.ts';
import { type JsonTree, type JsonValue, type Pieces, writeJson } from '../text/json.ts';

/** What stands in a span instead: new text and spans of the old one, in order. */
interface SpanEdit {
  readonly start: number;
  readonly end: number;
  readonly instead: readonly (string | number)[];
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
  const pieces: (string | number)[] = [];
  let from = 0;
  for (const { start, end, instead } of edits) {
    if (start > from) pieces.push(from, start);
    for (const piece of instead) pieces.push(piece);
    from = end;
  }
  if (size > from) pieces.push(from, size);
  return pieces;
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
  else if (to !== undefined || tree.kind(node) !== 'object') {
    edits.push({ start: tree.start(node), end: tree.end(node), instead: [writeNewMember(branch, path)] });
  } else editObject(rewriting, node, branch, path);
}

function editObject(rewriting: Rewriting, node: number, branch: Branch, path: readonly string[]): void {
  const { tree, draft, edits } = rewriting;
  const added: [key: string, text: string][] = [];
  for (const [key, member] of branch.members) {
    const below = [...path, key];
    const old = draft.place(below);
    if (old === undefined) added.push([key, writeNewMember(member, below)]);
    else editNode(rewriting, old, member, below);
  }
  if (added.length === 0) return;
  const nodes = tree.members(node).map(([, member]) => member);
  const last = nodes.at(-1);
  if (last === undefined) {
    const text = added.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',');
    edits.push({ start: tree.start(node), end: tree.end(node), instead: [`{${text}}`] });
    return;
  }
  const beforeKey = findSeparator(tree, node, nodes, (member) => tree.keyStart(member));
  const keyText = tree.slice(tree.keyStart(last), tree.start(last));
  const colon = pickGap(keyText.slice(keyText.lastIndexOf('"') + 1), ':');
  const text = added.map(([key, value]) => `${beforeKey}${JSON.stringify(key)}${colon}${value}`).join('');
  edits.push({ start: tree.end(last), end: tree.end(last), instead: [text] });
}

function editList(tree: JsonTree, node: number, list: readonly Entry<number>[], edits: SpanEdit[]): void {
  const slots = tree.elements(node);
  const last = slots.at(-1);
  if (last === undefined || list.length === 0) {
    const text = list.map((entry) => ('value' in entry ? writeJson(entry.value) : '')).join(',');
    edits.push({ start: tree.start(node), end: tree.end(node), instead: [`[${text}]`] });
    return;
  }
  for (let index = 0; index < slots.length; index++) {
    const slot = slots[index] ?? last;
    const entry = list[index];
    if (entry === undefined || ('kept' in entry && entry.kept === slot)) continue;
    const instead: (string | number)[] = [];
    addEntry(tree, entry, instead);
    edits.push({ start: tree.start(slot), end: tree.end(slot), instead });
  }
  const lastUsed = slots[Math.min(list.length, slots.length) - 1] ?? last;
  if (list.length === slots.length) return;
  const between = findSeparator(tree, node, slots, (slot) => tree.start(slot));
  edits.push({
    start: tree.end(lastUsed),
    end: tree.end(last),
    instead: writeTail(tree, list.slice(slots.length), between),
  });
}

/** Entries behind a list's last one, each with a separator before it. */
function writeTail(tree: JsonTree, entries: readonly Entry<number>[], between: string): (string | number)[] {
  const pieces: (string | number)[] = [];
  let run: JsonValue[] = [];
  const flush = (): void => {
    // Written at once where the document is compact, as engines write it: a call for each takes far longer.
    if (run.length > 0)
      pieces.push(between === ',' ? `,${writeJson(run).slice(1, -1)}` : between + run.map(writeJson).join(between));
    run = [];
  };
  for (const entry of entries) {
    if ('value' in entry) {
      run.push(entry.value);
      continue;
    }
    flush();
    pieces.push(between);
    addEntry(tree, entry, pieces);
  }
  flush();
  return pieces;
}

function addEntry(tree: JsonTree, entry: Entry<number>, pieces: (string | number)[]): void {
  if ('kept' in entry) pieces.push(tree.start(entry.kept), tree.end(entry.kept));
  else pieces.push(writeJson(entry.value));
}

/** What stands between two children of a node, by the example of the last two, or of the only one. */
function findSeparator(
  tree: JsonTree,
  parent: number,
  nodes: readonly number[],
  start: (node: number) => number,
): string {
  const last = nodes.at(-1) ?? parent;
  const previous = nodes.at(-2);
  if (previous === undefined) return pickGap(`,${tree.slice(tree.start(parent) + 1, start(last))}`, ',');
  return pickGap(tree.slice(tree.end(previous), start(last)), ',');
}

function pickGap(text: string, otherwise: string): string {
  // What crun takes for a comment is not repeated.
  return text.length > LONGEST_GAP || text.trim() !== otherwise ? otherwise : text;
}

/** A member that was not there: its new value, or a section with what it needs. */
function writeNewMember(branch: Branch, path: readonly string[]): string {
  const { to } = branch;
  if (to !== undefined) {
    if (!('list' in to)) return writeJson(to.value);
    return writeJson(to.list.filter((entry) => 'value' in entry).map(({ value }) => value));
  }
  const members = new Map(Object.entries(REQUIRED.get(path.join('.')) ?? {}));
  for (const [key, member] of branch.members) members.set(key, writeNewMember(member, [...path, key]));
  return `{${[...members].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
}
