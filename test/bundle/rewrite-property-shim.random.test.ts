// A sample of random documents as bundles, and of random edits as specs: the shim writes what the core writes in Node.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeSpecJson } from '../../src/cdi/write-spec.ts';
import type { DeviceNode } from '../../src/edits/device-node.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { edits, looseDocument, printed } from '../support/edited-bundles.ts';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { object, RUNS, text, type Written } from '../support/json-documents.ts';
import { createInNode } from '../support/run-node.ts';
import { runShim } from '../support/run-shim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DEVICE = 'vendor.com/gpu=gpu0';
// Files that others may write to are not trusted.
process.umask(0o022);
const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);
const [bundle, cdi, settings] = [join(folder, 'bundle'), join(folder, 'cdi'), join(folder, 'settings.yaml')];
const config = join(bundle, 'config.json');
for (const path of [bundle, cdi]) mkdirSync(path);
writeFileSync(settings, `runtime: ${runtime}\nspecDirs: [${cdi}]\nstale: warn\naudit: { enabled: false }\n`);

/** The edits without most of what a spec may not say, and with nodes that every host has. */
function injectable({ env = [], deviceNodes = [], netDevices = [], ...others }: ContainerEdits): ContainerEdits {
  const interfaces = new Map(netDevices.filter(({ name }) => name !== '').map((device) => [device.name, device]));
  return {
    ...others,
    env: env.filter((entry) => entry.indexOf('=') > 0 && entry.isWellFormed()),
    deviceNodes: deviceNodes.map((node): DeviceNode => ({ ...node, hostPath: '/dev/null' })),
    netDevices: [...new Map([...interfaces.values()].map((device) => [device.hostInterfaceName, device])).values()],
  };
}

function asking(document: Written, first: boolean): Written {
  const request = ['annotations', object({ 'cdi.k8s.io/x': text(DEVICE) })] as const;
  const members = 'members' in document ? document.members : [];
  return { members: first ? [request, ...members] : [...members, request] };
}

const document = fc.tuple(looseDocument, fc.boolean()).map(([written, first]) => asking(written, first));

test('the shim writes the bytes that the core writes in Node', (t) => {
  const counts = { changed: 0, unchanged: 0, refused: 0 };
  const args = ['create', '--bundle', bundle, 'id'];
  const run = (before: string, given: ContainerEdits): void => {
    const device = { name: 'gpu0', containerEdits: given };
    writeFileSync(
      join(cdi, 'gpu.json'),
      writeSpecJson({ cdiVersion: '1.1.0', kind: 'vendor.com/gpu', devices: [device] }),
    );
    writeFileSync(config, before);
    const refused = createInNode(args, runtime, settings);
    const wanted = readFileSync(config);
    writeFileSync(config, before);
    const { status, stderr, record } = runShim({ folder, args, settings });
    assert.deepEqual([status, stderr], refused === undefined ? [STARTED, ''] : [1, `${refused}\n`]);
    assert.deepEqual(readFileSync(config), wanted);
    assert.deepEqual(record?.config, refused === undefined ? wanted : undefined);
    counts[refused !== undefined ? 'refused' : wanted.equals(Buffer.from(before)) ? 'unchanged' : 'changed']++;
  };
  fc.assert(fc.property(printed(document), edits.map(injectable), run), { numRuns: Math.ceil(RUNS / 5) });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.changed > counts.refused, JSON.stringify(counts));
});
