// The inputs of the fuzzers through the shim's C with gcc's sanitizers in it: the same answers, and nothing is reported.
import { test } from 'node:test';
import { compareHosts } from '../fuzz/both-hosts.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { fuzzBinary } from '../fuzz/fuzz-binary.ts';
import { JSON_WORDS, SETTINGS_WORDS, YAML_WORDS } from '../fuzz/words.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

for (const [kind, name, words] of [
  ['edit', 'json', JSON_WORDS],
  ['yaml', 'yaml', YAML_WORDS],
  ['spec', 'yaml', YAML_WORDS],
  ['settings', 'settings', [...YAML_WORDS, ...SETTINGS_WORDS]],
] as const)
  test(`inputs of the fuzzers, with sanitizers: ${kind}`, (t) => {
    const comparison = { kind, program: fuzzBinary('fuzz', true), folder };
    const check = (inputs: readonly Buffer[]): void => compareHosts(comparison, inputs);
    fuzz(t, { name, executions: 1000, batch: 50, words, check });
  });
