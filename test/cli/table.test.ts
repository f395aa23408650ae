// Tables: columns that line up whatever is in them, and lines that no terminal breaks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOutTable } from '../../src/cli/terminal/table.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { breakLines, measureText } from '../../src/cli/terminal/wrap.ts';
import { STEERING } from './spec-directories.ts';

const widths: [shows: string, text: string, want: number][] = [
  ['letters', 'aZ~ ', 4],
  ['letters of other scripts', '\u00e9\u0439\u05d0\uff71', 4],
  ['ideographs, kana, Hangul and full-width letters', '\u6f22\u3042\uac00\uff21\u{20000}', 10],
  ['emoji, and signs that are none by themselves', '\u{1f600}\u{1f680}\u2600\u00a9', 6],
  ['a flag', '\u{1f1e9}\u{1f1ea}', 2],
  ['marks on letters', 'e\u0301a\u0308\u20dd', 2],
  ['what is not seen', '\u200b\u00ad\ufe0f\u202e\x07', 0],
];
for (const [shows, text, want] of widths) {
  test(`measureText() counts ${shows}`, () => assert.equal(measureText(text), want));
}

const broken: [text: string, room: number, want: string[]][] = [
  ['', 4, ['']],
  ['one two', 7, ['one two']],
  ['one two', 6, ['one', 'two']],
  ['one two three', 8, ['one two', 'three']],
  ['vendor.com/gpu=0', 11, ['vendor.com/', 'gpu=0']],
  ['a vendor.com/gpu=0', 6, ['a', 'vendor', '.com/', 'gpu=0']],
  ['abcdefgh', 3, ['abc', 'def', 'gh']],
  ['\u6f22\u6f22\u6f22', 5, ['\u6f22\u6f22', '\u6f22']],
];
for (const [text, room, want] of broken) {
  test(`breakLines() breaks ${JSON.stringify(text)} at ${room} columns`, () =>
    assert.deepEqual(breakLines(text, room), want));
}

test('breakLines() loses nothing but blanks, and keeps to the room', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '=', ' ', '\u6f22', '.', '0'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 30 }), (whole, room) => {
      const lines = breakLines(whole, room);
      for (const line of lines) assert.ok(measureText(line) <= room, JSON.stringify(lines));
      assert.equal(lines.join('').replaceAll(' ', ''), whole.replaceAll(' ', ''));
    }),
  );
});

test('layOutTable() puts two blanks between columns and none at the end of a line', () => {
  const text = layOutTable(
    createCollectingTerminal(),
    ['A', 'BB', 'C'],
    [
      ['1', '', 'x'],
      ['333', '4', ''],
    ],
  );
  assert.equal(text, 'A    BB  C\n1        x\n333  4\n');
});

test('layOutTable() lines up wide characters and marks', () => {
  const text = layOutTable(
    createCollectingTerminal(),
    ['A', 'B'],
    [
      ['\u6f22\u5b57', '1'],
      ['e\u0301', '2'],
      ['\u{1f600}', '3'],
    ],
  );
  assert.equal(text, 'A     B\n\u6f22\u5b57  1\ne\u0301     2\n\u{1f600}    3\n');
});

test('layOutTable() breaks no name where the terminal is too narrow, but puts columns below', () => {
  const rows = [['vendor.example/gpu=GPU-8d0fdd5d', '/etc/cdi/vendor.yaml', '4']];
  assert.equal(
    layOutTable(createCollectingTerminal(40), ['DEVICE', 'SPEC', 'LINE'], rows),
    'DEVICE\n  SPEC                  LINE\nvendor.example/gpu=GPU-8d0fdd5d\n  /etc/cdi/vendor.yaml  4\n',
  );
});

test('layOutTable() lets sentences go on below themselves, and names stand above them', () => {
  const rows = [
    ['2026-11-28T19:38:50.168Z', 'refused', 'no spec of vendor "vendor.example" is there'],
    ['2026-11-28T19:38:51.002Z', 'injected', ''],
  ];
  assert.equal(
    layOutTable(createCollectingTerminal(60), ['TIME', 'OUTCOME', 'REMARKS'], rows),
    [
      'TIME                      OUTCOME   REMARKS',
      '2026-11-28T19:38:50.168Z  refused   no spec of vendor',
      '                                    "vendor.example" is',
      '                                    there',
      '2026-11-28T19:38:51.002Z  injected',
      '',
    ].join('\n'),
  );
  assert.equal(
    layOutTable(createCollectingTerminal(40), ['TIME', 'OUTCOME', 'REMARKS'], rows, false),
    [
      '2026-11-28T19:38:50.168Z',
      '  refused   no spec of vendor',
      '            "vendor.example" is there',
      '2026-11-28T19:38:51.002Z',
      '  injected',
      '',
    ].join('\n'),
  );
});

test('layOutTable() shows at most eight lines of a cell on a terminal, and all of it elsewhere', () => {
  const long = 'x'.repeat(1000);
  const narrow = layOutTable(createCollectingTerminal(40), ['A', 'B'], [[long, 'y']]);
  assert.equal(narrow.split('\n').length, 2 + 8 + 1 + 1);
  assert.ok(narrow.includes('\u2026\n'));
  assert.ok(
    layOutTable(createCollectingTerminal(Number.POSITIVE_INFINITY), ['A', 'B'], [[long, 'y']]).includes(`${long}  y\n`),
  );
});

test('any table fits 80 and 40 columns, and steers no terminal', () => {
  const cell = fc.string({ unit: 'binary', maxLength: 90 });
  const rows = fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(rows, fc.constantFrom(80, 40), (cells, width) => {
      const text = layOutTable(createCollectingTerminal(width), ['SPEC', 'KIND', 'VERSION', 'DEVICES', 'STATE'], cells);
      for (const line of text.split('\n')) assert.ok(measureText(line) <= width, JSON.stringify(line));
      assert.doesNotMatch(text, STEERING);
    }),
  );
});
