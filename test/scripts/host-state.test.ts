// The comparison of the host before and after the tests sees what tests could leave, and only that.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { differences, readState } from '../../scripts/host-state.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What is told of a small host after a change. */
function told(change: (at: (path: string) => string) => void, isInstalled = false): string[] {
  const root = temporaryFolder();
  const at = (path: string): string => join(root, path);
  for (const folder of ['dev/pts', 'etc', 'run/lock', 'var/lib/dpkg', 'var/log/cdi-runtime'])
    mkdirSync(at(folder), { recursive: true });
  for (const path of ['dev/kvm', 'etc/shells', 'var/lib/state', 'var/log/cdi-runtime/audit.jsonl'])
    writeFileSync(at(path), '', { mode: 0o600 });
  symlinkSync('one', at('etc/link'));
  const before = readState(root);
  change(at);
  const after = readState(root);
  return differences(before, isInstalled ? { ...after, packages: [...after.packages, 'zsh'] } : after);
}

const cases: [title: string, change: (at: (path: string) => string) => void, want: RegExp | undefined][] = [
  ['nothing', () => {}, undefined],
  ['the mode of a node', (at) => chmodSync(at('dev/kvm'), 0o660), /^\/dev\/kvm was 100600 .*, is 100660 /],
  ['the mode of a folder', (at) => chmodSync(at('run'), 0o700), /^\/run was 40755 .*, is 40700 /],
  ['a new file', (at) => writeFileSync(at('run/left'), ''), /^\/run\/left is new: 100644 /],
  ['a file that is gone', (at) => rmSync(at('var/lib/state')), /^\/var\/lib\/state is gone$/],
  ['other bytes in /etc', (at) => writeFileSync(at('etc/shells'), '/bin/zsh'), /^\/etc\/shells has other content$/],
  [
    'a line in the audit',
    (at) => appendFileSync(at('var/log/cdi-runtime/audit.jsonl'), '{}\n'),
    /^\/var\/log\/cdi-runtime\/audit\.jsonl has other content$/,
  ],
  [
    'the audit itself',
    (at) => rmSync(at('var/log/cdi-runtime'), { recursive: true }),
    /^\/var\/log\/cdi-runtime is gone\n/,
  ],
  ['a log of somebody', (at) => writeFileSync(at('var/log/syslog'), 'x'), undefined],
  [
    'where a link leads',
    (at) => {
      rmSync(at('etc/link'));
      symlinkSync('two', at('etc/link'));
    },
    /^\/etc\/link has other content$/,
  ],
  [
    'a new folder in the root',
    (at) => mkdirSync(at('nonexistent/.kube'), { recursive: true }),
    /^\/nonexistent is new: a name in the root$/,
  ],
  ['the folder of a runtime that ran for the first time', (at) => mkdirSync(at('run/crun')), undefined],
  [
    'the state of a container that was left behind',
    (at) => mkdirSync(at('run/crun/left'), { recursive: true }),
    /^\/run\/crun\/left is new: 40755 /,
  ],
  ['a terminal of somebody', (at) => writeFileSync(at('dev/pts/7'), ''), undefined],
  ['a lock of apt', (at) => writeFileSync(at('var/lib/dpkg/lock'), ''), undefined],
];
for (const [title, change, want] of cases)
  test(`of a host is told: ${title}`, () => {
    const found = told(change);
    if (want === undefined) assert.deepEqual(found, []);
    else assert.match(found.join('\n'), want);
  });

test('a package that was installed may add and change files, and no more', () => {
  const change = (at: (path: string) => string): void => {
    writeFileSync(at('etc/shells'), '/bin/zsh');
    mkdirSync(at('etc/zsh'));
    mkdirSync(at('var/lib/zsh'));
    chmodSync(at('dev/kvm'), 0o660);
    mkdirSync(at('run/zsh'));
  };
  assert.deepEqual(
    told(change, true).map((line) => line.split(' ')[0]),
    ['/dev/kvm', '/run/zsh'],
  );
});
