// Damaged documents: read, edited or refused in the shim's C as in Node.
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { compareHosts } from './both-hosts.ts';
import { fuzz } from './fuzz.ts';
import { fuzzBinary } from './fuzz-binary.ts';
import { JSON_WORDS } from './words.ts';

test('both hosts edit damaged documents alike', (t) => {
  const comparison = { kind: 'edit', program: fuzzBinary('fuzz', false), folder: temporaryFolder() } as const;
  const check = (inputs: readonly Buffer[]): void => compareHosts(comparison, inputs);
  fuzz(t, { name: 'json', executions: 4000, batch: 50, words: JSON_WORDS, check });
});
