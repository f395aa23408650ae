// What is made of the instructions that valgrind counted: stages, exponents, and the comparison with what was.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { listGrown } from '../../bench/baseline.ts';
import { exponentOf, perOne } from '../../bench/figures.ts';
import { readStages } from '../../bench/instructions.ts';
import { copyMarked, wrapFunctions } from '../../bench/marked-source.ts';
import { SHIM_STAGES } from '../../bench/stages.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** As callgrind writes them. */
function dumps(...parts: readonly (readonly [trigger: string, count: number])[]): string {
  const texts = parts.map(([trigger, count], i) => {
    return `part: ${i + 1}\n\ndesc: Trigger: ${trigger}\n\nevents: Ir\nfn=(1) main\n0 ${count}\n\ntotals: ${count}\n`;
  });
  return `version: 1\n${texts.join('')}`;
}

test('readStages() gives each stage what no stage inside it has', () => {
  const found = readStages(
    dumps(
      ['--dump-before=find_runtime', 1],
      ['--dump-after=find_runtime', 2],
      ['Client Request: rest', 4],
      ['Client Request: spec', 8],
      ['Client Request: YAML', 16],
      ['Client Request: end', 32],
      ['Client Request: end', 64],
      ['Client Request: end', 128],
      ['--dump-before=execve', 256],
      ['Program termination', 512],
    ),
  );
  const some = [...found].filter(([, count]) => count !== 0);
  assert.deepEqual(some, [
    ['start', 1 + 4 + 256],
    ['settings', 2],
    ['YAML', 32],
    ['spec', 16 + 64],
    ['rest', 8 + 128],
  ]);
});

test('the stages of the C are of functions that it has', () => {
  const shim = resolve(import.meta.dirname, '../../shim');
  const sources = globSync('*.c', { cwd: shim }).map((name) => readFileSync(join(shim, name), 'utf8'));
  const isThere = (name: string): boolean => {
    return sources.some((text) => new RegExp(`^(?!static)\\w.*\\b${name}\\(.*\\)\\n\\{`, 'm').test(text));
  };
  assert.deepEqual(
    Object.keys(SHIM_STAGES).filter((name) => !isThere(name)),
    [],
  );
});

test('the stages of the core are of functions that it has', () => {
  const folder = temporaryFolder();
  assert.equal(copyMarked(folder), join(folder, 'runtime/shim.ts'));
});

test('wrapFunctions() puts a mark around what others import', () => {
  const text = 'export function read(a: number): number {\n  return a;\n}\nexport class Trust {\n  problem() {}\n}\n';
  const wrapped = wrapFunctions(text, 'a/b.ts', [
    ['read', "inStage('spec', read)"],
    ['Trust.problem', "inStage('trust', Trust.problem)"],
  ]);
  assert.equal(
    wrapped,
    `import { inStage, markHost } from '../stage-marks.ts';
function read(a: number): number {
  return a;
}
export class Trust {
  problem() {}
}
const marked_read = inStage('spec', read);
export { marked_read as read };
Trust.prototype.problem = inStage('trust', Trust.prototype.problem);
`,
  );
});

for (const name of ['gone', 'Gone.problem', 'Trust.gone'])
  test(`wrapFunctions() refuses ${name}, which is not there`, () => {
    const text = 'export function going() {}\nexport class Trust {\n  going() {}\n}\n';
    assert.throws(() => wrapFunctions(text, 'a.ts', [[name, name]]), /is not in src\/a\.ts; name what took its place/);
  });

const grown: [title: string, is: number, want: RegExp | undefined][] = [
  ['takes 5 % more', 1_050_000, undefined],
  [
    'names a stage that takes more than that',
    1_051_000,
    /^"one": YAML takes 1051000 .* instead of 1000000 \(5\.1 % more\)$/,
  ],
  ['takes less', 900_000, undefined],
];
for (const [title, is, want] of grown)
  test(`listGrown() ${title}`, () => {
    const [found, ...more] = listGrown({ one: { YAML: 1_000_000, spec: 5 } }, { one: { YAML: is, spec: 5 } });
    assert.deepEqual(more, []);
    if (want === undefined) assert.equal(found, undefined);
    else assert.match(found ?? '', want);
  });

test('listGrown() does not judge a few instructions, but a stage or case that is new', () => {
  assert.deepEqual(listGrown({ one: { YAML: 10 } }, { one: { YAML: 5000 } }), []);
  assert.equal(listGrown({ one: {} }, { one: { YAML: 6000 } }).length, 1);
  assert.equal(listGrown({}, { one: { YAML: 1 } }).length, 1);
});

test('exponentOf() is 1 in proportion and 2 with the square, whatever there is besides', () => {
  const numbers = [10, 100, 1000];
  const rounded = (cost: (number: number) => number): string => exponentOf(numbers.map(cost), 10).toFixed(2);
  assert.deepEqual([rounded((n) => 1e6 + 7 * n), rounded((n) => 1e6 + n * n)], ['1.00', '2.00']);
});

test('perOne() is the slope', () => {
  assert.equal(perOne([1, 16, 256], [103, 148, 868]), 3);
});
