// cdictl engine configure: what it refuses, what it keeps, and what goes with a default runtime.
import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();
const DAEMON = '/etc/docker/daemon.json';
const newHost = (...runtimes: string[]): EngineHost =>
  new EngineHost(mkdtempSync(join(folder, 'h-')), runtimes.length > 0 ? runtimes : undefined);

interface Refusal {
  readonly title: string;
  readonly given?: (host: EngineHost) => void;
  readonly runtimes?: readonly string[];
  readonly words: readonly string[];
  readonly status: number;
  readonly stderr: RegExp;
}

const refusals: readonly Refusal[] = [
  {
    title: 'an engine that it does not know',
    words: ['dockre'],
    status: 2,
    stderr: /^cdictl: engine "dockre" is none of docker, containerd, crio, podman; did you mean "docker"/,
  },
  { title: 'no engine', words: [], status: 2, stderr: /^cdictl: engine configure needs docker\|containerd/ },
  {
    title: '--pass-annotations for an engine that has no patterns',
    words: ['docker', '--pass-annotations'],
    status: 2,
    stderr: /^cdictl: option --pass-annotations is for containerd alone; docker passes annotations anyway\n$/,
  },
  {
    title: 'a shim that is not installed',
    words: ['docker', '--shim-path', '/opt/cdi-runtime'],
    status: 1,
    stderr: /^cdictl: cannot find the shim "\/opt\/cdi-runtime": it is missing; run cdictl install first\n$/,
  },
  {
    title: 'another program in the place of the shim',
    given: (host) => host.program('/opt/cdi-runtime'),
    words: ['docker', '--shim-path', '/opt/cdi-runtime'],
    status: 1,
    stderr: /it is another program; name the shim by --shim-path\n$/,
  },
  {
    title: 'a host without the runtime of the engine',
    runtimes: ['youki'],
    words: ['podman'],
    status: 1,
    stderr:
      /^cdictl: cannot pin the runtime of the engine: none of crun and runc is in \/usr\/local\/sbin, .*; install crun and runc\n$/,
  },
  {
    title: 'a Podman whose images bring annotations',
    words: ['podman', '--engine-version', '4.5.0'],
    status: 1,
    stderr:
      /^cdictl: cannot configure podman: podman 4\.5\.0 gives each container the annotations of its image, by which any image could ask for devices; use a newer one \(Podman from 4\.5\.1 on\), or set requests\.annotations\.enabled: false in the settings\n$/,
  },
  {
    title: 'a runtime where the shim does not look for it, with what to do',
    runtimes: ['runc'],
    given: (host) => {
      host.program('/usr/libexec/crio/crun');
      host.put(
        '/etc/crio/crio.conf.d/10-crio.conf',
        '[crio.runtime]\ndefault_runtime = "crun"\n[crio.runtime.runtimes.crun]\nruntime_path = "/usr/libexec/crio/crun"\n',
      );
    },
    words: ['crio'],
    status: 1,
    stderr: /crun is in .*; run ln -s \/usr\/libexec\/crio\/crun \/usr\/local\/bin\/crun\n$/,
  },
  {
    title: 'another program that has the name of the link',
    given: (host) => host.program('/usr/local/bin/cdi-runc'),
    words: ['docker'],
    status: 1,
    stderr:
      /^cdictl: cannot pin the runtime runc: "\/usr\/local\/bin\/cdi-runc" is there and does not lead to "\/usr\/local\/bin\/cdi-runtime"; remove it\n$/,
  },
  {
    title: 'a file that the engine cannot read either',
    given: (host) => host.put(DAEMON, '{\n  "runtimes": }\n'),
    words: ['docker'],
    status: 1,
    stderr: /^cdictl: cannot read "\/etc\/docker\/daemon.json": line 2, column 15: /,
  },
  {
    title: 'a file that is no UTF-8',
    given: (host) => host.put(DAEMON, Buffer.from([0x7b, 0xff, 0x7d])),
    words: ['docker'],
    status: 1,
    stderr: /^cdictl: cannot read ".*daemon.json": it is not valid UTF-8\n$/,
  },
  {
    title: 'a name that another runtime has',
    given: (host) => host.put(DAEMON, '{ "runtimes": { "cdi": { "path": "/usr/bin/kata" } } }\n'),
    words: ['docker'],
    status: 1,
    stderr: /has a runtime "cdi" already, which does not lead to the shim; use another name\n$/,
  },
  {
    title: 'links that go in a circle',
    given: (host) => host.link('/etc/docker', 'docker'),
    words: ['docker'],
    status: 1,
    stderr: /its links go in a circle\n$/,
  },
];
for (const { title, given, runtimes = ['runc', 'crun'], words, status, stderr } of refusals) {
  test(`it refuses ${title}, and changes nothing`, async () => {
    const host = newHost(...runtimes);
    given?.(host);
    const before = host.state();
    const done = await host.cdictl('engine', 'configure', ...words);
    assert.equal(done.status, status, done.stderr);
    assert.match(done.stderr, stderr);
    assert.equal(done.stdout, '');
    assert.deepEqual(host.state(), before);
  });
}

