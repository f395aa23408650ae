// cdictl engine unconfigure: what stays of files that changed since, and who still needs the runtime.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();
const DAEMON = '/etc/docker/daemon.json';
const LINK = '/usr/local/bin/cdi-runc';
const newHost = (): EngineHost => new EngineHost(mkdtempSync(join(folder, 'h-')));

const json = (value: unknown): string => JSON.stringify(value);

interface Needy {
  readonly engine: string;
  readonly link: string;
  /** what the engine keeps of its containers */
  readonly given: (host: EngineHost) => void;
  /** what shows that it is gone */
  readonly gone: string;
  readonly named: string;
}

const BUNDLES = '/run/containerd/io.containerd.runtime.v2.task';
const needy: readonly Needy[] = [
  {
    engine: 'docker',
    link: LINK,
    given: (host) => {
      for (const [id, name, Runtime, Running] of [
        ['a1', 'web', 'cdi', true],
        ['b2', 'db', 'cdi', false],
        ['c3', 'other', 'runc', true],
      ]) {
        host.put(`/var/lib/docker/containers/${id}/hostconfig.json`, json({ Runtime }));
        host.put(`/var/lib/docker/containers/${id}/config.v2.json`, json({ Name: `/${name}`, State: { Running } }));
      }
      host.put('/var/lib/docker/containers/d4/hostconfig.json', 'no JSON');
    },
    gone: '/var/lib/docker/containers',
    named: '"web" (running), "db" (stopped)',
  },
  {
    engine: 'containerd',
    link: LINK,
    given: (host) => {
      host.put(`${BUNDLES}/default/c1/runtime`, LINK);
      host.put(`${BUNDLES}/default/c2/runtime`, '/usr/bin/runc');
      host.put(`${BUNDLES}/k8s.io/p1/runtime`, LINK);
      const annotations = {
        'io.kubernetes.cri.sandbox-namespace': 'team-a',
        'io.kubernetes.cri.sandbox-name': 'train',
        'io.kubernetes.cri.container-name': 'gpu',
      };
      host.put(`${BUNDLES}/k8s.io/p1/config.json`, json({ annotations }));
    },
    gone: BUNDLES,
    named: '"default/c1" (running), "team-a/train/gpu" (running)',
  },
  {
    engine: 'crio',
    link: '/usr/local/bin/cdi-crun',
    given: (host) => {
      const storage = '/var/lib/containers/storage/overlay-containers';
      for (const [id, handler] of Object.entries({ s1: 'cdi', s2: '', s3: 'crun' })) {
        const annotations = {
          'io.kubernetes.cri-o.RuntimeHandler': handler,
          'io.kubernetes.pod.namespace': 'team-b',
          'io.kubernetes.pod.name': `pod-${id}`,
        };
        host.put(`${storage}/${id}/userdata/config.json`, json({ annotations }));
      }
      host.put(`${storage}/containers.json`, '[]');
    },
    gone: '/var/lib/containers',
    named: '"team-b/pod-s1"',
  },
];
for (const { engine, link, given, gone, named } of needy) {
  test(`${engine}: containers that need the runtime are named, and keep their link where it is taken out by force`, async () => {
    const host = newHost();
    const before = host.state();
    await host.cdictl('engine', 'configure', engine);
    given(host);
    const configured = host.state();

    const refused = await host.cdictl('engine', 'unconfigure', engine);
    assert.deepEqual(
      [refused.status, refused.stdout, refused.stderr],
      [
        1,
        '',
        `cdictl: cannot unconfigure ${engine}: containers still need its runtime "cdi": ${named}; remove them first, or add --force\n`,
      ],
    );
    const plan = await host.cdictl('engine', 'unconfigure', engine, '--dry-run');
    assert.match(plan.stdout, /^still needed by "/m);
    assert.deepEqual(host.state(), configured);

    const forced = await host.cdictl('engine', 'unconfigure', engine, '--force');
    assert.equal(forced.status, 0, forced.stderr);
    assert.match(forced.stdout, /^still needed by "/m);
    assert.ok(existsSync(host.at(link)), 'they cannot be ended without it');

    const again = await host.cdictl('engine', 'unconfigure', engine);
    assert.equal(again.status, 1, 'the link is still theirs');
    rmSync(host.at(gone), { recursive: true });
    const last = await host.cdictl('engine', 'unconfigure', engine);
    assert.equal(last.status, 0, last.stderr);
    assert.match(last.stdout, new RegExp(`^removed ${link}$`, 'm'));
    for (const parent of ['/var/lib/docker', '/run']) rmSync(host.at(parent), { recursive: true, force: true });
    assert.deepEqual(host.state(), before);
  });
}

test("containers of other owners count where the link goes, and do not where another engine's runtime keeps it", async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'containerd');
  await host.cdictl('engine', 'configure', 'docker');
  host.put(`${BUNDLES}/moby/c1/runtime`, LINK);
  const first = await host.cdictl('engine', 'unconfigure', 'containerd');
  assert.equal(first.status, 0, first.stderr);
  assert.ok(existsSync(host.at(LINK)));
});

