// When a console is a pass, and what it is otherwise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS, type Check } from './checks.ts';
import { readVerdict } from './verdict.ts';

const checks: readonly Check[] = [
  { name: 'one', shows: '' },
  { name: 'two', shows: '' },
];

const consoles: [title: string, texts: readonly string[], problem: string | undefined][] = [
  ['all passed', ['noise', 'VM ok one', 'VM ok two', 'VM-DONE passed=2 failed=0'], undefined],
  ['one failed', ['VM ok one', 'VM not ok two: why', 'VM-DONE passed=1 failed=1'], undefined],
  ['nothing', [], 'the VM ended without a verdict; its last words: none'],
  [
    'a panic',
    ['VM ok one', 'VM ok two', '', 'Kernel panic'],
    'the VM ended without a verdict; its last words: \nVM ok one\nVM ok two\nKernel panic',
  ],
  ['fewer checks than are listed', ['VM ok two', 'VM-DONE passed=1 failed=0'], 'these checks did not run: one'],
  [
    'a check that is not listed',
    ['VM ok one', 'VM ok two', 'VM ok three', 'VM-DONE passed=3 failed=0'],
    'these ran that should not, or twice: three',
  ],
  [
    'a check that passed and then failed',
    ['VM ok one', 'VM ok two', 'VM not ok two: why', 'VM-DONE passed=2 failed=1'],
    'these ran that should not, or twice: two',
  ],
  [
    'another count',
    ['VM ok one', 'VM ok two', 'VM-DONE passed=1 failed=1'],
    'the VM counted passed=1 failed=1, and its console has passed=2 failed=0',
  ],
  ['half a line', ['VM ok one', 'VM ok two', 'VM-DONE passed=2'], 'the VM ended without a verdict; its last words: …'],
];
for (const [title, texts, problem] of consoles)
  test(`readVerdict() of ${title}`, () => {
    const found = readVerdict(texts, checks).problem;
    if (problem?.endsWith('…') === true) assert.ok(found?.startsWith(problem.slice(0, -1)), found);
    else assert.equal(found, problem);
  });

test('readVerdict() gives the reason of a failed check and what the VM showed of it', () => {
  const texts = ['VM log two: a', 'VM log one: b', 'VM log two: c: d', 'VM not ok two: why: so', 'VM ok one'];
  assert.deepEqual(readVerdict(texts, checks).results, [
    { check: checks[0], reason: undefined, log: ['b'] },
    { check: checks[1], reason: 'why: so', log: ['a', 'c: d'] },
  ]);
});

test('the table has each check once, under a name that a shell function can have', () => {
  const names = CHECKS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
});
