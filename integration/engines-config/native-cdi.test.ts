// cdictl engine configure --native-cdi for engines that run: the engine itself gives a device, and then no more; doctor
// says so each time.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { must, type Outcome, run, without } from '../support/command.ts';
import { type Cri, connectCri } from '../support/cri.ts';
import { IMAGE, PAUSE_IMAGE } from '../support/image.ts';
import { Pod } from '../support/pod.ts';
import { bytesOf, type OwnHost, ownHost, ownSystemctl } from './own-host.ts';

const FUSE = 'cdi-runtime.dev/fuse=fuse';
const OPEN = 'test -c /dev/fuse && exec 3<>/dev/fuse && echo it opens';

/** What doctor says about the device and one engine. */
function askDoctor(host: OwnHost, engine: string, status: number): string {
  return host.cdictl(['doctor', FUSE, '--engine', engine], status).stdout.replaceAll(/\n +/g, ' ');
}

describe('docker’s own CDI, by cdictl engine', { skip: without('dockerd', 'docker', 'runc') }, () => {
  const config = '/etc/docker/daemon.json';
  let host: OwnHost;
  const docker = (...args: string[]): Outcome => run('docker', args, { env: host.env });
  const use = (): Outcome => docker('run', '--rm', '--device', FUSE, '--network', 'none', IMAGE, 'sh', '-c', OPEN);

  before(() => {
    host = ownHost();
    mkdirSync('/etc/docker', { recursive: true });
    writeFileSync(
      config,
      '{ "iptables": false, "ip6tables": false, "ip-forward": false, "bridge": "none", "storage-driver": "overlay2", "exec-opts": ["native.cgroupdriver=cgroupfs"] }\n',
    );
    const start = `setsid dockerd >>${host.folder}/dockerd.log 2>&1 </dev/null & pid=$!`;
    ownSystemctl('docker.service', '/run/dockerd-test.pid', start, 'docker version');
    must('systemctl', ['start', 'docker.service'], { env: host.env });
    must('docker', ['load', '--input', host.images], { env: host.env });
    host.cdictl(['generate', 'fuse']);
  });
  after(() => {
    run('systemctl', ['stop', 'docker.service'], { env: host.env });
    rmSync('/run/cdi', { recursive: true, force: true });
    host.takeDown();
  });

  test('off, on after a restart, and off again with the file as it was', () => {
    const wanted = bytesOf(config);
    assert.notEqual(use().status, 0);
    assert.match(
      askDoctor(host, 'docker', 3),
      /docker \S+ does not see .* has it off help: run cdictl engine configure/,
    );

    host.cdictl(['engine', 'configure', 'docker', '--native-cdi']);
    assert.match(
      askDoctor(host, 'docker', 3),
      /docker \S+ runs with other files .* help: run systemctl restart docker/,
    );
    host.cdictl(['engine', 'unconfigure', 'docker']);
    const configure = host.cdictl(['engine', 'configure', 'docker', '--native-cdi', '--reload']).stdout;
    assert.match(configure, /^checked: dockerd --validate .*\nreloaded: systemctl restart docker.service$/m);
    assert.match(askDoctor(host, 'docker', 0), /^ok +docker +docker \S+ sees "cdi-runtime.dev\/fuse=fuse"/);
    assert.deepEqual(use(), { status: 0, stdout: 'it opens\n', stderr: '' });

    const out = host.cdictl(['engine', 'unconfigure', 'docker', '--reload']).stdout;
    assert.match(
      out,
      /^docker: its own CDI is as it was before\nrestored .*\nreloaded: systemctl restart docker.service$/m,
    );
    assert.equal(bytesOf(config), wanted);
    assert.notEqual(use().status, 0);
  });
});

describe('containerd’s own CDI, by cdictl engine', { skip: without('containerd', 'ctr', 'runc') }, () => {
  const config = '/etc/containerd/config.toml';
  const socket = '/run/containerd/containerd.sock';
  let host: OwnHost;
  let cri: Cri;
  let pods = 0;
  const use = async (): Promise<string> => {
    pods += 1;
    const pod = await Pod.start(cri, host.folder, `own${pods}`);
    try {
      return (await pod.run(`${OPEN} || true`, { devices: [FUSE] })).output;
    } finally {
      await pod.remove();
    }
  };

  before(async () => {
    host = ownHost();
    mkdirSync('/etc/containerd', { recursive: true });
    writeFileSync(
      config,
      `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
`,
    );
    const start = `setsid containerd >>${host.folder}/containerd.log 2>&1 </dev/null & pid=$!`;
    ownSystemctl('containerd.service', '/run/containerd-test.pid', start, 'ctr version');
    must('systemctl', ['start', 'containerd.service'], { env: host.env });
    must('ctr', ['-n', 'k8s.io', 'image', 'import', host.images], { env: host.env });
    host.cdictl(['generate', 'fuse']);
    cri = connectCri(socket);
    await cri.ready();
  });
  after(() => {
    cri?.close();
    run('systemctl', ['stop', 'containerd.service'], { env: host.env });
    run('sh', ['-c', 'kill $(pgrep -f "^/usr/bin/containerd-shim-runc-v2.*-address /run/containerd/")']);
    rmSync('/run/cdi', { recursive: true, force: true });
    host.takeDown();
  });

  test('off, on after a restart, and off again with the file as it was', async () => {
    const wanted = bytesOf(config);
    assert.equal(await use(), '');
    assert.match(askDoctor(host, 'containerd', 3), /containerd 1\.7\S* does not see .* has it off help: run/);

    host.cdictl(['engine', 'configure', 'containerd', '--native-cdi', '--reload']);
    await cri.ready();
    assert.match(askDoctor(host, 'containerd', 0), /^ok +containerd +containerd \S+ sees "cdi-runtime.dev\/fuse=fuse"/);
    assert.equal(await use(), 'it opens\n');

    host.cdictl(['engine', 'unconfigure', 'containerd', '--reload']);
    await cri.ready();
    assert.equal(bytesOf(config), wanted);
    assert.equal(await use(), '');
  });
});

describe('Podman’s own CDI, by cdictl doctor', { skip: without('podman', 'crun') }, () => {
  let host: OwnHost;
  const use = (): Outcome =>
    run('podman', ['run', '--rm', '--device', FUSE, '--network', 'none', IMAGE, 'sh', '-c', OPEN], {
      env: { ...host.env, PODMAN_IGNORE_CGROUPSV1_WARNING: '1' },
    });

  before(() => {
    host = ownHost();
    mkdirSync('/etc/containers', { recursive: true });
    writeFileSync('/etc/containers/containers.conf', '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n');
    must('podman', ['load', '--input', host.images], { env: host.env });
  });
  after(() => {
    rmSync('/etc/containers/containers.conf', { force: true });
    rmSync('/run/cdi', { recursive: true, force: true });
    host.takeDown();
  });

  test('what it says is what happens, without a spec and with one', () => {
    assert.notEqual(use().status, 0);
    assert.match(askDoctor(host, 'podman', 3), /podman \S+ does not see "cdi-runtime.dev\/fuse=fuse": no spec in /);
    host.cdictl(['generate', 'fuse']);
    const { stdout } = host.cdictl(['engine', 'configure', 'podman', '--native-cdi']);
    assert.match(stdout, /^podman: its own CDI is on/);
    assert.match(askDoctor(host, 'podman', 0), /^ok +podman +podman \S+ sees "cdi-runtime.dev\/fuse=fuse"/);
    assert.equal(use().stdout, 'it opens\n');
    host.cdictl(['engine', 'unconfigure', 'podman']);
  });
});
