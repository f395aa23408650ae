// cdictl engine for a dockerd that runs: in by a reload, in use, as the default, and out again to the byte.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertAsPromised, readPage, runSteps } from '../../test/docs/page.ts';
import { must, type Outcome, run, without } from '../support/command.ts';
import { IMAGE } from '../support/image.ts';
import { bytesOf, type OwnHost, ownHost, ownSystemctl } from './own-host.ts';

const CONFIG = '/etc/docker/daemon.json';
const PID = '/run/dockerd-test.pid';
/** As an administrator has it: of the machine are only its network and its cgroups. */
const DAEMON = `{
    "log-driver": "local",
  "log-opts": { "max-size": "10m" },
    "iptables": false, "ip6tables": false, "ip-forward": false, "bridge": "none",
    "storage-driver": "overlay2",
    "exec-opts": ["native.cgroupdriver=cgroupfs"],
    "labels": ["a=\\u00e4"]
}`;
/** For the page, which shows a file of its own. */
const OPTIONS = [
  '--iptables=false',
  '--ip6tables=false',
  '--ip-forward=false',
  '--bridge=none',
  '--storage-driver=overlay2',
];

describe('docker, by cdictl engine', { skip: without('dockerd', 'docker', 'runc') }, () => {
  let host: OwnHost;
  const docker = (...args: string[]): Outcome => run('docker', args, { env: host.env });
  const ask = ['--annotation', 'cdi.k8s.io/fuse=cdi-runtime.dev/fuse=fuse'];
  const open = ['--network', 'none', IMAGE, 'sh', '-c', 'test -c /dev/fuse && exec 3<>/dev/fuse && echo it opens'];
  const systemctl = (...args: string[]): string => must('systemctl', args, { env: host.env });
  const begin = (text: string, options: readonly string[]): void => {
    mkdirSync('/etc/docker', { recursive: true });
    writeFileSync(CONFIG, text);
    ownSystemctl(
      'docker.service',
      PID,
      `setsid dockerd ${options.join(' ')} >>${host.folder}/dockerd.log 2>&1 </dev/null & pid=$!`,
      'docker version',
    );
    systemctl('start', 'docker.service');
  };

  before(() => {
    host = ownHost();
    begin(DAEMON, []);
    must('docker', ['load', '--input', host.images], { env: host.env });
    host.cdictl(['install']);
    host.cdictl(['generate', 'fuse']);
  });
  after(() => {
    run('systemctl', ['stop', 'docker.service'], { env: host.env });
    host.takeDown();
    rmSync('/run/cdi', { recursive: true, force: true });
  });

  test('it is configured, told, used, the default, and out again without a trace', () => {
    const files = (): string[] => ['/etc', '/var/lib/cdi-runtime'].flatMap((path) => readdirSync(path).sort());
    const [wanted, listed] = [bytesOf(CONFIG), files()];

    host.cdictl(['engine', 'configure', 'docker']);
    assert.match(host.cdictl(['engine', 'status', 'docker']).stdout, /^docker +cdi +no .* ok +after a reload$/m);
    assert.match(docker('run', '--runtime', 'cdi', IMAGE, 'true').stderr, /unknown or invalid runtime name: cdi/);
    const told = host.cdictl(['engine', 'configure', 'docker', '--reload']).stdout;
    assert.match(told, /^reloaded: SIGHUP to dockerd \(process \d+\)$/m);
    assert.match(host.cdictl(['engine', 'status', 'docker']).stdout, /^docker +cdi +no .* ok +yes$/m);
    assert.deepEqual(docker('run', '--rm', '--runtime', 'cdi', ...ask, ...open), {
      status: 0,
      stdout: 'it opens\n',
      stderr: '',
    });

    const byDefault = host.cdictl(['engine', 'configure', 'docker', '--set-default', '--reload']).stdout;
    assert.match(byDefault, /^the default is cdi-default, .*: there the environment asks for nothing$/m);
    assert.equal(must('docker', ['info', '--format', '{{.DefaultRuntime}}'], { env: host.env }), 'cdi-default\n');
    assert.equal(docker('run', '--rm', ...ask, ...open).stdout, 'it opens\n');
    const byEnvironment = ['--env', 'CDI_DEVICES=cdi-runtime.dev/fuse=fuse'];
    assert.notEqual(docker('run', '--rm', ...byEnvironment, ...open).status, 0);
    assert.equal(docker('run', '--rm', '--runtime', 'cdi', ...byEnvironment, ...open).stdout, 'it opens\n');

    must('docker', ['create', '--name', 'stopped', IMAGE], { env: host.env });
    must('docker', ['run', '--detach', '--name', 'runs', '--network', 'none', IMAGE, 'sleep', '1000'], {
      env: host.env,
    });
    const refused = host.cdictl(['engine', 'unconfigure', 'docker'], 1).stderr;
    assert.match(
      refused,
      /containers still need its runtime "cdi": "(?:stopped" \(stopped\), "runs" \(running\)|runs" \(running\), "stopped" \(stopped\)); remove/,
    );
    must('docker', ['rm', '--force', 'runs', 'stopped'], { env: host.env });

    const gone = host.cdictl(['engine', 'unconfigure', 'docker', '--reload']).stdout;
    assert.match(gone, /^reloaded: SIGHUP/m);
    assert.equal(bytesOf(CONFIG), wanted);
    assert.deepEqual(files(), listed);
    assert.ok(!existsSync('/usr/local/bin/cdi-runc'));
    assert.equal(must('docker', ['info', '--format', '{{.DefaultRuntime}}'], { env: host.env }), 'runc\n');
    assert.match(docker('run', '--runtime', 'cdi', IMAGE, 'true').stderr, /unknown or invalid runtime name: cdi/);
  });

  test('taken out by force, a container that runs can still be ended', () => {
    host.cdictl(['engine', 'configure', 'docker', '--reload']);
    const life = ['run', '--detach', '--runtime', 'cdi', '--network', 'none', '--name', 'left', IMAGE, 'sleep', '1000'];
    must('docker', life, { env: host.env });
    host.cdictl(['engine', 'unconfigure', 'docker', '--force', '--reload']);
    assert.equal(docker('kill', 'left').status, 0);
    assert.equal(docker('rm', '--force', 'left').status, 0);
    assert.match(host.cdictl(['engine', 'unconfigure', 'docker']).stdout, /^removed \/usr\/local\/bin\/cdi-runc$/m);
  });

  test('what dockerd refuses is taken back', () => {
    const both = DAEMON.replace('"log-driver": "local"', '"log-driver": "local", "log-drive": 1');
    writeFileSync(CONFIG, both);
    const { stderr } = host.cdictl(['engine', 'configure', 'docker'], 1);
    assert.match(
      stderr,
      /^cdictl: cannot configure docker: dockerd --validate --config-file .* refuses the result with ".*"; it refuses them as they are, too: correct them first\n$/,
    );
    assert.equal(bytesOf(CONFIG), Buffer.from(both).toString('base64'));
    assert.deepEqual(readdirSync('/var/lib/cdi-runtime'), []);
  });

  for (const page of ['docs/engines/docker.md', 'README.md'])
    test(`${page}: every command prints what the page says`, () => {
      systemctl('stop', 'docker.service');
      begin('{\n  "log-driver": "local"\n}\n', [...OPTIONS, '--exec-opt=native.cgroupdriver=cgroupfs']);
      must('docker', ['tag', IMAGE, 'alpine:latest'], { env: host.env });
      host.cdictl(['uninstall', '--force']);
      rmSync('/run/cdi', { recursive: true, force: true });
      for (const ran of runSteps(readPage(page), [], `export PATH=${host.env['PATH']}`)) assertAsPromised(page, ran);
    });
});