test('a Podman whose images bring annotations is configured where annotations do not count', async () => {
  const host = newHost();
  host.put('/etc/cdi-runtime/config.yaml', 'requests: { annotations: { enabled: false } }\n');
  const { status, stderr } = await host.cdictl('engine', 'configure', 'podman', '--engine-version', '4.5.0');
  assert.deepEqual([status, stderr], [0, '']);
});

test('the link is relative, and named after the present default runtime', async () => {
  const host = newHost();
  host.put(DAEMON, '{ "default-runtime": "crun", "runtimes": { "crun": { "path": "crun" } } }\n');
  const { status, stdout } = await host.cdictl('engine', 'configure', 'docker');
  assert.equal(status, 0);
  assert.equal(readlinkSync(host.at('/usr/local/bin/cdi-crun')), 'cdi-runtime');
  assert.match(stdout, /^docker: runtime cdi is \/usr\/local\/bin\/cdi-crun, which runs \/usr\/bin\/crun\nmade /);
});

test('files are followed through links as the host follows them, and the links stay', async () => {
  const host = newHost();
  host.put('/srv/docker/real.json', '{}\n');
  host.link('/etc/docker', '/srv/docker');
  host.link('/srv/docker/daemon.json', '../../../../srv/docker/real.json');
  const { status } = await host.cdictl('engine', 'configure', 'docker');
  assert.equal(status, 0);
  assert.match(host.read('/srv/docker/real.json'), /cdi-runc/);
  assert.ok(lstatSync(host.at('/srv/docker/daemon.json')).isSymbolicLink());
});

test('what a dry run shows is a diff, and what would be made', async () => {
  const host = newHost();
  host.put(DAEMON, '{\n  "log-driver": "journald"\n}\n');
  const { stdout } = await host.cdictl('engine', 'configure', 'docker', '--set-default', '--dry-run');
  assert.equal(
    stdout,
    `--- ${DAEMON}
+++ ${DAEMON}
@@ -1,3 +1,12 @@
 {
-  "log-driver": "journald"
+  "log-driver": "journald",
+  "runtimes": {
+    "cdi": {
+      "path": "/usr/local/bin/cdi-runc"
+    },
+    "cdi-default": {
+      "path": "/usr/local/bin/cdi-default-runc"
+    }
+  },
+  "default-runtime": "cdi-default"
 }
would make /usr/local/bin/cdi-runc -> cdi-runtime
would make /usr/local/bin/cdi-default-runc -> cdi-runtime
`,
  );
});

