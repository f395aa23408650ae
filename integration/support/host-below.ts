// What the image of cdictl does on a host whose root is mounted at /host, whoever built it and whichever engine runs it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EngineHost } from '../../test/cli/engine-host.ts';

const SHIM = resolve(import.meta.dirname, '../../dist/cdi-runtime');

/** Installs, configures, shows and removes on a host that has no Node. */
export function worksOnHost(folder: string, run: (host: EngineHost, ...words: string[]) => string): void {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
  host.put('/etc/docker/daemon.json', '{\n  "debug": false\n}\n');
  rmSync(host.at('/usr/local/bin/cdi-runtime'));
  assert.ok(!existsSync(host.at('/usr/bin/node')));
  const state = host.state();
  assert.match(run(host), /cdictl COMMAND/);
  run(host, 'install');
  assert.deepEqual(readFileSync(host.at('/usr/local/bin/cdi-runtime')), readFileSync(SHIM));
  assert.match(run(host, 'engine', 'configure', 'docker'), /^changed \/etc\/docker\/daemon.json$/m);
  const { runtimes } = JSON.parse(readFileSync(host.at('/etc/docker/daemon.json'), 'utf8'));
  assert.equal(runtimes.cdi.path, '/usr/local/bin/cdi-runc');
  run(host, 'engine', 'configure', 'containerd', '--set-default');
  assert.match(run(host, 'status'), /^docker +cdi +no +\/usr\/local\/bin\/cdi-runc +\/usr\/bin\/runc +\? +ok/m);
  run(host, 'engine', 'unconfigure', 'containerd');
  run(host, 'engine', 'unconfigure', 'docker');
  run(host, 'uninstall');
  assert.deepEqual(host.state(), state);
}

/** How an engine is told to run a container there. */
export function onHost(host: EngineHost): string[] {
  return ['--rm', '--network', 'none', '--volume', `${host.root}:/host`];
}
