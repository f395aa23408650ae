import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetDevice } from '../../src/edits/net-device.ts';
import { edited, editedText, refusal } from '../support/edit-document.ts';

const device = (hostInterfaceName: string, name: string): NetDevice => ({ hostInterfaceName, name });

const cases: [title: string, there: object, given: NetDevice[], want: object][] = [
  ['adds an interface', { eth1: { name: 'x' } }, [device('eth0', 'y')], { eth1: { name: 'x' }, eth0: { name: 'y' } }],
  ['overwrites an interface', { eth0: { name: 'x', y: 1 } }, [device('eth0', 'y')], { eth0: { name: 'y' } }],
  ['takes the last of several', {}, [device('eth0', 'x'), device('eth0', 'y')], { eth0: { name: 'y' } }],
  ['leaves an empty name out', {}, [device('eth0', '')], { eth0: {} }],
  ['replaces a null', { eth0: null }, [device('eth0', 'x')], { eth0: { name: 'x' } }],
  [
    'tells names apart by case',
    { Eth0: { name: 'x' }, eth0: {} },
    [device('eth0', 'y')],
    { Eth0: { name: 'x' }, eth0: { name: 'y' } },
  ],
];
for (const mode of ['append', 'once'] as const)
  for (const [title, netDevices, given, want] of cases)
    test(`applyNetDevices() ${title} (${mode})`, () => {
      assert.deepEqual(edited({ linux: { netDevices } }, { netDevices: given }, mode), { linux: { netDevices: want } });
    });

test('applyNetDevices() has no special names', () => {
  const netDevices = [device('__proto__', 'x'), device('a\nb', 'y')];
  const text = '{"linux":{"netDevices":{"__proto__":{"name":"x"},"a\\nb":{"name":"y"}}}}';
  assert.equal(editedText('{}', { netDevices }, 'once'), text);
  assert.equal(editedText(text, { netDevices }, 'once'), text);
});

test('applyNetDevices() makes nothing without interfaces', () => {
  assert.equal(editedText('{}', { netDevices: [] }, 'once'), '{}');
});

const odd: [title: string, text: string, why: string][] = [
  [
    'an interface twice',
    '{"linux":{"netDevices":{"eth0":{},"eth0":{}}}}',
    '"linux.netDevices" has "eth0" twice, which runtimes read differently; leave one of them',
  ],
  [
    'a list',
    '{"linux":{"netDevices":[]}}',
    '"linux.netDevices" is not an object; the OCI runtime specification says its form',
  ],
];
for (const [title, text, why] of odd)
  test(`applyNetDevices() refuses ${title}`, () => {
    assert.equal(
      refusal(() => editedText(text, { netDevices: [device('eth1', 'x')] }, 'once')),
      `BAD_BUNDLE: cannot edit the container configuration: ${why}`,
    );
  });

test('a device whose text has a key twice is written again, since runtimes choose between them differently', () => {
  for (const eth0 of ['{"":{},"":[]}', '{"name":"x","name":"y"}', '{"name":null,"name":null}']) {
    const edits = { netDevices: [device('eth0', '')] };
    assert.equal(
      editedText(`{"linux":{"netDevices":{"eth0":${eth0}}}}`, edits, 'once'),
      '{"linux":{"netDevices":{"eth0":{}}}}',
    );
  }
});
