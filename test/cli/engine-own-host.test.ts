// cdictl engine on the host that it runs on, as an ordinary user: the engine's program judges, and a daemon is told.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import type { SpecHost } from '../../src/host/host.ts';
import { createNodeHost } from '../../src/host/node.ts';
import type { CdictlOutcome } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const DAEMON = resolve(import.meta.dirname, 'fixtures/engine-daemon.ts');
const folder = temporaryFolder();
const path = process.env['PATH'];
const daemons: ChildProcess[] = [];
afterEach(() => {
  process.env['PATH'] = path;
  for (const daemon of daemons.splice(0)) daemon.kill();
});

/** A home with the shim and stand-ins of programs; nothing of the machine's own settings is seen. */
class User extends EngineHost {
  constructor() {
    super(mkdtempSync(join(folder, 'u-')));
    mkdirSync(this.at('/bin'));
    process.env['PATH'] = `${this.at('/bin')}:${path}`;
  }

  /** A program that answers as the script says. */
  script(name: string, script: string): void {
    writeFileSync(this.at(`/bin/${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(this.at(`/bin/${name}`), 0o755);
  }

  get shim(): string[] {
    return ['--shim-path', this.at('/usr/local/bin/cdi-runtime')];
  }

  override async cdictl(...words: string[]): Promise<CdictlOutcome> {
    const machine = createNodeHost();
    const own: Readonly<Record<string, string>> = {
      HOME: this.root,
      XDG_CONFIG_HOME: this.at('/config'),
      XDG_STATE_HOME: this.at('/state'),
    };
    const isOfSystem = (file: string): boolean => file.startsWith('/etc/cdi-runtime');
    const host: SpecHost = {
      ...machine,
      ids: () => ({ uid: machine.ids().uid || 1000, gid: 1000 }),
      environment: (name) => own[name],
      readFile: (file, most) => (isOfSystem(file) ? { errno: 'ENOENT' } : machine.readFile(file, most)),
      listDirectory: (file) => (isOfSystem(file) ? { errno: 'ENOENT' } : machine.listDirectory(file)),
    };
    const [stdout, stderr] = [createCollectingTerminal(Number.POSITIVE_INFINITY), createCollectingTerminal()];
    const status = await run(words, { host, stdout, stderr, version: '0' });
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** Starts the stand-in for a daemon under the daemon's name. */
  async start(name: string, config: string, socketOption: string): Promise<ChildProcess> {
    this.script(name, 'exit 0');
    mkdirSync(this.at('/daemon'));
    const program = this.at(`/daemon/${name}`);
    symlinkSync(process.execPath, program);
    const socket = this.at('/socket');
    const daemon = spawn(
      program,
      [DAEMON, socket, ...configWords(name, config), socketOption, name === 'dockerd' ? `unix://${socket}` : socket],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    daemons.push(daemon);
    while (!existsSync(`${socket}.up`)) await pause(20);
    return daemon;
  }
}

function configWords(name: string, config: string): string[] {
  return [name === 'dockerd' ? '--config-file' : '--config', config];
}

test('what the engine refuses is taken back, with the engine’s words', async () => {
  const user = new User();
  user.script(
    'dockerd',
    'echo "level=info about" >&2; ! grep -q cdi-runc "$3" || { echo "unknown directive" >&2; exit 1; }',
  );
  user.put('/config/docker/daemon.json', '{ "debug": true }\n');
  const before = user.state();
  const { status, stdout, stderr } = await user.cdictl('engine', 'configure', 'docker', '--set-default', ...user.shim);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    `cdictl: cannot configure docker: dockerd --validate --config-file ${user.at('/config/docker/daemon.json')} refuses the result with "unknown directive"; all files are as they were\n`,
  );
  assert.deepEqual(user.state(), before);
});

test('what the engine refuses before us is told apart', async () => {
  const user = new User();
  user.script('dockerd', 'echo broken >&2; exit 1');
  user.put('/config/docker/daemon.json', '{}');
  const before = user.state();
  const { stderr } = await user.cdictl('engine', 'configure', 'docker', ...user.shim);
  assert.match(stderr, /refuses the result with "broken"; it refuses them as they are, too: correct them first\n$/);
  assert.deepEqual(user.state(), before);
});

test('an engine judges its files also where the working directory is gone', async () => {
  const user = new User();
  user.script('dockerd', 'exit 0');
  user.put('/config/docker/daemon.json', '{}');
  const before = process.cwd();
  mkdirSync(user.at('/gone'));
  process.chdir(user.at('/gone'));
  rmdirSync(user.at('/gone'));
  try {
    const { stdout } = await user.cdictl('engine', 'configure', 'docker', ...user.shim);
    assert.match(stdout, /^checked: dockerd --validate /m);
  } finally {
    process.chdir(before);
  }
});

test('what cannot be written is taken back', async () => {
  const user = new User();
  user.script('dockerd', 'exit 0');
  user.put('/file', '');
  const before = user.state();
  const config = ['--engine-config', user.at('/file/daemon.json')];
  const { status, stderr } = await user.cdictl('engine', 'configure', 'docker', ...config, ...user.shim);
  assert.equal(status, 1);
  assert.match(stderr, /^cdictl: cannot configure docker: ".*\/file\/daemon.json.*" cannot be written \(ENOTDIR\)\n$/);
  assert.deepEqual(user.state(), before);
});

test('the version is asked of the engine', async () => {
  const user = new User();
  user.script(
    'containerd',
    '[ "$1" != --version ] || echo "containerd github.com/containerd/containerd/v2 v2.1.4 fb4c"',
  );
  const { stdout } = await user.cdictl('engine', 'configure', 'containerd', ...user.shim);
  assert.match(stdout, /^checked: containerd --config .*\/config\/containerd\/config.toml config dump$/m);
  assert.match(user.read('/config/containerd/config.toml'), /^version = 3$/m);
});

test('a file that goes is not judged by the engine, which would miss it', async () => {
  const user = new User();
  user.script('containerd', '[ "$1" = --version ] || [ -f "$2" ]');
  user.script('podman', '[ -z "$CONTAINERS_CONF_OVERRIDE" ] || [ -f "$CONTAINERS_CONF_OVERRIDE" ]');
  mkdirSync(user.at('/state'));
  const before = user.state();
  for (const engine of ['containerd', 'podman']) {
    assert.equal((await user.cdictl('engine', 'configure', engine, ...user.shim)).status, 0);
    const { status, stderr } = await user.cdictl('engine', 'unconfigure', engine);
    assert.deepEqual([status, stderr], [0, '']);
  }
  assert.deepEqual(user.state(), before);
});

test('a user’s own default runtime leaves the user’s settings alone', async () => {
  const user = new User();
  user.script('podman', 'echo "podman version 5.4.2"');
  const words = ['engine', 'configure', 'podman', '--set-default', ...user.shim];
  const { status, stderr } = await user.cdictl(...words);
  assert.deepEqual([status, stderr], [0, '']);
  assert.ok(!existsSync(user.at('/config/cdi-runtime')));
  assert.ok(existsSync(user.at('/state/cdi-runtime/engines/podman.json')));
});

test('docker: a running daemon is told by --reload, and takes it', async () => {
  const user = new User();
  const config = '/config/docker/daemon.json';
  user.put(config, '');
  const daemon = await user.start('dockerd', user.at(config), '-H');
  const status = async (): Promise<string> => (await user.cdictl('engine', 'status', 'docker')).stdout;

  assert.equal((await user.cdictl('engine', 'configure', 'docker', ...user.shim)).status, 0);
  assert.match(await status(), /^docker +cdi .* ok +after a reload\ndocker: it runs with other/m);
  const told = await user.cdictl('engine', 'configure', 'docker', ...user.shim, '--reload');
  assert.equal(told.stderr, '');
  assert.match(told.stdout, new RegExp(`^reloaded: SIGHUP to dockerd \\(process ${daemon.pid}\\)$`, 'm'));
  assert.match(await status(), /^docker +cdi .* ok +yes$/m);
  const again = await user.cdictl('engine', 'configure', 'docker', ...user.shim, '--reload');
  assert.match(again.stdout, /^reloaded: not needed: it has the runtime already$/m);

  const kept = await user.cdictl('engine', 'unconfigure', 'docker');
  assert.match(kept.stdout, /^kept .*\/cdi-(?:runc|crun): the \w+ that runs still needs it: run this again when /m);
  assert.match((await user.cdictl('engine', 'unconfigure', 'docker')).stdout, /^kept /m);
  assert.match(
    (await user.cdictl('uninstall', '--path', user.shim[1] ?? '')).stderr,
    /is still called by \w+ \(by its record\)/,
  );
  const gone = await user.cdictl('engine', 'unconfigure', 'docker', '--reload');
  assert.match(gone.stdout, /^reloaded: SIGHUP/m, gone.stderr);
  assert.match(gone.stdout, /^removed .*\/cdi-(?:runc|crun)$/m);
});

test('crio: what runs counts from its start on, and a signal would change nothing', async () => {
  const user = new User();
  user.put('/crio.conf', '');
  const file = ['--engine-config', user.at('/crio.conf')];
  await user.start('crio', user.at('/crio.conf'), '--listen');
  assert.equal((await user.cdictl('engine', 'configure', 'crio', ...file, ...user.shim)).status, 0);
  const { stdout } = await user.cdictl('engine', 'status', 'crio', ...file);
  assert.match(stdout, /^crio +cdi .* ok +after a reload\ncrio: .*: systemctl restart crio.service$/m);
  const kept = await user.cdictl('engine', 'unconfigure', 'crio', ...file);
  assert.match(kept.stdout, /^kept .*: the crio that runs still needs it: run this again when /m);
});

test('crio: options of the handler that stands behind are taken over where no file has them', async () => {
  const user = new User();
  // As CRI-O 1.33 prints it: what is as it is anyway stands behind the mark of its prose.
  user.script(
    'crio',
    `cat <<'END'
# default_runtime is the _name_ of the OCI runtime to be used as the default.
# default_runtime = "crun"

# - container_min_memory (optional, string): The minimum memory that must be set for a container.
#[crio.runtime.runtimes.runtime-handler]
# [crio.runtime.runtimes.crun]
# runtime_path = ""
# runtime_type = ""
# runtime_root = "/run/crun"
# inherit_default_runtime = false
# container_min_memory = "500KiB"
# monitor_cgroup = "system.slice"
# monitor_env = [
# 	"PATH=/usr/bin",
# ]
# allowed_annotations = [
# 	"io.kubernetes.cri-o.Devices",
# ]
# privileged_without_host_devices = false

# The workloads table defines ways to customize containers with different resources
# [crio.runtime.workloads]
END`,
  );
  user.put('/crio.conf', '[crio.runtime.runtimes.crun]\nmonitor_cgroup = "pod"\n');
  const file = ['--engine-config', user.at('/crio.conf')];
  const { status, stderr } = await user.cdictl('engine', 'configure', 'crio', ...file, ...user.shim);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(
    user.read('/crio.conf.d/99-cdi-runtime.conf').replace(/^runtime_path = ".*"$/m, 'runtime_path'),
    `# Written by cdictl engine configure; cdictl engine unconfigure removes it.

[crio.runtime.runtimes.cdi]
runtime_path
runtime_type = "oci"
runtime_root = "/run/crun"
container_min_memory = "500KiB"
monitor_cgroup = "pod"
monitor_env = ["PATH=/usr/bin"]
allowed_annotations = ["io.kubernetes.cri-o.Devices"]
`,
  );
});

test('a daemon that does not run need not be told', async () => {
  const user = new User();
  user.script('dockerd', 'exit 0');
  const { stdout } = await user.cdictl('engine', 'configure', 'docker', ...user.shim, '--reload');
  assert.match(stdout, /^reloaded: not needed: it is not running$/m);
});

const BUSYBOX = '/bin/busybox';
const skip =
  process.getuid?.() !== 0 ? 'only root may change the root' : existsSync(BUSYBOX) ? false : 'busybox is not installed';
test('on a host that is seen from a container, its own systemctl is called', { skip }, async () => {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
  const words = ['engine', 'configure', 'containerd', '--reload'];
  const without = await host.cdictl(...words);
  assert.match(without.stderr, /^cdictl: cannot reload containerd: systemd does not run there; do by hand what /);
  mkdirSync(host.at('/run/systemd/system'), { recursive: true });
  host.put('/bin/busybox', readFileSync(BUSYBOX));
  chmodSync(host.at('/bin/busybox'), 0o755);
  host.link('/bin/sh', 'busybox');
  host.put('/usr/bin/systemctl', '#!/bin/sh\necho "$@" $SYSTEMD_IGNORE_CHROOT >/called\n');
  chmodSync(host.at('/usr/bin/systemctl'), 0o755);
  const { status, stdout, stderr } = await host.cdictl(...words);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^reloaded: systemctl restart containerd.service$/m);
  assert.equal(host.read('/called'), 'restart containerd.service 1\n');
});
