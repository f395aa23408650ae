// cdictl engine configure --native-cdi: in and out again to the byte, with and without the shim, and what status says.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();
const DAEMON = '/etc/docker/daemon.json';
const LIST = '/var/lib/dpkg/status';
const newHost = (): EngineHost => new EngineHost(mkdtempSync(join(folder, 'h-')));

function installed(name: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`;
}

for (const engine of ['docker', 'containerd', 'podman', 'crio']) {
  test(`${engine}: on without a shim, and out again without a trace`, async () => {
    const host = newHost();
    rmSync(host.at('/usr/local/bin/cdi-runtime'));
    host.put(
      LIST,
      installed('podman', '5.5.1-1') + installed('docker.io', '26.1.5+dfsg1-9') + installed('containerd', '1.7.24~ds1'),
    );
    host.put('/etc/cdi-runtime/config.yaml', 'specDirs: [/etc/cdi, /var/run/cdi, /opt/cdi]\n');
    const before = host.state();
    const dry = await host.cdictl('engine', 'configure', engine, '--native-cdi', '--dry-run', '--output=json');
    assert.deepEqual(host.state(), before);
    assertConforms('cdictl/engine-configure.schema.json', JSON.parse(dry.stdout));
    assert.match(JSON.parse(dry.stdout).diff, /\/opt\/cdi/);

    const done = await host.cdictl('engine', 'configure', engine, '--native-cdi', '--output=json');
    assert.equal(done.status, 0, done.stderr);
    const report = JSON.parse(done.stdout);
    assertConforms('cdictl/engine-configure.schema.json', report);
    assert.equal(report.changed, true);
    const again = await host.cdictl('engine', 'configure', engine, '--native-cdi');
    assert.equal(again.stdout, `${engine}: its own CDI is on, as before\n`);

    const out = await host.cdictl('engine', 'unconfigure', engine);
    assert.match(out.stdout, new RegExp(`^${engine}: its own CDI is as it was before\n`));
    assert.deepEqual(host.state(), before);
  });
}

test('with the shim: both come out again, and so does the record', async () => {
  const host = newHost();
  host.put(DAEMON, '{ "log-driver": "local" }\n');
  const before = host.state();
  await host.cdictl('engine', 'configure', 'docker');
  const done = await host.cdictl('engine', 'configure', 'docker', '--native-cdi');
  assert.equal(
    done.stdout,
    `docker: its own CDI is on\nchanged ${DAEMON}\nnot checked: the dockerd of another root is not started\nnext: the same with --reload, or systemctl restart docker.service\n`,
  );
  assert.deepEqual(JSON.parse(host.read(DAEMON)), {
    'log-driver': 'local',
    runtimes: { cdi: { path: '/usr/local/bin/cdi-runc' } },
    features: { cdi: true },
  });
  const out = await host.cdictl('engine', 'unconfigure', 'docker', '--output=json');
  assertConforms('cdictl/engine-unconfigure.schema.json', JSON.parse(out.stdout));
  assert.equal(JSON.parse(out.stdout).nativeCdi, true);
  assert.deepEqual(host.state(), before);
});

test('a file that was changed since loses our key alone', async () => {
  const host = newHost();
  host.put(DAEMON, '{ "features": {"cdi": false} }\n');
  await host.cdictl('engine', 'configure', 'docker', '--native-cdi');
  host.put(DAEMON, host.read(DAEMON).replace('{ ', '{ "debug": true, '));
  assert.deepEqual(JSON.parse(host.read(DAEMON)), { debug: true, features: { cdi: true } });
  await host.cdictl('engine', 'unconfigure', 'docker');
  assert.equal(host.read(DAEMON), '{ "debug": true, "features": {"cdi": false} }\n');
});

const refusals: [title: string, words: readonly string[], status: number, stderr: RegExp][] = [
  [
    'what only a runtime has',
    ['docker', '--native-cdi', '--set-default'],
    2,
    /option --set-default does not go with --native-cdi/,
  ],
  [
    'a version without CDI',
    ['docker', '--native-cdi', '--engine-version', '24.0.7'],
    1,
    /^cdictl: cannot switch CDI on in docker: docker 24\.0\.7 has no CDI, which came with 25\.0; use a newer one, or the shim\n$/,
  ],
];
for (const [title, words, status, stderr] of refusals) {
  test(`it refuses ${title}`, async () => {
    const host = newHost();
    const before = host.state();
    const refused = await host.cdictl('engine', 'configure', ...words);
    assert.deepEqual([refused.status, host.state()], [status, before]);
    assert.match(refused.stderr, stderr);
  });
}

test('status says which engines read specs by themselves, by the versions of their packages', async () => {
  const host = newHost();
  host.put(DAEMON, '{}\n');
  host.put('/etc/containerd/config.toml', 'version = 2\n');
  host.put('/etc/containers/containers.conf', '[engine]\n');
  const said = async (): Promise<string[]> =>
    (await host.cdictl('engine', 'status')).stdout.split('\n').map((line) => line.split(/ +/).slice(0, 6).join(' '));
  const rows = (docker: string, containerd: string): string[] => [
    'ENGINE RUNTIME DEFAULT PATH RUNS OWN',
    `docker - - - - ${docker}`,
    `containerd - - - - ${containerd}`,
    'podman - - - - on',
    '',
  ];
  assert.deepEqual(await said(), rows('?', '?'));
  host.put(LIST, installed('docker-ce', '5:28.3.0-1~debian') + installed('containerd.io', '1.7.27-1'));
  assert.deepEqual(await said(), rows('on', 'off'));
});
