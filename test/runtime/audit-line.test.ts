// A line of the audit is bounded, whatever a container asks for, and says how much it leaves out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Receipt } from '../../src/inject/receipt.ts';
import { LONGEST_LINE, writeAuditLine } from '../../src/runtime/audit-line.ts';

const lists = ['requests', 'devices', 'warnings'] as const;

function receipt(entries: number, text: string): Receipt {
  const many = (entry: Receipt): Receipt[] => Array.from({ length: entries }, () => entry);
  return {
    time: 'now',
    id: text,
    bundle: text,
    namespace: text,
    pod: text,
    engine: text,
    requests: many({ device: text, source: 'env', key: text, rule: text, reason: text }),
    devices: many({ name: text, spec: text, line: 3, digest: text }),
    warnings: Array.from({ length: entries }, () => text),
    error: { code: 'DENIED', message: text },
  };
}

test('a line that is short enough has everything', () => {
  const whole = receipt(20, 'x'.repeat(200));
  assert.equal(writeAuditLine(whole), `${JSON.stringify(whole)}\n`);
});

for (const [title, text] of [
  ['plain', 'x'],
  ['long', 'x'.repeat(10_000)],
  ['of three bytes a character', '\u20ac'.repeat(10_000)],
  ['of escapes', '\u0001'.repeat(10_000)],
  ['of halves of pairs', '\ud800'.repeat(10_000)],
] as const)
  for (const entries of text.length === 1 ? [0, 1, 1000, 20_000] : [0, 1, 100])
    test(`${entries} entries with texts that are ${title} are within the bound`, () => {
      const line = writeAuditLine(receipt(entries, text));
      assert.ok(Buffer.byteLength(line) <= LONGEST_LINE, `${Buffer.byteLength(line)}`);
      const { counts = {}, ...read } = JSON.parse(line);
      for (const list of lists) {
        assert.equal(counts[list] ?? read[list].length, entries);
        assert.ok(read[list].length > 0 || entries === 0);
      }
      assert.ok(text.length < 10 || read.id.length < text.length === read.id.endsWith('…'));
    });
