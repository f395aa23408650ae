// Keys that runtimes read differently: each object that an edit reads or changes is refused by name if it has any.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { editedText, refusal } from '../support/edit-document.ts';

const DOCUMENT = {
  process: { env: ['A=0'], user: { uid: 1, gid: 2, additionalGids: [7] } },
  mounts: [{ destination: '/a' }],
  hooks: { prestart: [] },
  linux: {
    namespaces: [{ type: 'pid' }],
    devices: [{ path: '/dev/y' }],
    resources: { devices: [] },
    netDevices: { eth0: {} },
    intelRdt: {},
  },
};

/** Each member that an edit reads or changes, with an edit that does so; of lists, that of an entry. */
const members: readonly (readonly [member: string, edits: ContainerEdits])[] = [
  ['process', { env: ['A=1'] }],
  ['process.env', { env: ['A=1'] }],
  ['process', { additionalGids: [5] }],
  ['process.user', { additionalGids: [5] }],
  ['process.user.additionalGids', { additionalGids: [5] }],
  ['process.user.uid', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['process.user.gid', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux.devices', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux.devices.path', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux.resources', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux.resources.devices', { deviceNodes: [{ path: '/dev/x', type: 'c', major: 1 }] }],
  ['linux.netDevices', { netDevices: [{ hostInterfaceName: 'eth0', name: 'x' }] }],
  ['linux.intelRdt', { intelRdt: { closID: 'c' } }],
  ['mounts', { mounts: [{ hostPath: '/h', containerPath: '/a' }] }],
  ['mounts.destination', { mounts: [{ hostPath: '/h', containerPath: '/a' }] }],
  ['linux.namespaces', { mounts: [{ hostPath: '/h', containerPath: '/a' }] }],
  ['linux.namespaces.type', { mounts: [{ hostPath: '/h', containerPath: '/a' }] }],
  ['hooks', { hooks: [{ hookName: 'prestart', path: '/h' }] }],
  ['hooks.prestart', { hooks: [{ hookName: 'prestart', path: '/h' }] }],
];

/** The document with something else in place of one member. */
function twisted(value: unknown, member: string, twist: (key: string, value: string) => string, path = ''): string {
  if (Array.isArray(value)) return `[${value.map((entry) => twisted(entry, member, twist, path)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, inner]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const text = twisted(inner, member, twist, own);
    return own === member ? twist(key, text) : `"${key}":${text}`;
  });
  return `{${parts.join(',')}}`;
}

const capital = (key: string): string => key.slice(0, 1).toUpperCase() + key.slice(1);
const escaped = (key: string): string => `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`;

const twists: readonly (readonly [title: string, twist: (key: string, value: string) => string])[] = [
  ['twice', (key, value) => `"${key}":${value},"${key}":${value}`],
  ['twice, once null', (key, value) => `"${key}":null,"${key}":${value}`],
  ['twice, once with an escape', (key, value) => `"${key}":${value},"${escaped(key)}":${value}`],
  ['in capitals too', (key, value) => `"${key}":${value},"${key.toUpperCase()}":${value}`],
  ['with a capital before it', (key, value) => `"${capital(key)}":${value},"${key}":${value}`],
  ['with a capital alone', (key, value) => `"${capital(key)}":${value}`],
];
for (const [title, twist] of twists)
  test(`editing a text refuses a member by its name: ${title}`, () => {
    for (const [member, edits] of members)
      for (const mode of ['append', 'once'] as const) {
        const said = refusal(() => editedText(twisted(DOCUMENT, member, twist), edits, mode));
        const [parent, key = ''] = [member.split('.').slice(0, -1).join('.'), member.split('.').at(-1)];
        assert.match(said, /^BAD_BUNDLE: .* which (only some runtimes read as|runtimes read differently)/, member);
        assert.ok(said.includes(`${parent === '' ? 'the document' : `"${parent}"`} has `), said);
        assert.ok(said.includes(`"${key}"`), said);
      }
  });

test('editing a text minds no such keys elsewhere', () => {
  const text = twisted(DOCUMENT, 'none', () => '').replace('{', '{"x":{"a":1,"A":2,"a":3},');
  for (const [, edits] of members) assert.ok(editedText(text, edits, 'once').startsWith('{"x":{"a":1,"A":2,"a":3},'));
});
