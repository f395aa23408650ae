// cdictl engine status: what is wired where, and what is wrong with it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();
const LINK = '/usr/local/bin/cdi-runc';

async function configured(...engines: string[]): Promise<EngineHost> {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
  for (const engine of engines) await host.cdictl('engine', 'configure', engine);
  return host;
}

test('a table of the runtimes that call the shim', async () => {
  const host = await configured('docker', 'podman');
  host.put('/etc/containerd/config.toml', 'version = 2\n');
  const { status, stdout } = await host.cdictl('engine', 'status');
  assert.equal(status, 0);
  assert.equal(
    stdout,
    `ENGINE      RUNTIME  DEFAULT  PATH                     RUNS           OWN CDI  STATE           IN USE
docker      cdi      no       /usr/local/bin/cdi-runc  /usr/bin/runc  ?        ok              unknown
containerd  -        -        -                        -              ?        not configured  -
podman      cdi      no       /usr/local/bin/cdi-crun  /usr/bin/crun  on       ok              yes
`,
  );
});

test('a host without engines', async () => {
  const host = await configured();
  assert.equal((await host.cdictl('status')).stdout, 'no engine is installed or configured\n');
});

interface Broken {
  readonly title: string;
  readonly breaks: (host: EngineHost) => void;
  readonly said: RegExp;
}

const broken: readonly Broken[] = [
  {
    title: 'a link that is gone',
    breaks: (host) => rmSync(host.at(LINK)),
    said: /^docker: runtime cdi: "\/usr\/local\/bin\/cdi-runc" leads nowhere: run cdictl install$/m,
  },
  {
    title: 'a shim that is gone',
    breaks: (host) => rmSync(host.at('/usr/local/bin/cdi-runtime')),
    said: /cdi-runc" leads nowhere/,
  },
  {
    title: 'another program in the place of the shim',
    breaks: (host) => host.program('/usr/local/bin/cdi-runtime'),
    said: /cdi-runc" leads to another program$/m,
  },
  {
    title: 'a real runtime that is gone',
    breaks: (host) => rmSync(host.at('/usr/bin/runc')),
    said: /the runtime runc is in none of \/usr\/local\/sbin, /,
  },
];
for (const { title, breaks, said } of broken) {
  test(`it finds ${title}, and exits with 1`, async () => {
    const host = await configured('docker');
    breaks(host);
    const { status, stdout } = await host.cdictl('engine', 'status', 'docker');
    assert.equal(status, 1);
    assert.match(stdout, /^docker +cdi .* broken +unknown$/m);
    assert.match(stdout, said);
  });
}

test('an engine whose file cannot be read does not hide the others', async () => {
  const host = await configured('docker');
  host.put('/etc/containerd/config.toml', 'version = \n');
  const { status, stdout, stderr } = await host.cdictl('engine', 'status');
  assert.equal(status, 1);
  assert.match(stdout, /^docker +cdi .* ok +unknown$/m);
  assert.match(stdout, /^containerd .* its files cannot be read +-$/m);
  assert.match(stderr, /^cdictl: cannot read "\/etc\/containerd\/config.toml": line 1, column /);
});

test('--engine-config is about one engine', async () => {
  const host = await configured();
  const other = ['--engine-config', '/srv/daemon.json'];
  await host.cdictl('engine', 'configure', 'docker', ...other);
  assert.match((await host.cdictl('engine', 'status', 'docker', ...other)).stdout, /^docker +cdi /m);
  assert.doesNotMatch((await host.cdictl('engine', 'status', 'docker')).stdout, /^docker +cdi /m);
  assert.equal((await host.cdictl('engine', 'status', ...other)).status, 2);
});

test('its JSON is as the published schema says', async () => {
  const host = await configured('docker', 'containerd', 'crio', 'podman');
  rmSync(host.at('/usr/bin/runc'));
  host.put('/etc/crio/crio.conf', '=');
  const { stdout } = await host.cdictl('engine', 'status', '-o', 'json');
  const { engines } = JSON.parse(stdout);
  assertConforms('cdictl/engine-status.schema.json', { engines });
  assert.deepEqual(
    engines.map((engine: { engine: string; runtimes: unknown[]; error?: { code: string } }) => [
      engine.engine,
      engine.runtimes.length,
      engine.error?.code,
    ]),
    [
      ['docker', 1, undefined],
      ['containerd', 1, undefined],
      ['crio', 0, 'BAD_ENGINE_CONFIG'],
      ['podman', 1, undefined],
    ],
  );
});
