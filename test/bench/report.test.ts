// docs/performance.md and its pictures: of the same figures the same bytes, with every row in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summary } from '../../bench/figures.ts';
import { makeReport } from '../../bench/report.ts';
import type { Figures } from '../../bench/report-text.ts';

function figures(peer: number | undefined): Figures {
  const of = (microseconds: number) => summary([microseconds * 1000]);
  const rows = ['none', 'one', 'eight', 'many'].map((name, i) => ({
    ...{ name, title: `create, ${name}`, exec: of(100), shim: of(1500 + i), limits: { overExec: 1401 } },
    peer: peer === undefined ? undefined : of(peer + i),
  }));
  const facts = [
    { title: 'size', value: 3, unit: 'KiB', most: 3 },
    { title: 'memory', value: 4, unit: 'KiB', most: 3 },
  ];
  return {
    results: { machine: 'a machine', commit: 'c0ffee', rounds: 8, pace: 1, rows, facts },
    stages: { '1 device': { start: 1_000_000, YAML: 2_000_000, all: 3_000_000 } },
    growth: { 'mounts of a spec': { '10': 1000, '100': 10_000, '1000': 100_000 } },
  };
}

test('the same figures give the same bytes', async () => {
  assert.deepEqual(await makeReport(figures(5000)), await makeReport(figures(5000)));
});

test('every picture is named in the text, and is one', async () => {
  const files = await makeReport(figures(5000));
  const text = files.get('performance.md') ?? '';
  const pictures = [...files.keys()].filter((name) => name.endsWith('.svg'));
  assert.deepEqual([...text.matchAll(/\]\((performance\/.*)\)/g)].map(([, name]) => name).sort(), pictures.sort());
  for (const name of pictures) assert.match(files.get(name) ?? '', /^<svg [\s\S]*<\/svg>\n$/, name);
});

test('the text has machine, commit, rows, stages and exponents, and says what is missed', async () => {
  const text = (await makeReport(figures(5000))).get('performance.md') ?? '';
  assert.match(text, /a machine; commit c0ffee\./);
  assert.match(text, /^\| create, one \| 100 \| 1501 \| 1401 \| 4901 \| 1401 µs over exec \(at most 1401\) \|$/m);
  assert.match(text, /^\| create, many \| .* \(at most 1401\) \*\*missed\*\* \|$/m);
  assert.match(text, /^\| memory \| 4 KiB \| 3 KiB \*\*missed\*\* \|$/m);
  assert.match(text, /^\| YAML \| 2000 \|$/m);
  assert.match(text, /^\| mounts of a spec \| 10, 100, 1000 \| .* \| 1\.00 \|$/m);
});

test('a peer that was not measured is shown as of another run, in the text and in the pictures', async () => {
  const [without, withIt] = [await makeReport(figures(undefined)), await makeReport(figures(5000))];
  assert.match(without.get('performance.md') ?? '', /was not measured in this run/);
  assert.match(without.get('performance.md') ?? '', /^\| create, one \| .* \| 6791 \(before\) \|/m);
  for (const name of ['performance/creates.svg', 'performance/side-by-side.svg']) {
    assert.match(without.get(name) ?? '', /in another run/);
    assert.doesNotMatch(withIt.get(name) ?? '', /in another run/);
  }
});
