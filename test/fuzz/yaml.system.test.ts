// Damaged YAML: libyaml in the shim and as WebAssembly see one tree, and make one spec of it, or say the same.
import { test } from 'node:test';
import { corpusCases } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { compareHosts } from './both-hosts.ts';
import { fuzz } from './fuzz.ts';
import { fuzzBinary } from './fuzz-binary.ts';
import { YAML_WORDS } from './words.ts';

/** What the Go library was asked to read. */
function quirks(): Buffer[] {
  return corpusCases<{ input: { text: string } }>('yaml').map(({ input }) => Buffer.from(input.text));
}

for (const [kind, title] of [
  ['yaml', 'both hosts see one tree in damaged YAML'],
  ['spec', 'both hosts make one spec of damaged YAML'],
] as const)
  test(title, (t) => {
    const comparison = { kind, program: fuzzBinary('fuzz', false), folder: temporaryFolder() };
    const check = (inputs: readonly Buffer[]): void => compareHosts(comparison, inputs);
    fuzz(t, { name: 'yaml', executions: 3000, batch: 100, more: quirks(), words: YAML_WORDS, check });
  });