test('a link that somebody else has made stays', async () => {
  const host = newHost();
  host.link(LINK, 'cdi-runtime');
  await host.cdictl('engine', 'configure', 'docker');
  await host.cdictl('engine', 'unconfigure', 'docker');
  assert.ok(existsSync(host.at(LINK)));
});

test('a link that two engines need goes with the second one', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker');
  await host.cdictl('engine', 'configure', 'containerd');
  assert.doesNotMatch((await host.cdictl('engine', 'unconfigure', 'docker')).stdout, /removed \/usr/);
  assert.match(
    (await host.cdictl('engine', 'unconfigure', 'containerd')).stdout,
    /^removed \/usr\/local\/bin\/cdi-runc$/m,
  );
});

test('from a file that was changed since only our keys go', async () => {
  const host = newHost();
  host.put(DAEMON, '{\n    "debug": false\n}\n');
  await host.cdictl('engine', 'configure', 'docker', '--set-default');
  host.put(DAEMON, host.read(DAEMON).replace('false', 'true'));
  const { stdout } = await host.cdictl('engine', 'unconfigure', 'docker');
  assert.match(stdout, /^changed \/etc\/docker\/daemon.json$/m);
  assert.equal(host.read(DAEMON), '{\n    "debug": true\n}\n');
});

test('it works without the record', async () => {
  const host = newHost();
  host.put(DAEMON, '{\n    "debug": false\n}\n');
  await host.cdictl('engine', 'configure', 'docker');
  rmSync(host.at('/var/lib/cdi-runtime'), { recursive: true });
  await host.cdictl('engine', 'unconfigure', 'docker');
  assert.equal(host.read(DAEMON), '{\n    "debug": false\n}\n');
});

test('a record that cdictl did not write is refused by name', async () => {
  const host = newHost();
  host.put('/var/lib/cdi-runtime/engines/docker.json', '{ "format": 7 }');
  const { status, stderr } = await host.cdictl('engine', 'unconfigure', 'docker');
  assert.equal(status, 1);
  assert.match(stderr, /^cdictl: cannot read the record "\/var\/lib\/cdi-runtime\/engines\/docker.json": /);
});

test('where there is no such runtime, it names those that are there, and is content', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker', '--runtime-name', 'gpu');
  const { status, stdout } = await host.cdictl('engine', 'unconfigure', 'docker');
  assert.equal(status, 0);
  assert.equal(stdout, 'docker: there is no runtime cdi of ours; it has gpu: see --runtime-name\n');
});

test('two runtimes of one engine go one after the other', async () => {
  const host = newHost();
  const before = host.state();
  await host.cdictl('engine', 'configure', 'docker', '--runtime-name', 'gpu');
  await host.cdictl('engine', 'configure', 'docker');
  await host.cdictl('engine', 'unconfigure', 'docker', '--runtime-name', 'gpu');
  assert.deepEqual(Object.keys(JSON.parse(host.read(DAEMON)).runtimes), ['cdi']);
  await host.cdictl('engine', 'unconfigure', 'docker');
  assert.deepEqual(host.state(), before);
});

test('two files of one engine go one after the other', async () => {
  const host = newHost();
  const before = host.state();
  const other = ['--engine-config', '/srv/daemon.json'];
  await host.cdictl('engine', 'configure', 'docker', ...other);
  await host.cdictl('engine', 'configure', 'docker');
  await host.cdictl('engine', 'unconfigure', 'docker');
  assert.ok(existsSync(host.at(LINK)), 'the other file still needs it');
  const refused = await host.cdictl('uninstall');
  assert.match(refused.stderr, /still called by docker \(by its record\); run cdictl engine unconfigure first/);
  await host.cdictl('engine', 'unconfigure', 'docker', ...other);
  assert.deepEqual(host.state(), before);
});

test('its JSON is as the published schema says', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker');
  host.put('/var/lib/docker/containers/a1/hostconfig.json', json({ Runtime: 'cdi' }));
  for (const more of [['--dry-run'], ['--force'], ['--force']]) {
    const { stdout } = await host.cdictl('engine', 'unconfigure', 'docker', '-o', 'json', ...more);
    assertConforms('cdictl/engine-unconfigure.schema.json', JSON.parse(stdout));
  }
});
