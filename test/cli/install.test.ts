// cdictl install and uninstall: the shim on a host, and nothing of it left.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const SHIM = resolve(import.meta.dirname, '../../dist/cdi-runtime');
const PATH = '/usr/local/bin/cdi-runtime';
const folder = temporaryFolder();
const newHost = (): EngineHost => new EngineHost(mkdtempSync(join(folder, 'h-')));

test('the shim is put in place with its mode, and a second time changes nothing', async () => {
  const host = newHost();
  rmSync(host.at('/usr/local'), { recursive: true });
  const { status, stdout } = await host.cdictl('install');
  assert.equal(status, 0);
  assert.match(stdout, /^\/usr\/local\/bin\/cdi-runtime: version \S+\nnext: cdictl engine configure docker/);
  assert.deepEqual(readFileSync(host.at(PATH)), readFileSync(SHIM));
  const { ino, mode } = lstatSync(host.at(PATH));
  assert.equal(mode & 0o7777, 0o755);
  assert.match((await host.cdictl('install')).stdout, /, as before$/m);
  assert.equal(lstatSync(host.at(PATH)).ino, ino);
});

test('a shim that others may write, or that is another one, is replaced', async () => {
  const host = newHost();
  chmodSync(host.at(PATH), 0o777);
  await host.cdictl('install');
  assert.equal(lstatSync(host.at(PATH)).mode & 0o7777, 0o755);
  host.put(PATH, 'old');
  await host.cdictl('install');
  assert.deepEqual(readFileSync(host.at(PATH)), readFileSync(SHIM));
});

test('absolute links of the host stay inside it', async () => {
  const host = newHost();
  rmSync(host.at('/usr/local'), { recursive: true });
  host.put('/var/usrlocal/bin/.keep', '');
  host.link('/usr/local', '/var/usrlocal');
  await host.cdictl('install');
  assert.ok(existsSync(host.at('/var/usrlocal/bin/cdi-runtime')));
  assert.match((await host.cdictl('uninstall')).stdout, /^removed \/usr\/local\/bin\/cdi-runtime$/m);
  assert.ok(!existsSync(host.at('/var/usrlocal/bin/cdi-runtime')));
});

test('the root of the host may stand before the command and behind it', async () => {
  for (const place of [0, 1]) {
    const host = newHost();
    host.put(PATH, 'old');
    await runCdictl(['install'].toSpliced(place, 0, '--host-root', host.root));
    assert.deepEqual(readFileSync(host.at(PATH)), readFileSync(SHIM));
  }
});

test('a command that has nothing to do with a host does not take its root', async () => {
  const { status, stderr } = await runCdictl(['--host-root', folder, 'devices']);
  assert.equal(status, 2);
  assert.match(stderr, /^cdictl: option "--host-root" is unknown/);
});

test('what is no shim is not installed', async () => {
  const host = newHost();
  const { status, stderr } = await host.cdictl('install', '--shim', '/bin/sh');
  assert.deepEqual([status, stderr.includes('it is another program; name the shim of the package')], [1, true]);
});

test('the shim and its links go, and nothing else', async () => {
  const host = newHost();
  host.link('/usr/local/bin/cdi-runc', 'cdi-runtime');
  host.link('/usr/local/bin/cdi-crun', PATH);
  host.link('/usr/local/bin/cdi-other', '/bin/other');
  host.program('/usr/local/bin/cdi-tool');
  host.put('/run/cdi-runtime/leases/0123456789abcdef', 'a lease');
  const { status, stdout } = await host.cdictl('uninstall');
  assert.equal(status, 0);
  assert.equal(
    stdout,
    'removed /usr/local/bin/cdi-crun\nremoved /usr/local/bin/cdi-runc\nremoved /usr/local/bin/cdi-runtime\n',
  );
  assert.ok(!existsSync(host.at('/run/cdi-runtime')));
  assert.ok(existsSync(host.at('/usr/local/bin/cdi-tool')));
  assert.ok(lstatSync(host.at('/usr/local/bin/cdi-other')).isSymbolicLink());
  assert.equal((await host.cdictl('uninstall')).stdout, `there is no shim at ${PATH}\n`);
});

test('another program of that name stays', async () => {
  const host = newHost();
  host.program(PATH);
  const { status, stderr } = await host.cdictl('uninstall');
  assert.equal(status, 1);
  assert.match(stderr, /another program has that name/);
  assert.ok(existsSync(host.at(PATH)));
});

test('engines that still call the shim are named, and it stays until they are unconfigured', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker');
  await host.cdictl('engine', 'configure', 'crio');
  const before = host.state();
  const { status, stderr } = await host.cdictl('uninstall');
  assert.equal(status, 1);
  assert.equal(
    stderr,
    `cdictl: cannot remove the shim "${PATH}": it is still called by docker (runtime "cdi" in "/etc/docker/daemon.json"), crio (runtime "cdi" in "/etc/crio/crio.conf.d/99-cdi-runtime.conf"); run cdictl engine unconfigure first, or add --force\n`,
  );
  assert.deepEqual(host.state(), before);
  await host.cdictl('engine', 'unconfigure', 'docker');
  await host.cdictl('engine', 'unconfigure', 'crio');
  assert.equal((await host.cdictl('uninstall')).status, 0);
});

test('by force it goes all the same', async () => {
  const host = newHost();
  await host.cdictl('engine', 'configure', 'docker');
  assert.equal((await host.cdictl('uninstall', '--force')).status, 0);
  assert.ok(!existsSync(host.at('/usr/local/bin/cdi-runc')));
});

test("the shim of the distribution's package is found, and stays", async () => {
  const host = newHost();
  rmSync(host.at('/usr/local'), { recursive: true });
  host.put('/usr/bin/cdi-runtime', readFileSync(SHIM));
  chmodSync(host.at('/usr/bin/cdi-runtime'), 0o755);
  assert.match(
    (await host.cdictl('--version')).stdout,
    /^cdi-runtime \S+ at \/usr\/bin\/cdi-runtime\nlicense Apache-2\.0$/m,
  );
  assert.match((await host.cdictl('install')).stdout, /^\/usr\/bin\/cdi-runtime: version \S+, as before$/m);
  const { status, stderr } = await host.cdictl('uninstall');
  assert.equal(status, 1);
  assert.match(stderr, /it is a file of the distribution's package; remove the package cdi-runtime\n$/);
  host.put('/usr/bin/cdi-runtime', 'another version');
  assert.match((await host.cdictl('install')).stdout, /^\/usr\/local\/bin\/cdi-runtime: version/);
  assert.match((await host.cdictl('--version')).stdout, /^cdi-runtime \S+ at \/usr\/local\/bin\/cdi-runtime$/m);
});

test('uninstall tells what it would remove, and removes nothing', async () => {
  const host = newHost();
  await host.cdictl('install');
  assert.equal((await host.cdictl('uninstall', '--dry-run')).stdout, `would remove ${PATH}\n`);
  assert.ok(existsSync(host.at(PATH)));
  const { stdout } = await host.cdictl('uninstall', '--dry-run', '--output', 'json');
  assert.deepEqual(JSON.parse(stdout), { removed: [], wouldRemove: [PATH] });
});
