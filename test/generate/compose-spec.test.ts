// Specs for what somebody names on a recorded host, with their comments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpecTree } from '../../src/cdi/read-spec.ts';
import { validateSpec } from '../../src/cdi/validate.ts';
import { lintSpec } from '../../src/cli/lint/rules.ts';
import { parseSpecText } from '../../src/cli/lint/spec-text.ts';
import { makeSubjects } from '../../src/cli/lint/subjects.ts';
import { type ComposedSpec, composeSpec, type Wish } from '../../src/generate/compose-spec.ts';
import { isMalformed } from '../../src/host/host.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { memoryHost } from '../host/memory-host.ts';
import { recordedTree, recording } from './recorded-tree.ts';

const HOST = memoryHost({ '/opt/meter/lib.so': '', '/etc/a b: c.conf': '' });

function compose(wish: Partial<Wish>, host = 'laptop'): ComposedSpec {
  const whole: Wish = { paths: [], writable: [], env: [], kind: 'lab.example/meter', name: undefined, ...wish };
  const composed = composeSpec(whole, HOST, recordedTree(recording(host)), '');
  validateSpec(composed.spec);
  const tree = parseYaml(composed.text);
  assert.ok(!isMalformed(tree));
  assert.deepEqual(
    readSpecTree(tree, '', undefined)?.spec.devices.map(({ name }) => name),
    [composed.spec.devices[0]?.name],
  );
  const findings = makeSubjects([parseSpecText(composed.text)], undefined).flatMap((subject) => lintSpec(subject));
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    [],
  );
  return composed;
}

test('all that can be asked for, each with its comment', () => {
  const paths = ['/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0', '/opt/meter', '/etc/a b: c.conf'];
  const { text } = compose({ paths, writable: ['/opt/meter'], env: ['METER=1'] });
  assert.equal(
    text,
    `---
# the least version that has all of this: older engines refuse what is newer
cdiVersion: "0.7.0"
# containers ask for lab.example/meter=usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0
kind: lab.example/meter
devices:
# cdictl generate tty follows this hardware by itself, wherever it is plugged in
- name: usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0
  containerEdits:
    # what programs in the container look for
    env:
    - METER=1
    # type and numbers are left out: they change with boots, and engines read them from the host
    deviceNodes:
    # where the link ${paths[0]} leads: engines follow none, so the node is named
    - path: /dev/ttyUSB0
      permissions: rw
      gid: 20
    - path: ${paths[0]}
      hostPath: /dev/ttyUSB0
      permissions: rw
      gid: 20
    mounts:
    # containers write what is on the host
    - hostPath: /opt/meter
      containerPath: /opt/meter
      options:
      - nosuid
      - nodev
      - rbind
      type: bind
    # read-only: one container changes nothing for others
    - hostPath: "/etc/a b: c.conf"
      containerPath: "/etc/a b: c.conf"
      options:
      - ro
      - nosuid
      - nodev
      - rbind
      type: bind
    # the nodes are for these groups alone, which the container's user is put into
    additionalGids:
    - 20
`,
  );
});

test('a folder of nodes is given node by node', () => {
  const { spec, text } = compose({ paths: ['/dev/infiniband'], name: 'fabric' }, 'lab');
  assert.deepEqual(
    spec.devices[0]?.containerEdits.deviceNodes?.map(({ path }) => path.slice('/dev/infiniband/'.length)),
    ['issm0', 'rdma_cm', 'umad0', 'umad1', 'uverbs0', 'uverbs1', 'uverbs2'],
  );
  assert.match(text, /# all of \/dev\/infiniband, one by one: .*\n +- path: \/dev\/infiniband\/issm0\n/);
});

test('where no name stays, the one that is made is no counted one', () => {
  const nameOf = (wish: Partial<Wish>, host?: string): string | undefined => compose(wish, host).spec.devices[0]?.name;
  assert.equal(nameOf({ paths: ['/dev/tpm0'] }, 'lab'), 'dev-tpm0');
  assert.equal(nameOf({ paths: ['/opt/meter/'] }), 'meter');
  assert.equal(nameOf({ paths: ['/etc/a b: c.conf'] }), 'a_b__c.conf');
  assert.equal(nameOf({ paths: ['/dev/kvm'], name: 'vm-host' }), 'vm-host');
  assert.equal(nameOf({ paths: ['/dev/ng0n1'] }, 'lab'), 'eui.0025388b01234567');
});

test('what the host does not have is not handed out', () => {
  assert.throws(() => compose({ paths: ['/dev/none'] }), {
    code: 'CANNOT_READ',
    message: 'cannot hand out "/dev/none": the host does not have it; name what is there',
  });
});
