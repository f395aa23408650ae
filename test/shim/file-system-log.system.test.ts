// Logs on a disk that is full: a line is written whole or not at all, since half a line hides all others from engines.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cutPage } from '../support/run-shim.ts';
import { ASKING } from '../support/small-host.ts';
import { mountedBundles, noMounts } from './mounted-bundle.ts';

const bundles = mountedBundles();

/** The rest of a page that is in use can be written to, the next one is not to be had. */
const PAGE = 4096;
const LINE = `{"level":"info","msg":"${'x'.repeat(100)}"}\n`;

const logs: readonly (readonly [title: string, room: number, whole: boolean])[] = [
  ['no byte', 0, false],
  ['half a line', 50, false],
  ['a line', 1000, true],
];
for (const [title, room, whole] of logs)
  test(`a disk that is full has room in the log for ${title}`, { skip: noMounts }, () => {
    const bundle = bundles.make(({ bundle: folder }, space) =>
      space.mount('-t', 'tmpfs', '-o', `size=${2 * PAGE}`, 'x', folder),
    );
    const before = LINE.padStart(PAGE - room, '\n');
    const log = join(bundle.seenBundle, 'log.json');
    writeFileSync(log, before);
    writeFileSync(bundle.seenConfig, ASKING);
    const words = ['--log', join(bundle.bundle, 'log.json'), '--log-format', 'json'];
    const { status, stderr } = bundles.create(bundle, { words });
    assert.match(stderr, /: the disk is full\n$/);
    assert.equal(status, 1);
    const now = readFileSync(log, 'utf8');
    assert.equal(now.slice(0, before.length), before);
    if (whole) assert.equal(`${cutPage(JSON.parse(now.slice(before.length)).msg)}\n`, stderr);
    else assert.equal(now, before);
  });
