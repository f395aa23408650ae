// cdictl monitor rests while nothing changes: its system calls are counted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { spec } from '../support/specs.ts';
import { CDICTL, Monitor, put, scratch } from './running-monitor.ts';

const HAS_STRACE = spawnSync('strace', ['-V']).status === 0;

test('monitor opens nothing while nothing changes', { skip: HAS_STRACE ? false : 'strace is missing' }, async () => {
  const [directory = '', trace = ''] = scratch('cdi', 'trace');
  mkdirSync(directory);
  put(join(directory, 'a.yaml'), spec('a.example/a', '0'));
  const strace = [
    'strace',
    // killed by itself, it would leave the monitor behind
    '--kill-on-exit',
    '-f',
    '-qq',
    '-o',
    trace,
    '-e',
    'trace=openat,statx,newfstatat,epoll_pwait,inotify_add_watch',
  ];
  const missing = join(directory, 'sub/missing');
  const monitor = new Monitor(['devices', '-ojson', '-d', `${directory},${missing}`], [...strace, ...CDICTL]);
  await monitor.changes(1);
  // Two changes with three seconds of rest between them.
  const looks = (): number => Number(spawnSync('grep', ['-c', `openat.*${directory}/a.yaml`, trace]).stdout);
  put(join(directory, 'a.yaml'), spec('a.example/a', '1'));
  await monitor.changes(2);
  const before = looks();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  // What happens beside the directories, and above the missing one, is no reason to look either.
  writeFileSync(join(directory, '../beside'), '');
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(looks(), before);
  put(join(directory, 'a.yaml'), spec('a.example/a', '2'));
  await monitor.changes(2);
  assert.ok(looks() > before);
  console.log(`looks at a spec: ${before} for two states, ${looks()} for three, none in 3.5 s of rest`);
});
