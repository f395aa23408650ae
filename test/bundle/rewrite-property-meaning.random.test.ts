// Random edits of a text mean the same as those of the object that it is, and nothing is ever added twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gatherAlone, planEdits } from '../../src/edits/apply.ts';
import { assignChanges } from '../../src/edits/assign.ts';
import { Draft } from '../../src/edits/draft.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import type { Mode } from '../../src/edits/mode.ts';
import { editObject } from '../../src/inject/inject-document.ts';
import { valueReader } from '../../src/text/json.ts';
import { editedText } from '../support/edit-document.ts';
import { bundleDocument, edits, LOOKUP, looseDocument, printed } from '../support/edited-bundles.ts';
import { deepFrozen, RUNS } from '../support/json-documents.ts';
import { exactValue } from '../support/json-spans.ts';

const given = edits.map(deepFrozen);

test('editing a text means the same as editing the object that it is, and a second time changes no byte', () => {
  fc.assert(
    fc.property(printed(looseDocument), given, (before, edits) => {
      assert.deepEqual(exactValue(editedText(before, edits, 'append', LOOKUP)), editedObject(before, edits, 'append'));
      const text = editedText(before, edits, 'once', LOOKUP);
      assert.deepEqual(exactValue(text), editedObject(before, edits, 'once'));
      assert.equal(editedText(text, edits, 'once', LOOKUP), text);
    }),
    { numRuns: RUNS * 3 },
  );
});

test('what the library appended is there for the shim, where no path has two nodes', () => {
  fc.assert(
    fc.property(printed(bundleDocument), given, (before, edits) => {
      const appended = editedText(before, edits, 'append', LOOKUP);
      assert.equal(editedText(appended, edits, 'once', LOOKUP), appended);
    }),
    { numRuns: RUNS * 2 },
  );
});

/** Planning must not touch the object, nor the edits. */
function editedObject(text: string, edits: ContainerEdits, mode: Mode): unknown {
  const document = exactObject(text);
  if (mode === 'append') editObject(document, gatherAlone(edits), LOOKUP);
  else {
    const draft = new Draft<unknown>(valueReader, deepFrozen(exactObject(text)));
    assignChanges(document, planEdits(draft, gatherAlone(edits), LOOKUP, mode));
  }
  return document;
}

function exactObject(text: string): object {
  const value = exactValue(text);
  return typeof value === 'object' && value !== null ? value : assert.fail('no object');
}
