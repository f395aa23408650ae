// The image itself: its last stage is built on a base of this machine's own programs, and works on a host below /host.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execaSync } from 'execa';
import { EngineHost } from '../../test/cli/engine-host.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { without } from '../support/command.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUSYBOX = '/bin/busybox';
const LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'];
const folder = temporaryFolder();

function reasonToSkip(): string | false {
  if (process.getuid?.() !== 0) return 'only root builds images here';
  return without('buildah', BUSYBOX);
}

function buildah(...args: string[]): string {
  const store = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  return execaSync('buildah', [...store, ...args], { cwd: ROOT }).stdout;
}

/** Commits a folder as an image. */
function commit(content: string, name: string): void {
  const container = buildah('from', 'scratch');
  cpSync(content, buildah('mount', container), { recursive: true, verbatimSymlinks: true });
  buildah('umount', container);
  buildah('commit', '--quiet', container, name);
  buildah('rm', container);
}

/** A shell with its tools, and Node with its libraries. */
function makeBase(): string {
  const base = join(folder, 'base');
  const put = (path: string, to: string = path): void => {
    mkdirSync(join(base, dirname(to)), { recursive: true });
    copyFileSync(path, join(base, to));
  };
  put(BUSYBOX);
  chmodSync(join(base, BUSYBOX), 0o755);
  for (const path of ['bin/sh', 'bin/ln', 'bin/chroot', 'usr/bin/env']) {
    mkdirSync(join(base, dirname(path)), { recursive: true });
    symlinkSync(BUSYBOX, join(base, path));
  }
  mkdirSync(join(base, 'usr/local/bin'), { recursive: true });
  mkdirSync(join(base, 'tmp'));
  put(process.execPath, '/usr/bin/node');
  const { stdout } = execaSync('ldd', [process.execPath]);
  for (const [, path = ''] of stdout.matchAll(/(\/\S+)(?: \(0x)/g)) put(path);
  return base;
}

/** What the stage `check` has made, as far as the image takes it. */
function makeChecked(): string {
  const checked = join(folder, 'checked');
  mkdirSync(join(checked, 'src/dist'), { recursive: true });
  const names = ['package.json', 'LICENSE', 'NOTICE', 'dist/cdictl.js', 'dist/cdictl.licenses.txt', 'dist/cdi-runtime'];
  for (const name of [...names, 'dist/cdictl']) {
    cpSync(join(ROOT, name), join(checked, 'src', name), { recursive: true });
  }
  return checked;
}

describe('the image', { skip: reasonToSkip() }, () => {
  let container: string;
  let entry: readonly string[];
  before(() => {
    commit(makeBase(), 'localhost/cdi-base');
    commit(makeChecked(), 'localhost/cdi-checked');
    buildah(
      ...['build', '--pull=never', '--isolation', 'chroot', ...LIMITS, '--target', 'final'],
      ...['--build-arg', 'BASE=localhost/cdi-base'],
      ...['--build-context', 'check=container-image://localhost/cdi-checked'],
      ...['--tag', 'localhost/cdi-runtime', '.'],
    );
    const image = JSON.parse(buildah('inspect', '--type', 'image', 'localhost/cdi-runtime'));
    entry = image.OCIv1.config.Entrypoint;
    container = buildah('from', '--pull=never', ...LIMITS, 'localhost/cdi-runtime');
  });
  after(() => {
    for (const name of buildah('containers', '--quiet').split('\n').filter(Boolean)) buildah('rm', name);
    rmSync(join(folder, 'root'), { recursive: true, force: true });
  });

  const onHost = (host: EngineHost, ...words: string[]): string =>
    buildah('run', '--isolation', 'chroot', '--volume', `${host.root}:/host`, container, '--', ...entry, ...words);

  test('it shows its help where it is told nothing', () => {
    const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
    assert.match(onHost(host, '--help'), /cdictl COMMAND/);
  });

  test('it installs, configures, shows and removes on the host', () => {
    const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
    host.put('/etc/docker/daemon.json', '{\n  "debug": false\n}\n');
    rmSync(host.at('/usr/local/bin/cdi-runtime'));
    const before = host.state();
    onHost(host, 'install');
    assert.deepEqual(readFileSync(host.at('/usr/local/bin/cdi-runtime')), readFileSync(join(ROOT, 'dist/cdi-runtime')));
    assert.match(onHost(host, 'engine', 'configure', 'docker'), /^changed \/etc\/docker\/daemon.json$/m);
    onHost(host, 'engine', 'configure', 'containerd', '--set-default');
    assert.match(onHost(host, 'status'), /^docker +cdi +no +\/usr\/local\/bin\/cdi-runc +\/usr\/bin\/runc +ok/m);
    onHost(host, 'engine', 'unconfigure', 'containerd');
    onHost(host, 'engine', 'unconfigure', 'docker');
    onHost(host, 'uninstall');
    assert.deepEqual(host.state(), before);
  });
});
