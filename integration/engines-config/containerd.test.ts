// cdictl engine for a containerd that runs: its CRI plugin has the handler after a restart, and not after the next.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from '../../test/docs/page.ts';
import { must, type Outcome, run, without } from '../support/command.ts';
import { IMAGE } from '../support/image.ts';
import { criRuntimes } from './cri-runtimes.ts';
import { bytesOf, type OwnHost, ownHost, ownSystemctl } from './own-host.ts';

const CONFIG = '/etc/containerd/config.toml';
const PID = '/run/containerd-test.pid';
const LINK = '/usr/local/bin/cdi-runc';
const SOCKET = '/run/containerd/containerd.sock';

const CONFIGS: readonly { readonly title: string; readonly text: string | undefined; readonly real: string }[] = [
  { title: 'no file at all', text: undefined, real: 'runc' },
  {
    title: 'a file of version 2 with comments',
    text: `version = 2
# ours
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "localhost/pause"   # from the mirror
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/usr/lib/cni"
`,
    real: 'runc',
  },
  {
    title: 'a default of its own, by inline tables',
    text: `version = 2
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "small"
  runtimes = { small = { runtime_type = "io.containerd.runc.v2", options = { BinaryName = "/usr/bin/crun" } } }
`,
    real: 'crun',
  },
  { title: 'a file of version 1', text: '[plugins.cri]\n  sandbox_image = "localhost/pause"\n', real: 'runc' },
];

describe('containerd, by cdictl engine', { skip: without('containerd', 'ctr', 'runc', 'crun') }, () => {
  let host: OwnHost;
  const ctr = (...args: string[]): Outcome => run('ctr', args, { env: host.env });
  const systemctl = (...args: string[]): string => must('systemctl', args, { env: host.env });

  before(() => {
    host = ownHost();
    const start = `setsid containerd >>${host.folder}/containerd.log 2>&1 </dev/null & pid=$!`;
    ownSystemctl('containerd.service', PID, start, 'ctr version');
    host.cdictl(['install']);
    host.cdictl(['generate', 'fuse']);
  });
  after(() => {
    run('systemctl', ['stop', 'containerd.service'], { env: host.env });
    run('sh', ['-c', 'kill $(pgrep -f "^/usr/bin/containerd-shim-runc-v2.*-address /run/containerd/")']);
    rmSync('/run/cdi', { recursive: true, force: true });
    host.takeDown();
  });

  for (const { title, text, real } of CONFIGS) {
    test(`${title}: configured, restarted, known to CRI, and out again to the byte`, async () => {
      mkdirSync('/etc/containerd', { recursive: true });
      if (text === undefined) rmSync(CONFIG, { force: true });
      else writeFileSync(CONFIG, text);
      const wanted = bytesOf(CONFIG);
      systemctl('restart', 'containerd.service');
      const { defaultName } = await criRuntimes(SOCKET);

      const configure = ['engine', 'configure', 'containerd', '--pass-annotations'];
      assert.match(host.cdictl(configure).stdout, /^checked: containerd --config .* config dump$/m);
      assert.match(host.cdictl(['status', 'containerd']).stdout, /^containerd +cdi +no .* ok +after a reload$/m);
      assert.match(host.cdictl([...configure, '--reload']).stdout, /^reloaded: systemctl restart containerd.service$/m);
      assert.match(host.cdictl(['status', 'containerd']).stdout, /^containerd +cdi +no .* ok +yes$/m);
      const known = await criRuntimes(SOCKET);
      assert.equal(known.defaultName, defaultName);
      assert.deepEqual(known.runtimes.get('cdi'), {
        binary: `/usr/local/bin/cdi-${real}`,
        podAnnotations: ['cdi.k8s.io/*'],
      });

      host.cdictl([...configure, '--set-default', '--reload']);
      assert.equal((await criRuntimes(SOCKET)).defaultName, 'cdi-default');

      // first only out of the files: what the containerd that runs may still call stays until it is restarted
      const unconfigure = ['engine', 'unconfigure', 'containerd'];
      for (const _ of ['once', 'again']) {
        assert.match(
          host.cdictl(unconfigure).stdout,
          new RegExp(`^kept ${LINK.replace('runc', real)}: the containerd that runs`, 'm'),
        );
        assert.equal(bytesOf(CONFIG), wanted);
      }
      systemctl('restart', 'containerd.service');
      assert.match(host.cdictl(unconfigure).stdout, new RegExp(`^removed ${LINK.replace('runc', real)}$`, 'm'));
      const left = await criRuntimes(SOCKET);
      assert.deepEqual([left.defaultName, left.runtimes.has('cdi')], [defaultName, false]);
      assert.deepEqual(readdirSync('/usr/local/bin').sort(), ['cdi-runtime', 'cdictl', 'systemctl']);
      assert.ok(!existsSync('/etc/cdi-runtime'));
      assert.deepEqual(readdirSync('/var/lib/cdi-runtime'), []);
    });
  }

  test('a container keeps its link as long as it is there, running or not', async () => {
    must('ctr', ['image', 'import', host.images], { env: host.env });
    host.cdictl(['engine', 'configure', 'containerd', '--reload']);
    must('ctr', ['run', '--detach', '--runc-binary', LINK, IMAGE, 'lives', 'sleep', '1000'], { env: host.env });
    must('ctr', ['run', '--detach', '--runc-binary', LINK, IMAGE, 'waits', 'true'], { env: host.env });
    must('sh', ['-c', 'until ctr task rm waits; do sleep 0.1; done'], { env: host.env });
    const { stderr } = host.cdictl(['engine', 'unconfigure', 'containerd'], 1);
    assert.match(
      stderr,
      /still need its runtime "cdi": "default\/lives" \(running\), "default\/waits" \(stopped\); remove/,
    );
    host.cdictl(['engine', 'unconfigure', 'containerd', '--force', '--reload']);
    assert.equal(ctr('task', 'kill', '--signal', 'SIGKILL', 'lives').status, 0);
    must('sh', ['-c', 'until ctr task ls | grep -q STOPPED; do sleep 0.1; done'], { env: host.env });
    ctr('task', 'rm', 'lives');
    must('ctr', ['container', 'rm', 'lives', 'waits'], { env: host.env });
    assert.match(host.cdictl(['engine', 'unconfigure', 'containerd']).stdout, /^removed \/usr\/local\/bin\/cdi-runc$/m);
  });

  test('docs/engines/containerd.md: every command prints what the page says', () => {
    writeFileSync(
      CONFIG,
      'version = 2\n\n[plugins."io.containerd.grpc.v1.cri"]\n  # ours\n  sandbox_image = "pause"\n',
    );
    systemctl('restart', 'containerd.service');
    must('ctr', ['image', 'tag', '--force', IMAGE, 'docker.io/library/alpine:latest'], { env: host.env });
    host.cdictl(['uninstall']);
    rmSync('/run/cdi', { recursive: true, force: true });
    const page = 'docs/engines/containerd.md';
    for (const ran of runSteps(readPage(page), [], '')) assertAsPromised(page, ran);
  });
});
