// Ways to ask that only settings know: the shim's first look must not pass them over.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile, STARTED } from '../support/fake-runtime.ts';
import { runShim } from '../support/run-shim.ts';
import { smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runtime = compile('fake-runc', folder);

const ways: [title: string, settings: string, config: string][] = [
  [
    'a variable',
    'requests: { env: { variables: { ASK: { kind: vendor.com/gpu } } } }',
    '{"process":{"env":["ASK=gpu0"]}}',
  ],
  [
    'a variable, spelled with an escape',
    'requests: { env: { "vari\\x61bles": { ASK: { kind: vendor.com/gpu } } } }',
    '{"process":{"env":["ASK=gpu0"]}}',
  ],
  [
    'a variable, spelled by a tag',
    'requests: { env: { !!binary dmFyaWFibGVz: { ASK: { kind: vendor.com/gpu } } } }',
    '{"process":{"env":["ASK=gpu0"]}}',
  ],
  [
    'a prefix',
    'requests: { annotations: { prefixes: [x.org/] } }',
    '{"annotations":{"x.org/a":"vendor.com/gpu=gpu0"}}',
  ],
  [
    'a preset',
    'requests: { env: { presets: [nvidia], variables: { NVIDIA_VISIBLE_DEVICES: { kind: vendor.com/gpu } } } }',
    '{"process":{"env":["NVIDIA_VISIBLE_DEVICES=gpu0"]}}',
  ],
  [
    'mounts',
    'requests: { mounts: { enabled: true, prefix: /x } }',
    '{"mounts":[{"destination":"/x/vendor.com/gpu/gpu0","source":"/dev/null"}]}',
  ],
];
for (const [title, settings, config] of ways) {
  test(`the shim sees ${title} that the settings name`, () => {
    const host = smallHost(folder, { runtime, config, settings });
    const run = runShim({ folder: host.root, args: ['create', '-b', host.bundle, 'id'], settings: host.settings });
    assert.deepEqual([run.status, run.stderr], [STARTED, '']);
    assert.match(readFileSync(host.config, 'utf8'), /"GPU=gpu0"/);
  });

  test(`the shim leaves a bundle alone without ${title} in the settings`, () => {
    const host = smallHost(folder, { runtime, config });
    const run = runShim({ folder: host.root, args: ['create', '-b', host.bundle, 'id'], settings: host.settings });
    assert.deepEqual([run.status, run.stderr], [STARTED, '']);
    assert.equal(readFileSync(host.config, 'utf8'), config);
  });
}

test("the shim sees a way that a rootless user's own settings name", { skip: process.getuid?.() !== 0 }, () => {
  const host = smallHost(folder, { runtime, config: '{"process":{"env":["ASK=gpu0"]}}' });
  const own = join(host.root, 'home/.config/cdi-runtime');
  mkdirSync(own, { recursive: true });
  const settings = `specDirs: [${host.cdi}]\naudit: { enabled: false }\nrequests: { env: { variables: { ASK: { kind: vendor.com/gpu } } } }\n`;
  writeFileSync(join(own, 'config.yaml'), settings);
  // The runtime is found by the link's name: a user's own settings do not choose it.
  const script = `mount -t tmpfs none /usr/local/sbin && cp ${runtime} /usr/local/sbin/fake && ln -s "$0" ${host.root}/cdi-fake && exec ${host.root}/cdi-fake "$@"`;
  const run = runShim({
    folder: host.root,
    args: ['create', '-b', host.bundle, 'id'],
    settings: '',
    env: { HOME: join(host.root, 'home'), PATH: '/usr/bin:/bin:/usr/sbin' },
    prefix: ['unshare', '--map-root-user', '--mount', '--propagation', 'private', 'sh', '-c', script],
  });
  assert.deepEqual([run.status, run.stderr], [STARTED, '']);
  assert.match(readFileSync(host.config, 'utf8'), /"GPU=gpu0"/);
});
