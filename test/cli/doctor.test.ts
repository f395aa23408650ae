// cdictl doctor over hosts in a folder, and over this machine as it happens to be.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { CHECKS } from '../../src/cli/doctor/checks.ts';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { SHIM } from '../support/run-shim.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const PACKAGE = resolve(import.meta.dirname, '../../package.json');
const VERSION: string = JSON.parse(readFileSync(PACKAGE, 'utf8')).version;
let count = 0;

/** Files of a host by their paths there; `-> target` makes a link. */
type Files = Readonly<Record<string, string>>;

function hostOf(files: Files): string {
  const root = join(folder, String(++count));
  mkdirSync(root, { mode: 0o755 });
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else if (text === SHIM) copyFileSync(SHIM, file);
    else writeFileSync(file, text);
    if (!text.startsWith('-> ')) chmodSync(file, /\/s?bin\//.test(path) ? 0o755 : 0o644);
  }
  return root;
}

/** A host on which everything is as it should be. */
const SOUND: Files = {
  '/run/keep': '',
  '/var/run': '-> /run',
  '/run/cdi/vendor.yaml': spec('vendor.com/gpu', 'a', 'b'),
  '/etc/cdi-runtime/config.yaml': 'specDirs: [/etc/cdi, /var/run/cdi]\naudit: { path: /var/log/a.jsonl }\n',
  '/etc/cdi/README': '',
  '/usr/bin/runc': '#!/bin/false\n',
  '/usr/local/bin/cdi-runtime': SHIM,
  '/usr/local/bin/cdi-runc': '-> cdi-runtime',
  '/etc/docker/daemon.json': '{"runtimes": {"cdi": {"path": "/usr/local/bin/cdi-runc"}}}\n',
  '/sys/fs/cgroup/cgroup.controllers': 'cpu\n',
  '/proc/sys/kernel/osrelease': '6.12.1\n',
  '/boot/config-6.12.1': 'CONFIG_CGROUP_BPF=y\n',
  '/var/log/keep': '',
};

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function doctor(words: readonly string[], width = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const [stdout, stderr] = [createCollectingTerminal(width), createCollectingTerminal(width)];
  const status = await run(['doctor', ...words], { host: createNodeHost(), stdout, stderr, version: VERSION });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

interface Report {
  readonly version: string;
  readonly checks: readonly {
    readonly id: string;
    readonly status: string;
    readonly results: readonly { readonly status: string; readonly message: string; readonly path?: string }[];
  }[];
}

async function report(words: readonly string[]): Promise<Report & { readonly exit: number }> {
  const { status, stdout } = await doctor([...words, '--output=json']);
  const data: Report = JSON.parse(stdout);
  assertConforms('cdictl/doctor.schema.json', data);
  const isBad = data.checks.some((check) => check.status === 'warning' || check.status === 'error');
  assert.equal(status, isBad ? 3 : 0);
  return { ...data, exit: status };
}

test('on a host that is in order nothing is wrong, and its own links are followed', async () => {
  const root = hostOf(SOUND);
  const { exit, version, checks } = await report(['--host-root', root]);
  assert.deepEqual([exit, version], [0, VERSION]);
  const said = Object.fromEntries(
    checks.map(({ id, results }) => [id, results.map(({ message }) => message).join('\n')]),
  );
  assert.match(said['audit'] ?? '', /^\/var\/log\/a\.jsonl: room for \d+ MiB$/);
  assert.deepEqual(
    { ...said, audit: '' },
    {
      settings: 'valid: "/etc/cdi-runtime/config.yaml"',
      'spec-dirs': '"/etc/cdi" and "/var/run/cdi"',
      specs: '1 spec with 2 devices',
      conflicts: 'no device is defined twice',
      ownership: 'only root, or this user, can write them',
      staleness: 'nothing is wrong with 1 spec',
      hooks: 'nothing is wrong with 1 spec',
      hardware: 'nothing is known here that needs a spec',
      driver: 'no spec says otherwise',
      claims: 'no kubelet has prepared devices by DRA',
      'nvidia-cdi-refresh': 'it is not installed',
      runtime: '/usr/bin/runc',
      shim: `/usr/local/bin/cdi-runtime: version ${VERSION}`,
      links: '/usr/local/bin/cdi-runc runs /usr/bin/runc',
      engines: 'docker: runtime "cdi" runs /usr/bin/runc',
      'native-cdi': 'docker: features.cdi is not set: docker has it on from 28.2 on, and its version is not known',
      cgroups: 'v2: device rules are programs of the kernel',
      'device-filter': 'kernel 6.12.1 with CONFIG_CGROUP_BPF',
      'user-namespaces': 'ordinary users can make them, as far as is to be seen',
      rootless: 'users of another root are not looked at',
      'security-modules': 'neither SELinux nor AppArmor is on',
      acls: 'no spec has device nodes',
      audit: '',
    },
  );
});

interface Illness {
  readonly title: string;
  readonly check: string;
  readonly files?: Files;
  readonly spoil?: (root: string) => void;
  readonly want: readonly string[];
}

const ILLNESSES: readonly Illness[] = [
  {
    title: 'a spec in error behind a link',
    check: 'specs',
    files: { '/etc/cdi/a.yaml': '-> /opt/a.yaml', '/opt/a.yaml': 'kind: 1\n' },
    want: ['error: the spec has no cdiVersion'],
  },
  {
    title: 'a spec whose link leads out of the host',
    check: 'specs',
    files: { '/etc/cdi/a.yaml': `-> ${PACKAGE}` },
    want: ['error: cannot load spec "/etc/cdi/a.yaml": it is missing, or its link leads nowhere'],
  },
  {
    title: 'a stale node',
    check: 'staleness',
    files: { '/etc/cdi/a.yaml': spec('v.com/c', 'x').replace('env: ["D=x"]', 'deviceNodes: [{ path: /dev/null }]') },
    want: ['warning: cannot inject device node "/dev/null": the host does not have it'],
  },
  {
    title: 'a shim that was cut off',
    check: 'shim',
    spoil: (root) => truncateSync(join(root, 'usr/local/bin/cdi-runtime'), 100_000),
    want: ['error: /usr/local/bin/cdi-runtime is cut off at 100000 bytes'],
  },
  {
    title: 'a shim with a byte that is another',
    check: 'shim',
    spoil: (root) => {
      const path = join(root, 'usr/local/bin/cdi-runtime');
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
    want: [`warning: /usr/local/bin/cdi-runtime is not the shim of this cdictl, though of its version`],
  },
  {
    title: 'links that go in a circle',
    check: 'shim',
    files: { '/usr/local/bin/cdi-runtime': '-> cdi-b', '/usr/local/bin/cdi-b': '-> cdi-runtime' },
    want: ['error: /usr/local/bin/cdi-runtime: its links form a loop'],
  },
  {
    title: 'a circle of links beside the shim',
    check: 'links',
    files: { '/usr/local/bin/cdi-crun': '-> cdi-b', '/usr/local/bin/cdi-b': '-> cdi-crun' },
    want: ['error: cannot follow "/usr/local/bin/cdi-b": its links go in a circle'],
  },
  {
    title: 'links to runtimes that are not there, and programs of others',
    check: 'links',
    files: { '/usr/local/bin/cdi-crun': '-> cdi-runtime', '/usr/local/bin/cdi-tool': 'another program\n' },
    want: [
      'error: the runtime crun is in none of /usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin',
      'ok: /usr/local/bin/cdi-runc runs /usr/bin/runc',
    ],
  },
  {
    title: 'an engine whose link leads nowhere',
    check: 'engines',
    files: { '/etc/docker/daemon.json': '{"runtimes": {"cdi": {"path": "/usr/local/bin/cdi-gone"}}}\n' },
    want: ['error: docker: runtime "cdi": "/usr/local/bin/cdi-gone" leads nowhere: run cdictl install'],
  },
  {
    title: 'an engine whose file is broken',
    check: 'engines',
    files: { '/etc/docker/daemon.json': '{\n' },
    want: ['error: the file is no JSON'],
  },
];

for (const { title, check, files = {}, spoil, want } of ILLNESSES) {
  test(`${check} finds ${title}`, async () => {
    const root = hostOf({ ...SOUND, ...files });
    spoil?.(root);
    const { checks } = await report(['--host-root', root, '--check', check]);
    assert.deepEqual(
      checks.map(({ id }) => id),
      [check],
    );
    const said = (checks[0]?.results ?? []).map(({ status, message }) => `${status}: ${message}`);
    assert.deepEqual(
      said.map((line, at) => line.slice(0, want[at]?.length)),
      want,
    );
    for (const line of said) assert.ok(!line.includes(folder), line);
  });
}

const SICK: Files = {
  '/etc/cdi/a.yaml': spec('v.com/c', 'x'),
  '/etc/cdi/b.yaml': spec('v.com/c', 'x'),
  '/usr/bin/runc': '',
};

test('for people, each result is a line with what to do below, which fits the terminal', async () => {
  const root = hostOf(SICK);
  const { status, stdout } = await doctor(
    ['--host-root', root, '--check', 'conflicts', '--check', 'shim', '--check', 'settings', '--check', 'hooks'],
    60,
  );
  assert.equal(status, 3);
  assert.deepEqual(stdout.split('\n'), [
    'ok       settings   no settings file is there: the defaults',
    '         hold',
    'error    conflicts  no one can resolve "v.com/c=x":',
    '         "/etc/cdi/a.yaml" and "/etc/cdi/b.yaml" define it',
    '         with the same priority',
    '         help: let only one of them define it',
    'ok       hooks      nothing is wrong with 2 specs',
    'warning  shim       there is no shim at',
    '         /usr/local/bin/cdi-runtime',
    '         help: run cdictl install',
    '1 error, 1 warning in 4 checks',
    '',
  ]);
});

test('--quiet shows only what is wrong', async () => {
  const checks = ['--check=conflicts', '--check=shim', '--check=settings', '--quiet', '--host-root'];
  assert.deepEqual((await doctor([...checks, hostOf(SICK)])).stdout.split('\n'), [
    'error    conflicts  no one can resolve "v.com/c=x": "/etc/cdi/a.yaml" and "/etc/cdi/b.yaml" define it with the same priority',
    '         help: let only one of them define it',
    'warning  shim       there is no shim at /usr/local/bin/cdi-runtime',
    '         help: run cdictl install',
    '',
  ]);
  assert.deepEqual(await doctor([...checks, hostOf(SOUND)]), { status: 0, stdout: '', stderr: '' });
});

test('of many results of one check the first ten are shown, and the others counted, unless each is asked for', async () => {
  const names = Array.from({ length: 13 }, (_, at) => `d${at}`);
  const twins = names.flatMap((name) =>
    ['a', 'b'].map((one) => [`/etc/cdi/${name}${one}.yaml`, spec('v.com/c', name)]),
  );
  const words = ['--host-root', hostOf(Object.fromEntries(twins)), '--check=conflicts'];
  const { stdout } = await doctor(words);
  assert.equal(stdout.match(/^error/gm)?.length, 10);
  assert.match(stdout, /\n {9}and 3 more: see -v\n13 errors, 0 warnings in 1 check\n$/);
  assert.equal((await doctor([...words, '-v'])).stdout.match(/^error/gm)?.length, 13);
});

test('the update of a driver is told in five lines of a terminal, and no path of it is broken', async () => {
  const path = '/var/run/cdi/k8s.device-plugin.nvidia.com-gpu.json';
  const library = (version: string, at: number): string => `/usr/lib/x86_64-linux-gnu/libnvidia-${at}.so.${version}`;
  const numbers = Array.from({ length: 29 }, (_, at) => at);
  const mounts = numbers.map((at) => ({
    hostPath: library('570.133.20', at),
    containerPath: library('570.133.20', at),
  }));
  const root = hostOf({
    '/var/run': '-> /run',
    [path.replace('/var', '')]: JSON.stringify(
      { cdiVersion: '0.6.0', kind: 'nvidia.com/gpu', devices: [{ name: 'x', containerEdits: { mounts } }] },
      undefined,
      2,
    ),
    ...Object.fromEntries(numbers.map((at) => [library('575.57.08', at), ''])),
  });
  const { stdout } = await doctor(['--host-root', root, '--check=staleness', '--check=nvidia-cdi-refresh'], 80);
  const [, finding = ''] = /^(warning.*?)\nskipped/ms.exec(stdout) ?? [];
  assert.ok(finding.split('\n').length <= 5, stdout);
  for (const whole of [`  ${path}:`, `=${path}`]) assert.ok(finding.includes(whole), stdout);
});

test('many results of one cause are one, unless each is asked for', async () => {
  const names = Array.from({ length: 13 }, (_, at) => `d${at}`);
  const root = hostOf({ '/etc/cdi/a.yaml': spec('v.com/c', ...names), '/etc/cdi/b.yaml': spec('v.com/c', ...names) });
  const { stdout } = await doctor(['--host-root', root, '--check=conflicts']);
  assert.equal(
    stdout,
    [
      'error    conflicts  "/etc/cdi/a.yaml" and "/etc/cdi/b.yaml" define the same 13 devices with the same priority',
      '         help: delete one of them, or its devices',
      '1 error, 0 warnings in 1 check',
      '',
    ].join('\n'),
  );
  const { checks } = await report(['--host-root', root, '--check=conflicts']);
  assert.equal(checks[0]?.results.length, 13);
});

test('the directories and the shim of the command line are those of the host that is looked at', async () => {
  const root = hostOf({ ...SOUND, '/opt/cdi/a.yaml': spec('v.com/c', 'x'), '/opt/bin/cdi-runtime': SHIM });
  const { checks } = await report([
    ...['--host-root', root, '--spec-dirs=/opt/cdi', '--shim-path=/opt/bin/cdi-runtime'],
    ...['--check=specs', '--check=shim'],
  ]);
  assert.deepEqual(
    checks.map(({ results }) => results[0]?.message),
    ['1 spec with 1 device', `/opt/bin/cdi-runtime: version ${VERSION}`],
  );
});

const WRONG: readonly (readonly [words: readonly string[], message: string])[] = [
  [['--check', 'hook'], 'check "hook" is unknown; did you mean "hooks"?'],
  [['--host-root=/', 'x'], 'device "x" has no "="; write it as vendor.com/class=name'],
  [
    ['--host-root', folder, '--config=/c.yaml'],
    'option --config does not go with --host-root; see cdictl doctor --help',
  ],
];

for (const [words, message] of WRONG) {
  test(`doctor ${words[0]} is wrong usage where: ${message}`, async () => {
    assert.deepEqual(await doctor(words), { status: 2, stdout: '', stderr: `cdictl: ${message}\n` });
  });
}

test('whatever the state of this machine, every check has its say', async () => {
  const { checks } = await report([]);
  assert.deepEqual(
    checks.map(({ id }) => id),
    CHECKS.map(({ id }) => id),
  );
});
