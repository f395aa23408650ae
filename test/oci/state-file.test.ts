// What runtimes write down about a container, and whether its process is still the same one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ContainerState, isStillThere, readContainerState, readStartTicks } from '../../src/oci/state-file.ts';

const CREATED = '2026-01-01T00:00:00.5Z';
/** As recorded of runc 1.1.15, crun 1.21 and runsc 20240729, without what does not matter here. */
const files: Readonly<Record<string, unknown>> = {
  'one/state.json': {
    id: 'one',
    init_process_pid: 60,
    init_process_start: 2378160,
    created: CREATED,
    config: { labels: ['bundle=/b/with=sign'] },
  },
  'two/status': { pid: 7, 'process-start-time': 2379240, bundle: '/b', created: CREATED, owner: 'root' },
  'three/state.json': { ociVersion: 'v1.0.2', id: 'three', status: 'running', pid: 8, bundle: '/b', created: CREATED },
  'four_sandbox:pod.state': { id: 'four', bundleDir: '/b', createdAt: CREATED, sandbox: { id: 'pod', pid: 124 } },
  'ended/state.json': { id: 'ended', pid: null, bundle: '/b', created: CREATED },
  'none/state.json': { id: 'none', init_process_pid: 0, init_process_start: 0 },
  'bare/status': { pid: 9 },
  'list/state.json': [],
};
const created = { created: CREATED };

const states: readonly (readonly [entry: string, want: ContainerState | undefined])[] = [
  ['one', { family: 'runc', id: 'one', pid: 60, startTicks: 2378160, bundle: '/b/with=sign', ...created }],
  ['two', { family: 'crun', id: 'two', pid: 7, startTicks: 2379240, bundle: '/b', ...created }],
  ['three', { family: 'youki', id: 'three', pid: 8, startTicks: undefined, bundle: '/b', ...created }],
  [
    'four_sandbox:pod.state',
    { family: 'runsc', id: 'four', pid: 124, startTicks: undefined, bundle: '/b', ...created },
  ],
  ['bare', { family: 'crun', id: 'bare', pid: 9, startTicks: undefined, bundle: '', created: '' }],
  ['ended', undefined],
  ['none', undefined],
  ['list', undefined],
  ['missing', undefined],
];

for (const [entry, want] of states)
  test(`readContainerState() of ${entry}`, () => {
    assert.deepEqual(
      readContainerState(entry, (path) => files[path]),
      want,
    );
  });

/** A stat of a process of that condition that began then. */
const stat = (condition: string, ticks: number): string =>
  `60 (a (b) Z c) ${condition} 1 ${'0 '.repeat(17)}${ticks} 0 0\n`;
const BOOTED = Date.parse('2025-12-31T23:59:00Z');
const known: ContainerState = { family: 'runc', id: 'x', pid: 60, startTicks: 500, bundle: '/b', ...created };
const unknown: ContainerState = { ...known, family: 'youki', startTicks: undefined };

const cases: readonly (readonly [title: string, state: ContainerState, stat: string | undefined, want: boolean])[] = [
  ['it is there', known, stat('S', 500), true],
  ['it is stopped by a debugger', known, stat('t', 500), true],
  ['there is no process', known, undefined, false],
  ['a zombie', known, stat('Z', 500), false],
  ['one that is dead', known, stat('X', 500), false],
  ['another process of the number', known, stat('S', 501), false],
  ['a text that is none', known, 'x', false],
  ['an empty text', known, '', false],
  ['without ticks: one that began before the container', unknown, stat('S', 6000), true],
  ['without ticks: one that began later', unknown, stat('S', 6300), false],
  ['without ticks and time', { ...unknown, created: '' }, stat('S', 9999), true],
];

for (const [title, state, text, want] of cases)
  test(`isStillThere(): ${title}`, () => assert.equal(isStillThere(state, text, BOOTED), want));

test('readStartTicks() reads what this kernel says of this process', () => {
  const ticks = readStartTicks(readFileSync('/proc/self/stat', 'utf8')) ?? assert.fail();
  const [uptime = ''] = readFileSync('/proc/uptime', 'utf8').split(' ');
  assert.ok(ticks > 0 && ticks / 100 <= Number(uptime) + 1);
});
