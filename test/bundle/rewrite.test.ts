import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rewrite } from '../../src/bundle/rewrite.ts';
import type { ContainerEdits } from '../../src/cdi/spec.ts';
import { planEdits } from '../../src/edits/apply.ts';
import { assignChanges } from '../../src/edits/assign.ts';
import type { Change } from '../../src/edits/draft.ts';
import type { Mode } from '../../src/edits/mode.ts';
import { assemble, type JsonTree, valueReader } from '../../src/text/json.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { bundleDocument, edits, LOOKUP, looseDocument } from '../support/edited-bundles.ts';
import { deepFrozen, print, RUNS, valueOf } from '../support/json-documents.ts';

function parsed(text: string): JsonTree {
  const tree = parseJson(text);
  return 'syntax' in tree ? assert.fail(`${tree.syntax} in ${text}`) : tree;
}

interface Edited {
  readonly text: string;
  readonly changes: readonly Change<number>[];
}

function edit(text: string, given: ContainerEdits, mode: Mode): Edited {
  const tree = parsed(text);
  const changes = planEdits(tree, 0, given, LOOKUP, mode);
  return { text: assemble(text, rewrite(tree, text.length, changes)), changes };
}

/** The part of a text that a node is. */
function slice(text: string, tree: JsonTree, node: number): string {
  return text.slice(tree.start(node), tree.end(node));
}

/** Holds that a node differs only at the given paths below it, in every byte. */
function assertSameOutside(before: string, after: string, paths: readonly (readonly string[])[]): void {
  const [old, now] = [parsed(before), parsed(after)];
  assert.equal(before.slice(0, old.start(0)), after.slice(0, now.start(0)));
  assert.equal(before.slice(old.end(0)), after.slice(now.end(0)));
  compare(0, 0, paths);

  function compare(left: number, right: number, changed: readonly (readonly string[])[]): void {
    if (changed.length === 0) return assert.equal(slice(after, now, right), slice(before, old, left));
    if (changed.some((path) => path.length === 0)) return;
    const was = old.kind(left) === 'object' ? old.members(left) : [];
    const is = now.members(right);
    if (was.length === 0) return;
    let [oldEnd, newEnd] = [old.start(left), now.start(right)];
    for (const [place, [key, member]] of was.entries()) {
      const [newKey, newMember] = is[place] ?? assert.fail(`${key} is gone`);
      assert.equal(newKey, key);
      assert.equal(after.slice(newEnd, now.start(newMember)), before.slice(oldEnd, old.start(member)));
      compare(
        member,
        newMember,
        changed.filter((path) => path[0] === key).map((path) => path.slice(1)),
      );
      [oldEnd, newEnd] = [old.end(member), now.end(newMember)];
    }
    const added = is.slice(was.length);
    for (const [key] of added)
      assert.ok(
        changed.some((path) => path[0] === key),
        `${key} came from nowhere`,
      );
    const last = added.at(-1);
    if (last !== undefined) newEnd = now.end(last[1]);
    assert.equal(after.slice(newEnd, now.end(right)), before.slice(oldEnd, old.end(left)));
  }
}

const mode = fc.constantFrom<Mode>('append', 'once');
const written = looseDocument.chain((document) => fc.nat().map((seed) => print(document, seed)));
const single = bundleDocument.chain((document) => fc.nat().map((seed) => print(document, seed)));
const options = { numRuns: RUNS };

test('rewrite() changes no byte outside the edited members', () => {
  fc.assert(
    fc.property(written, edits, mode, (before, given, how) => {
      const { text, changes } = edit(before, given, how);
      if (changes.length === 0) assert.equal(text, before);
      assertSameOutside(
        before,
        text,
        changes.map(({ path }) => path),
      );
    }),
    options,
  );
});

test('rewrite() keeps every entry of a list as it was written', () => {
  fc.assert(
    fc.property(written, edits, mode, (before, given, how) => {
      const old = parsed(before);
      const { text, changes } = edit(before, given, how);
      const now = parsed(text);
      for (const { path, to } of changes) {
        if (!('list' in to)) continue;
        const entries = now.elements(nodeAt(now, path));
        assert.equal(entries.length, to.list.length);
        for (const [place, entry] of to.list.entries()) {
          if ('kept' in entry) assert.equal(slice(text, now, entries[place] ?? 0), slice(before, old, entry.kept));
        }
      }
    }),
    options,
  );
});

function nodeAt(tree: JsonTree, path: readonly string[]): number {
  let node = 0;
  for (const key of path) node = new Map(tree.members(node)).get(key) ?? assert.fail(`${key} is missing`);
  return node;
}

test('rewrite() of a text means the same as assignChanges() in memory', () => {
  fc.assert(
    fc.property(written, edits, mode, (before, given, how) => {
      const inMemory = valueOf(parsed(before));
      assert.ok(typeof inMemory === 'object' && inMemory !== null);
      assignChanges(inMemory, planEdits(valueReader, inMemory, given, LOOKUP, how));
      assert.deepEqual(valueOf(parsed(edit(before, given, how).text)), inMemory);
    }),
    options,
  );
});

test("planEdits() in mode 'once' finds everything there the second time", () => {
  fc.assert(
    fc.property(written, edits, (before, given) => {
      const first = edit(before, given, 'once');
      const second = edit(first.text, given, 'once');
      assert.equal(second.text, first.text);
      assert.equal(second.changes.length, 0);
    }),
    options,
  );
});

test("planEdits() in mode 'once' adds nothing to what mode 'append' added", () => {
  fc.assert(
    fc.property(single, edits, (before, given) => {
      const appended = edit(before, given, 'append').text;
      assert.equal(edit(appended, given, 'once').text, appended);
    }),
    options,
  );
});

test('planEdits() changes neither the document nor the edits', () => {
  fc.assert(
    fc.property(written, edits, mode, (before, given, how) => {
      const document = deepFrozen(valueOf(parsed(before)));
      planEdits(valueReader, document, deepFrozen(given), LOOKUP, how);
    }),
    options,
  );
});
