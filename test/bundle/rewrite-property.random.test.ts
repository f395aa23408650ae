// Random edits into random documents of any formatting, judged by what the rules say and by readers of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { editedText } from '../support/edit-document.ts';
import { edits, LOOKUP, looseDocument, printed } from '../support/edited-bundles.ts';
import { RUNS } from '../support/json-documents.ts';
import { compact, type Span, spansOf } from '../support/json-spans.ts';

/** The members that edits may change, by the CDI specification's "OCI Edits". */
function editedMembers(given: ContainerEdits): string[][] {
  const has = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;
  return [
    ...(has(given.env) ? [['process', 'env']] : []),
    ...(has(given.additionalGids) ? [['process', 'user', 'additionalGids']] : []),
    ...(has(given.deviceNodes)
      ? [
          ['linux', 'devices'],
          ['linux', 'resources', 'devices'],
        ]
      : []),
    ...(has(given.mounts) ? [['mounts']] : []),
    ...(given.intelRdt === undefined ? [] : [['linux', 'intelRdt']]),
    ...(given.hooks ?? []).map(({ hookName }) => ['hooks', hookName]),
    ...(given.netDevices ?? []).map(({ hostInterfaceName }) => ['linux', 'netDevices', hostInterfaceName]),
  ];
}

/** The new text with the old one's bytes put back at the members that edits may change. */
function undone(before: string, after: string, given: ContainerEdits): string {
  const pieces: { readonly start: number; readonly end: number; readonly instead: string }[] = [];
  const undo = (old: Span, now: Span, paths: readonly (readonly string[])[]): void => {
    const isWhole = paths.some((path) => path.length === 0);
    if (isWhole || old.members === undefined || old.members.size === 0) {
      pieces.push({ start: now.start, end: now.end, instead: before.slice(old.start, old.end) });
      return;
    }
    let end = now.start;
    for (const [key, member] of now.members ?? []) {
      const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
      const was = old.members.get(key);
      if (was !== undefined && below.length > 0) undo(was, member, below);
      // with the comma and the key before it
      else if (was === undefined && below.length > 0) pieces.push({ start: end, end: member.end, instead: '' });
      end = member.end;
    }
  };
  const paths = editedMembers(given);
  if (paths.length > 0) undo(spansOf(before), spansOf(after), paths);
  let [text, from] = ['', 0];
  for (const { start, end, instead } of pieces) {
    text += after.slice(from, start) + instead;
    from = end;
  }
  return text + after.slice(from);
}

/** The span at a path, if there is one. */
function spanAt(span: Span, path: readonly string[]): Span | undefined {
  let at: Span | undefined = span;
  for (const key of path) at = at?.members?.get(key);
  return at;
}

/** Of an edited list, each entry is one of the old document's, in every byte, or was written again. */
function assertEntries(before: string, after: string, given: ContainerEdits): void {
  const [old, now] = [spansOf(before), spansOf(after)];
  for (const path of editedMembers(given)) {
    const texts = (text: string, span: Span | undefined): string[] =>
      (span?.items ?? []).map(({ start, end }) => text.slice(start, end));
    const there = new Set(texts(before, spanAt(old, path)));
    for (const entry of texts(after, spanAt(now, path)))
      assert.ok(there.has(entry) || entry === compact(entry), `${entry} is neither an old nor a new entry`);
  }
}

test('editing a text changes nothing but the members that the edits name, and in their lists no entry that stays', () => {
  fc.assert(
    fc.property(printed(looseDocument), edits, fc.constantFrom('append', 'once'), (before, given, mode) => {
      const after = editedText(before, given, mode, LOOKUP);
      assert.equal(undone(before, after, given), before);
      assertEntries(before, after, given);
    }),
    { numRuns: RUNS * 5 },
  );
});
