// The duties table: every duty is there, and each test that it names exists.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manual = read('docs/security.md');

interface Duty {
  readonly name: string;
  readonly cells: readonly string[];
  readonly proofs: readonly (readonly [file: string, title: string])[];
}

/** `test/x.test.ts`: "words of its title" */
const proofsIn = (text: string): (readonly [string, string])[] =>
  [...text.matchAll(/`((?:test|integration)\/[^`]+\.ts)`: "([^"]+)"/g)].map(
    ([, file = '', title = '']) => [file, title] as const,
  );

const duties = manual.split('\n').flatMap((line): Duty[] => {
  const cells = line.split(' | ');
  const name = /^\| (D[0-9]+)$/.exec(cells[0] ?? '')?.[1];
  return name === undefined ? [] : [{ name, cells, proofs: proofsIn(cells[3] ?? '') }];
});

test('the table has all its duties, each with how it is kept and a proof', () => {
  assert.deepEqual(
    duties.map(({ name }) => name),
    Array.from({ length: 19 }, (_, i) => `D${i + 1}`),
  );
  for (const { name, cells, proofs } of duties) {
    assert.equal(cells.length, 4, name);
    assert.ok(proofs.length > 0, name);
    // Nothing in the last cell but proofs.
    const rest = proofs.reduce((text, [file, title]) => text.replace(`\`${file}\`: "${title}"`, ''), cells[3] ?? '');
    assert.match(rest, /^[; |]*$/, name);
  }
});

for (const [file, title] of proofsIn(manual))
  test(`${file} has ${JSON.stringify(title)}`, () => {
    assert.ok(existsSync(join(ROOT, file)));
    assert.ok(read(file).includes(title));
  });

test('the links of the papers about security lead somewhere', () => {
  for (const [paper, folder] of [
    ['SECURITY.md', ''],
    ['docs/security.md', 'docs'],
    ['docs/requests.md', 'docs'],
  ] as const)
    for (const [, target = ''] of read(paper).matchAll(/\]\(([^)#]+)/g))
      assert.ok(existsSync(join(ROOT, folder, target)), `${paper}: ${target}`);
});

test('the threat model speaks of every engine', () => {
  const head = /^\| input .*$/m.exec(read('SECURITY.md'))?.[0] ?? '';
  for (const engine of ['Docker', 'Podman', 'containerd (CRI)', 'CRI-O', 'Buildah'])
    assert.ok(head.includes(engine), engine);
});
