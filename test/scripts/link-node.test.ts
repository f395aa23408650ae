// What `npm ci` runs at its end: scripts find the Node that it brought, also where npm took the link to it away.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SCRIPT = resolve(import.meta.dirname, '../../scripts/link-node.mjs');
const PROGRAM = `node-linux-${process.arch}/bin/node`;

/** What the link in a project says after the script ran, if there is one. */
function linkAfter(make: (modules: string) => void): string | undefined {
  const root = temporaryFolder();
  const modules = join(root, 'node_modules');
  mkdirSync(join(root, 'scripts'));
  mkdirSync(modules);
  copyFileSync(SCRIPT, join(root, 'scripts/link-node.mjs'));
  make(modules);
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/link-node.mjs')], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const link = join(modules, '.bin/node');
  return existsSync(link) ? readlinkSync(link) : undefined;
}

function putProgram(modules: string): void {
  mkdirSync(join(modules, PROGRAM, '..'), { recursive: true });
  writeFileSync(join(modules, PROGRAM), '');
}

const cases: [title: string, make: (modules: string) => void, want: string | undefined][] = [
  ['makes the link again', putProgram, `../${PROGRAM}`],
  [
    'leaves one that is there',
    (modules) => {
      putProgram(modules);
      mkdirSync(join(modules, '.bin'));
      symlinkSync(`.././${PROGRAM}`, join(modules, '.bin/node'));
    },
    `.././${PROGRAM}`,
  ],
  ['makes none to a Node that npm did not bring', () => {}, undefined],
];
for (const [title, make, want] of cases)
  test(`link-node ${title}`, () => {
    assert.equal(linkAfter(make), want);
  });
