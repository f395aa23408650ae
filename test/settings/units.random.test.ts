// Sizes and durations as they are spelled are read as what they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseYaml } from '../../src/host/yaml.ts';
import { bytes, duration, spellBytes, spellDuration } from '../../src/settings/units.ts';
import type { Decode } from '../../src/text/yaml-reader.ts';
import { YamlReader } from '../../src/text/yaml-reader.ts';
import { RUNS } from '../support/json-documents.ts';

function read(decode: Decode<number>, text: string): number | undefined {
  const tree = parseYaml(text);
  return 'syntax' in tree
    ? assert.fail(tree.syntax)
    : new YamlReader(tree, { code: 'BAD_SETTINGS', what: 'read' }).document(decode);
}

const cases: [spelled: string, want: string][] = [
  [spellBytes(1023), '1023'],
  [spellBytes(1024), '1KiB'],
  [spellBytes(16 * 1024 ** 2), '16MiB'],
  [spellBytes(1024 ** 3), '1GiB'],
  [spellDuration(0), '0s'],
  [spellDuration(100), '100ms'],
  [spellDuration(1500), '1500ms'],
  [spellDuration(90_000), '90s'],
  [spellDuration(3_600_000), '1h'],
];
for (const [spelled, want] of cases) test(`spells ${want}`, () => assert.equal(spelled, want));

test('what is spelled is read as what it was', () => {
  const most = 2 ** 40;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.nat(5000),
        fc.nat(5000).map((count) => count * 1024),
        fc.maxSafeNat().map((n) => n % most),
      ),
      (n) => {
        assert.equal(read(bytes(0, most), spellBytes(n)), n);
        assert.equal(read(duration(0, most), spellDuration(n)), n);
      },
    ),
    { numRuns: RUNS },
  );
});
