// Whether a lease holds: by the process that took it, and what runtimes and the kernel say of its container.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLive } from '../../src/leases/is-live.ts';
import type { Lease } from '../../src/leases/lease.ts';
import { memoryHost } from '../host/memory-host.ts';

const LEASE: Lease = {
  record: '0123456789abcdef',
  since: '2026-03-01T08:15:30.042Z',
  id: 'c',
  bundle: '/b',
  roots: ['/run/runc', '/run/user/0/runc'],
  pid: 50,
  startTicks: 1000,
  devices: ['v.com/gpu=0'],
  units: [['c 240:0']],
};

/** As the kernel has it, for a process that is called so as to be in its reader's way. */
const stat = (ticks: number, state = 'S'): string =>
  `50 (a) b) ${[state, ...Array.from({ length: 18 }, () => 0), ticks, 0, 0].join(' ')}\n`;
const runc = (pid: number, ticks: number): string =>
  JSON.stringify({ init_process_pid: pid, init_process_start: ticks, created: '2026-03-01T08:15:31Z', config: {} });
const crun = (pid: number, ticks: number): string =>
  JSON.stringify({ pid, 'process-start-time': ticks, created: '2026-03-01T08:15:31Z', bundle: '/b' });

const cases: readonly (readonly [
  title: string,
  files: Record<string, string>,
  holds: boolean,
  lease?: Partial<Lease>,
])[] = [
  ['the create is under way', { '/proc/50/stat': stat(1000) }, true],
  ['nothing is there', {}, false],
  ['the process of the create is another one by now', { '/proc/50/stat': stat(1001) }, false],
  ['it waits for its parent, and made no container', { '/proc/50/stat': stat(1000, 'Z') }, false],
  ['a container of runc', { '/run/runc/c/state.json': runc(60, 1010), '/proc/60/stat': stat(1010) }, true],
  ['a container of crun', { '/run/runc/c/status': crun(60, 1010), '/proc/60/stat': stat(1010) }, true],
  ['below the second folder', { '/run/user/0/runc/c/status': crun(60, 1010), '/proc/60/stat': stat(1010) }, true],
  ['a container whose process is gone', { '/run/runc/c/state.json': runc(60, 1010) }, false],
  [
    'a container whose process has ended',
    { '/run/runc/c/state.json': runc(60, 1010), '/proc/60/stat': stat(1010, 'Z') },
    false,
  ],
  [
    'a process number that is used again',
    { '/run/runc/c/state.json': runc(60, 1010), '/proc/60/stat': stat(2010) },
    false,
  ],
  ['an older container of this id', { '/run/runc/c/state.json': runc(60, 990), '/proc/60/stat': stat(990) }, false],
  ['youki, which keeps no start', { '/run/runc/c/state.json': '{"pid": 60}', '/proc/60/stat': stat(1010) }, true],
  ['youki, whose process began before', { '/run/runc/c/state.json': '{"pid": 60}', '/proc/60/stat': stat(990) }, false],
  [
    'gVisor, whose file has the names of sandbox and container',
    { '/run/runc/s_sandbox:c.state': '{"id": "c", "sandbox": {"pid": 60}}', '/proc/60/stat': stat(1010) },
    true,
  ],
  [
    'another container of gVisor',
    { '/run/runc/s_sandbox:cc.state': '{"sandbox": {"pid": 60}}', '/proc/60/stat': stat(1010) },
    false,
  ],
  ['a runtime that is not known keeps a folder of it', { '/run/runc/c/anything': '' }, true],
  ['a state that is not written to its end', { '/run/runc/c/state.json': '{"init_proc' }, true],
  ['an id that leads elsewhere', { '/run/x/y': '' }, false, { id: '../x' }],
  ['an id without a name', { '/run/runc/x': '' }, false, { id: '' }],
];
for (const [title, files, holds, more] of cases)
  test(`isLive(): a lease ${holds ? 'holds' : 'is over'}: ${title}`, () =>
    assert.equal(isLive(memoryHost(files), { ...LEASE, ...more }), holds));
