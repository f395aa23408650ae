// Damaged YAML: libyaml in the shim and as WebAssembly see one tree, and make one spec of it, or say the same.
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { compareHosts } from './both-hosts.ts';
import { fuzz } from './fuzz.ts';
import { fuzzBinary } from './fuzz-binary.ts';
import { YAML_WORDS } from './words.ts';

/** What the Go library was asked to read, where that is at hand. */
function quirks(): Buffer[] {
  const file = new URL('../../../shared/corpus/yaml.json', import.meta.url);
  if (!existsSync(file)) return [];
  const { cases }: { cases: { input: { text: string } }[] } = JSON.parse(readFileSync(file, 'utf8'));
  return cases.map(({ input }) => Buffer.from(input.text));
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
