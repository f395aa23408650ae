// cdictl engine for Podman: in by a drop-in, in use, as the default, with its reasons shown, and out again to the byte.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    assert.match(stdout, /^reloaded: not needed: every command reads the files anew$/m);
    assert.match(host.cdictl(['engine', 'status', 'podman']).stdout, /^podman +cdi +no .* ok +yes$/m);
    assert.deepEqual(podman('run', '--rm', '--runtime', 'cdi', ...ask(), ...open), {
      status: 0,
      stdout: 'it opens\n',
      stderr: '',
    });
    const refused = podman('run', '--rm', '--runtime', 'cdi', ...ask('none'), ...open);
    assert.equal(refused.status, 126);
    assert.match(refused.stderr, /^Error: OCI runtime error: cdi: cannot resolve device "cdi-runtime.dev\/fuse=none"/);

    host.cdictl(['engine', 'configure', 'podman', '--set-default']);
    assert.equal(podman('run', '--rm', ...ask(), ...open).stdout, 'it opens\n');
    assert.notEqual(podman('run', '--rm', '--env', 'CDI_DEVICES=cdi-runtime.dev/fuse=fuse', ...open).status, 0);

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

  test('docs/engines/podman.md: every command prints what the page says', () => {
    must('podman', ['tag', IMAGE, 'docker.io/library/alpine:latest'], { env });
    host.cdictl(['uninstall']);
    rmSync('/run/cdi', { recursive: true, force: true });
    const page = 'docs/engines/podman.md';
    const set = 'export PODMAN_IGNORE_CGROUPSV1_WARNING=1';
    for (const ran of runSteps(readPage(page), [], set)) assertAsPromised(page, ran);
  });
});
