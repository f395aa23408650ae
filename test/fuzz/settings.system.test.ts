// Damaged settings: both hosts read the same of them, or say the same of what is wrong.
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { compareHosts } from './both-hosts.ts';
import { fuzz } from './fuzz.ts';
import { fuzzBinary } from './fuzz-binary.ts';
import { SETTINGS_WORDS, YAML_WORDS } from './words.ts';

test('both hosts read damaged settings alike', (t) => {
  const comparison = { kind: 'settings', program: fuzzBinary('fuzz', false), folder: temporaryFolder() } as const;
  const check = (inputs: readonly Buffer[]): void => compareHosts(comparison, inputs);
  const words = [...YAML_WORDS, ...SETTINGS_WORDS, ...SETTINGS_WORDS];
  fuzz(t, { name: 'settings', executions: 3000, batch: 100, words, check });
});
