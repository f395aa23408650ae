// cdictl engine for Podman: in by a drop-in, in use, as the default, with its reasons shown, and out again to the byte.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from '../../test/docs/page.ts';
import { must, type Outcome, run, without } from '../support/command.ts';
import { IMAGE } from '../support/image.ts';
import { type OwnHost, ownHost } from './own-host.ts';

const CONFIG = '/etc/containers/containers.conf';
const MAIN = `# of the machine: no systemd runs here
[engine]
cgroup_manager = "cgroupfs"   # not systemd
events_logger = "file"
`;

describe('podman, by cdictl engine', { skip: without('podman', 'crun') }, () => {
  let host: OwnHost;
  let env: NodeJS.ProcessEnv;
  const podman = (...args: string[]): Outcome => run('podman', args, { env });
  const ask = (device = 'fuse'): string[] => ['--annotation', `cdi.k8s.io/fuse=cdi-runtime.dev/fuse=${device}`];
  const open = ['--network', 'none', IMAGE, 'sh', '-c', 'test -c /dev/fuse && exec 3<>/dev/fuse && echo it opens'];
  const listed = (): string[] =>
    readdirSync('/etc/containers', { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => name.replace(/-\d+$/, ''));

  before(() => {
    host = ownHost();
    env = { ...host.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' };
    mkdirSync('/etc/containers', { recursive: true });
    writeFileSync(CONFIG, MAIN);
    must('podman', ['load', '--input', host.images], { env });
    host.cdictl(['install']);
    host.cdictl(['generate', 'fuse']);
  });
  after(() => {
    rmSync(CONFIG, { force: true });
    rmSync('/run/cdi', { recursive: true, force: true });
    host.takeDown();
  });

  test('it is configured, used, the default, and out again without a trace', () => {
    const before = listed();
    assert.notEqual(podman('run', '--rm', '--runtime', 'cdi', ...open).status, 0);
    const { stdout } = host.cdictl(['engine', 'configure', 'podman', '--reload']);
    assert.match(stdout, /^checked: podman --version$/m);
    assert.match(stdout, /^reloaded: not needed: every command reads the files again$/m);
    assert.match(host.cdictl(['engine', 'status', 'podman']).stdout, /^podman +cdi +no .* ok +yes$/m);
    assert.deepEqual(podman('run', '--rm', '--runtime', 'cdi', ...ask(), ...open), {
      status: 0,
      stdout: 'it opens\n',
      stderr: '',
    });
    const refused = podman('run', '--rm', '--runtime', 'cdi', ...ask('none'), ...open);
    assert.equal(refused.status, 126);
    assert.match(refused.stderr, /^Error: OCI runtime error: cdi: cannot resolve device "cdi-runtime.dev\/fuse=none"/);

    // what another engine runs by default is no business of this one's
    host.cdictl(['engine', 'configure', 'docker', '--set-default']);
    const byEnvironment = ['--env', 'CDI_DEVICES=cdi-runtime.dev/fuse=fuse'];
    assert.equal(podman('run', '--rm', '--runtime', 'cdi', ...byEnvironment, ...open).stdout, 'it opens\n');
    host.cdictl(['engine', 'unconfigure', 'docker']);

    host.cdictl(['engine', 'configure', 'podman', '--set-default']);
    assert.equal(podman('run', '--rm', ...ask(), ...open).stdout, 'it opens\n');
    assert.notEqual(podman('run', '--rm', ...byEnvironment, ...open).status, 0);
    assert.equal(podman('run', '--rm', '--runtime', 'cdi', ...byEnvironment, ...open).stdout, 'it opens\n');

    must('podman', ['create', '--name', 'stopped', '--network', 'none', IMAGE], { env });
    must('podman', ['run', '--detach', '--name', 'runs', '--network', 'none', IMAGE, 'sleep', '1000'], { env });
    const { stderr } = host.cdictl(['engine', 'unconfigure', 'podman'], 1);
    assert.match(stderr, /containers still need its runtime "cdi": .*"stopped" \(stopped\)/);
    assert.match(stderr, /"runs" \(running\)/);
    must('podman', ['rm', '--force', '--time', '0', 'runs', 'stopped'], { env });

    host.cdictl(['engine', 'unconfigure', 'podman']);
    assert.deepEqual(listed(), before);
    assert.equal(readFileSync(CONFIG, 'utf8'), MAIN);
    assert.notEqual(podman('run', '--rm', '--runtime', 'cdi', ...open).status, 0);
    assert.deepEqual(readdirSync('/usr/local/bin').sort(), ['cdi-runtime', 'cdictl']);
  });

  test('a user of their own: configured, used, and out again', {
    skip: without('newuidmap', 'setpriv', 'useradd'),
  }, () => {
    must('useradd', ['--no-create-home', '--home-dir', join(host.folder, 'home'), 'cdi-user']);
    const home = join(host.folder, 'home');
    const runtime = join(host.folder, 'xdg');
    for (const folder of [home, runtime]) {
      mkdirSync(folder, { mode: 0o700 });
      must('chown', ['cdi-user:cdi-user', folder]);
    }
    chmodSync(host.folder, 0o755);
    chmodSync(join(host.folder, '..'), 0o755);
    const own = { ...env, HOME: home, XDG_RUNTIME_DIR: runtime, TMPDIR: home };
    const user = ['--reuid', 'cdi-user', '--regid', 'cdi-user', '--init-groups', '--inh-caps=-all'];
    const asUser = (...words: string[]): Outcome => run('setpriv', [...user, ...words], { env: own, cwd: home });
    const done = (...words: string[]): string => {
      const { status, stdout, stderr } = asUser(...words);
      assert.equal(status, 0, `${words.join(' ')}\n${stdout}${stderr}`);
      return stdout;
    };
    const { mode } = statSync('/dev/fuse');
    chmodSync('/dev/fuse', 0o666);
    const settings = '/etc/cdi-runtime/config.yaml';
    mkdirSync('/etc/cdi-runtime', { recursive: true });
    writeFileSync(settings, 'audit: { enabled: false }\n');
    try {
      done('podman', 'load', '--input', host.images);
      const shim = join(home, 'bin/cdi-runtime');
      done('cdictl', 'install', '--path', shim);
      const before = must('find', [home, '-path', `${home}/.local/share`, '-prune', '-o', '-print']);
      assert.match(
        done('cdictl', 'engine', 'configure', 'podman', '--shim-path', shim),
        /^made .*\/\.config\/containers\/containers.conf.d\/99-cdi-runtime.conf$/m,
      );
      assert.match(
        done('cdictl', 'engine', 'status', 'podman'),
        /^podman +cdi +no +.*\/home\/bin\/cdi-crun .* ok +yes$/m,
      );
      assert.equal(done('podman', 'run', '--rm', '--runtime', 'cdi', ...ask(), ...open), 'it opens\n');
      done('cdictl', 'engine', 'unconfigure', 'podman');
      assert.equal(must('find', [home, '-path', `${home}/.local/share`, '-prune', '-o', '-print']), before);
    } finally {
      chmodSync('/dev/fuse', mode & 0o7777);
      asUser('podman', 'system', 'migrate');
      rmSync(settings);
    }
  });

  test('docs/engines/podman.md: every command prints what the page says', () => {
    must('podman', ['tag', IMAGE, 'docker.io/library/alpine:latest'], { env });
    host.cdictl(['uninstall']);
    rmSync('/run/cdi', { recursive: true, force: true });
    const page = 'docs/engines/podman.md';
    const set = 'export PODMAN_IGNORE_CGROUPSV1_WARNING=1';
    for (const ran of runSteps(readPage(page), [], set)) assertAsPromised(page, ran);
  });
});
