// What the next command makes of the journal of one that was cut off.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beginJournal, takeBackLeftovers } from '../../src/cli/files/journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const STEP = { kind: 'put', path: '/a', before: 'old', after: 'new', mode: 0o644 } as const;

/** A host on which a step was written down, whose process is another one than ours by now. */
function cutOff(text: string): { root: string; journal: string } {
  const root = mkdtempSync(join(folder, 'host-'));
  const journal = join(root, '.cdi-runtime-journal');
  beginJournal({ home: root, root, what: 'change it' }).note({ ...STEP, path: `${root}/a` });
  const lines = readFileSync(journal, 'utf8').replace(/"started":"\d+"/, '"started":"1"');
  writeFileSync(journal, `${lines}{"kind":"put","pa`);
  writeFileSync(join(root, 'a'), text);
  return { root, journal };
}

for (const text of ['old', 'new'])
  test(`what was cut off with the ${text} text in place is taken back`, () => {
    const { root, journal } = cutOff(text);
    assert.deepEqual(takeBackLeftovers(join(root, 'var/lib'), root), { what: 'change it', changed: undefined });
    assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'old');
    assert.ok(!existsSync(journal));
    assert.equal(takeBackLeftovers(root, root), undefined);
  });

test('what somebody else has changed since stays', () => {
  const { root, journal } = cutOff('theirs');
  assert.equal(takeBackLeftovers(root, root)?.changed, `${root}/a`);
  assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'theirs');
  assert.ok(!existsSync(journal));
});

test('two commands at once are refused', () => {
  const root = mkdtempSync(join(folder, 'host-'));
  const place = { home: root, root, what: 'change it' };
  beginJournal(place).note({ ...STEP, path: `${root}/a` });
  assert.throws(() => takeBackLeftovers(root, root), {
    code: 'CANNOT_WRITE',
    message: /another cdictl \(process \d+\) is/,
  });
  assert.throws(() => beginJournal(place), { code: 'CANNOT_WRITE', message: /another cdictl is at work/ });
});

test('a journal that others can write says nothing', () => {
  const { root, journal } = cutOff('new');
  chmodSync(journal, 0o666);
  assert.equal(takeBackLeftovers(root, root), undefined);
  assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'new');
});