test('a default runtime has a link of its own, and no settings change for any other', async () => {
  const host = newHost();
  const { stdout } = await host.cdictl('engine', 'configure', 'docker', '--set-default');
  assert.match(
    stdout,
    /^the default is cdi-default, \/usr\/local\/bin\/cdi-default-runc: there the environment asks for nothing$/m,
  );
  assert.equal(readlinkSync(host.at('/usr/local/bin/cdi-default-runc')), 'cdi-runtime');
  const { runtimes } = JSON.parse(host.read(DAEMON));
  assert.deepEqual(runtimes, {
    cdi: { path: '/usr/local/bin/cdi-runc' },
    'cdi-default': { path: '/usr/local/bin/cdi-default-runc' },
  });
  assert.equal(lstatSync(host.at('/etc/cdi-runtime'), { throwIfNoEntry: false }), undefined);
});

test('the links of a default runtime go with the last engine that calls them', async () => {
  const host = newHost();
  const before = host.state();
  await host.cdictl('engine', 'configure', 'docker', '--set-default');
  await host.cdictl('engine', 'configure', 'podman', '--set-default');
  const first = await host.cdictl('engine', 'unconfigure', 'podman');
  assert.match(first.stdout, /^removed \/usr\/local\/bin\/cdi-default-crun$/m);
  const second = await host.cdictl('engine', 'unconfigure', 'docker');
  assert.match(second.stdout, /^removed \/usr\/local\/bin\/cdi-default-runc$/m);
  assert.deepEqual(host.state(), before);
});

test('before the default changes, containers are named that would lose a device', async () => {
  const host = newHost();
  host.put(DAEMON, '{ "runtimes": { "cdi": { "path": "/usr/local/bin/cdi-runc" } }, "default-runtime": "cdi" }\n');
  const put = (id: string, runtime: string, env: string): void => {
    host.put(`/var/lib/docker/containers/${id}/hostconfig.json`, JSON.stringify({ Runtime: runtime }));
    const config = { Name: `/${id}`, State: { Running: true }, Config: { Env: ['A=1', env] } };
    host.put(`/var/lib/docker/containers/${id}/config.v2.json`, JSON.stringify(config));
  };
  put('asks', 'cdi', 'CDI_DEVICES=vendor.com/gpu=0');
  put('is-silent', 'cdi', 'B=2');
  put('asks-in-vain', 'runc', 'CDI_DEVICES=vendor.com/gpu=0');
  const words = ['engine', 'configure', 'docker', '--set-default'];
  const line =
    'docker: "asks" (running) asks for devices by its environment: made again without the runtime\'s name, it gets none\n';
  assert.ok((await host.cdictl(...words, '--dry-run')).stdout.endsWith(line));
  assert.equal((await host.cdictl(...words)).stderr, line);
  const again = await host.cdictl(...words, '-o', 'json');
  assert.deepEqual([again.stderr, JSON.parse(again.stdout).losing], ['', []]);
});

test('a runtime of another path than the shim finds is told', async () => {
  const host = newHost();
  host.program('/opt/runc');
  host.put(DAEMON, '{ "default-runtime": "r", "runtimes": { "r": { "path": "/opt/runc" } } }\n');
  const { stdout } = await host.cdictl('engine', 'configure', 'docker');
  assert.match(stdout, /^warning: the shim runs \/usr\/bin\/runc, and the engine has run \/opt\/runc so far$/m);
});

test('the record is for root alone', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker');
  const { mode } = lstatSync(host.at('/var/lib/cdi-runtime/engines/docker.json'));
  assert.equal(mode & 0o7777, 0o600);
});

test('its JSON is as the published schema says', async () => {
  const host = newHost();
  const words = ['engine', 'configure', 'containerd', '--set-default', '-o', 'json'];
  for (const more of [['--dry-run'], [], []]) {
    const { stdout } = await host.cdictl(...words, ...more);
    assertConforms('cdictl/engine-configure.schema.json', JSON.parse(stdout));
  }
  const { stdout } = await host.cdictl(...words);
  const { changed, default: isDefault, runs, written } = JSON.parse(stdout);
  assert.deepEqual(
    { changed, isDefault, runs, written },
    { changed: false, isDefault: true, runs: '/usr/bin/runc', written: [] },
  );
});
