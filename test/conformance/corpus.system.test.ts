// The answers of the Go reference, for an ordinary user and on the system's Node.
import { test } from 'node:test';
import { systemNode } from '../support/system-node.ts';
import { checkCorpus, isRoot } from './check-corpus.ts';

const node = systemNode();

test('every case gives it for an ordinary user', { skip: isRoot ? false : 'only root has rights to give up' }, (t) => {
  checkCorpus(t, { node: process.execPath, adapter: 'ordinary-adapter.mjs', root: false });
});

test("every case gives it on the system's Node", { skip: node.skip }, (t) => {
  checkCorpus(t, { node: node.path, adapter: 'adapter.mjs', root: isRoot });
});
