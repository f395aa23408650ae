// Which engines see the devices of a spec by their own CDI, as cdictl devices --seen has it.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findReaders } from '../../src/cli/devices/seen-by.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();

function installed(name: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`;
}

test('an engine sees the devices of the directories that it reads, where its own CDI is on', async () => {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
  host.put(
    '/var/lib/dpkg/status',
    installed('podman', '5.5.1-1') + installed('docker.io', '26.1.5+dfsg1-9') + installed('containerd', '2.1.4-1'),
  );
  host.put('/etc/containerd/config.toml', 'version = 3\n');
  const readersOf = await findReaders(createNodeHost(), host.at(''));
  assert.deepEqual(readersOf('/etc/cdi/vendor.yaml'), ['containerd', 'podman']);
  assert.deepEqual(readersOf('/run/cdi/vendor.yaml'), ['containerd']);
  assert.deepEqual(readersOf('/opt/cdi/vendor.yaml'), []);
});
