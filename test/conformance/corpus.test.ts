// The library as built against the answers of the Go reference.
import { test } from 'node:test';
import { checkCorpus, isRoot } from './check-corpus.ts';

test('every case of the corpus gives the answer of the reference', (t) => {
  checkCorpus(t, { node: process.execPath, adapter: 'adapter.mjs', root: isRoot });
});
