// cdictl doctor over trees: engines' own CDI, one device by one engine, hardware, drivers, boots, claims, and the fixes.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { EngineHost } from './engine-host.ts';

const folder = temporaryFolder();

/** Files by their paths; `-> target` makes a link. */
type Files = Readonly<Record<string, string>>;

function hostOf(files: Files): EngineHost {
  const host = new EngineHost(mkdtempSync(join(folder, 'h-')));
  for (const [path, text] of Object.entries({ '/run/keep': '', '/var/run': '-> /run', ...files })) {
    if (text.startsWith('-> ')) host.link(path, text.slice(3));
    else host.put(path, text);
  }
  return host;
}

async function doctor(host: EngineHost, ...words: readonly string[]): Promise<{ status: number; lines: string[] }> {
  const { status, stdout, stderr } = await host.cdictl('doctor', ...words, '--output=json');
  assert.equal(stderr, '');
  const report = JSON.parse(stdout);
  assertConforms('cdictl/doctor.schema.json', report);
  const checks: { id: string; results: { status: string; message: string; cure?: string }[] }[] = report.checks;
  const lines = checks.flatMap(({ results }) =>
    results.flatMap(({ status: how, message, cure }) => [
      `${how}: ${message}`,
      ...(cure === undefined ? [] : [` help: ${cure}`]),
    ]),
  );
  return { status, lines };
}

function dpkg(...packages: readonly (readonly [name: string, version: string])[]): string {
  return packages
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n`)
    .join('\n');
}

function nvidia(version: string): string {
  return spec('nvidia.com/gpu', '0').replace(
    'env: ["D=0"]',
    `mounts: [{ hostPath: /usr/lib/libcuda.so.${version}, containerPath: /usr/lib/libcuda.so.${version}, type: bind }]`,
  );
}

const LIBRARY = { '/usr/lib/libcuda.so.570.133.20': '' };

function pci(at: string, vendor: string, className: string): Files {
  return { [`/sys/bus/pci/devices/${at}/vendor`]: vendor, [`/sys/bus/pci/devices/${at}/class`]: className };
}

/** A render node, as drivers of AMD and Intel have it. */
function renderer(vendor: string): Files {
  const card = '/sys/devices/pci0000:00/0000:00:02.0';
  return { [`${card}/vendor`]: vendor, '/sys/class/drm/renderD128': `-> ../../..${card}/drm/renderD128` };
}

interface Row {
  readonly check: string;
  readonly title: string;
  readonly files: Files;
  readonly want: readonly string[];
}

const LIST = '/var/lib/dpkg/status';
const VENDOR = { '/run/cdi/v.yaml': spec('vendor.com/gpu', 'a') };
const MAKE = ' help: run nvidia-ctk cdi generate --output=/var/run/cdi/nvidia.yaml';
const UNITS = {
  '/usr/lib/systemd/system/nvidia-cdi-refresh.service': '[Unit]\n',
  '/usr/lib/systemd/system/nvidia-cdi-refresh.path': '[Unit]\n',
};
const WANTS = '/etc/systemd/system/multi-user.target.wants';
const ENABLED = {
  ...UNITS,
  [`${WANTS}/nvidia-cdi-refresh.service`]: '-> /usr/lib/systemd/system/nvidia-cdi-refresh.service',
  [`${WANTS}/nvidia-cdi-refresh.path`]: '-> /usr/lib/systemd/system/nvidia-cdi-refresh.path',
};
const CLAIM = 'k8s.gpu.nvidia.com/claim=5f-gpu-0';
const CHECKPOINT = JSON.stringify({
  Data: JSON.stringify({
    ClaimInfoStateList: [{ DriverState: { d: { Devices: [{ CDIDeviceIDs: [CLAIM, 'v.com/c=x'] }] } } }],
  }),
  Checksum: 1,
});

const ROWS: readonly Row[] = [
  { check: 'native-cdi', title: 'no engine', files: {}, want: ['skipped: no engine is installed or configured'] },
  {
    check: 'native-cdi',
    title: 'engines of all kinds',
    files: {
      ...VENDOR,
      [LIST]: dpkg(
        ['docker.io', '26.1.5+dfsg1'],
        ['containerd', '2.1.4'],
        ['cri-o', '1.31.0'],
        ['podman', '5.5.1'],
        ['buildah', '1.41.0'],
        ['buildkit', '0.20.0'],
      ),
      '/etc/buildkit/buildkitd.toml': '[cdi]\ndisabled = true\n',
    },
    want: [
      'warning: docker 26.1.5 reads no specs: features.cdi is not set, and docker 26.1.5 has it off',
      ' help: run cdictl engine configure docker --native-cdi',
      'ok: containerd 2.1.4 reads "/etc/cdi" and "/var/run/cdi"',
      'ok: crio 1.31.0 reads "/etc/cdi" and "/var/run/cdi"',
      'warning: podman 5.5.1 does not read "/var/run/cdi", where there are specs, but "/etc/cdi"',
      ' help: run cdictl engine configure podman --native-cdi',
      'ok: buildah 1.41.0 reads "/etc/cdi" and "/var/run/cdi"',
      'warning: buildkit 0.20.0 reads no specs: cdi.disabled is true',
      ' help: set disabled and specDirs below [cdi] in /etc/buildkit/buildkitd.toml',
    ],
  },
  {
    check: 'native-cdi',
    title: 'an engine to which the shim gives devices, and one that has none to see',
    files: {
      ...VENDOR,
      [LIST]: dpkg(['docker-ce', '5:24.0.7-1']),
      '/etc/docker/daemon.json': '{"runtimes": {"cdi": {"path": "/usr/local/bin/cdi-runc"}}}',
      '/usr/local/bin/cdi-runc': '-> cdi-runtime',
    },
    want: ['ok: docker 24.0.7 reads no specs: docker 24.0.7 has no CDI, which came with 25.0; the shim does it'],
  },
  {
    check: 'native-cdi',
    title: 'a file that cannot be read',
    files: { '/etc/docker/daemon.json': '{' },
    want: ['error: the file is no JSON: a key in double quotes is missing', ' help: correct it first'],
  },
  { check: 'hardware', title: 'no /sys', files: {}, want: ['skipped: /sys is not to be seen'] },
  {
    check: 'hardware',
    title: 'accelerators without a spec, and other cards of their makers',
    files: {
      ...pci('0000:01:00.0', '0x10de', '0x030200'),
      ...pci('0000:01:00.1', '0x10de', '0x040300'),
      ...pci('0000:02:00.0', '0x10de', '0x030000'),
      ...pci('0000:03:00.0', '0x1da3', '0x120000'),
      ...renderer('0x1002'),
      '/sys/class/infiniband/mlx5_0/node_guid': '',
    },
    want: [
      'warning: 2 NVIDIA GPUs, and no spec for them',
      MAKE,
      'warning: 1 AMD GPU, and no spec for it',
      ' help: run amd-ctk cdi generate --output=/etc/cdi/amd.json, or cdictl generate dri',
      'warning: 1 Gaudi accelerator, and no spec for it',
      ' help: run cdi-specs-generator gaudi',
      'warning: 1 RDMA adapter, and no spec for it',
      ' help: install the tool of its vendor, or write a spec with its nodes in /dev/infiniband',
    ],
  },
  {
    check: 'hardware',
    title: 'those that a spec has',
    files: {
      ...pci('0000:01:00.0', '0x10de', '0x030200'),
      ...renderer('0x8086'),
      '/etc/cdi/n.yaml': spec('nvidia.com/gpu', '0'),
      '/etc/cdi/i.yaml': spec('intel.com/gpu', '0'),
    },
    want: ['ok: in specs: 1 NVIDIA GPU, 1 Intel GPU'],
  },
  { check: 'driver', title: 'no specs', files: {}, want: ['skipped: there are no specs'] },
  {
    check: 'driver',
    title: 'the one that is loaded',
    files: { ...LIBRARY, '/etc/cdi/n.yaml': nvidia('570.133.20'), '/sys/module/nvidia/version': '570.133.20\n' },
    want: ['ok: no spec says otherwise'],
  },
  {
    check: 'driver',
    title: 'another one, as /proc tells it',
    files: {
      ...LIBRARY,
      '/etc/cdi/n.yaml': nvidia('570.133.20'),
      '/run/cdi/n.yaml': nvidia('570.133.20'),
      '/proc/driver/nvidia/version':
        'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.57.08  Release Build\nGCC version:  gcc version 13.3.0\n',
    },
    want: [
      `warning: "/etc/cdi/n.yaml" and "/run/cdi/n.yaml" were made for NVIDIA's driver 570.133.20, and 575.57.08 is loaded`.replace(
        '/run/cdi',
        '/var/run/cdi',
      ),
      MAKE,
    ],
  },
  {
    check: 'driver',
    title: 'none at all',
    files: { ...LIBRARY, '/etc/cdi/n.yaml': nvidia('570.133.20') },
    want: [
      `warning: "/etc/cdi/n.yaml" was made for NVIDIA's driver 570.133.20, and none is loaded`,
      ' help: load the driver (modprobe nvidia), or remove "/etc/cdi/n.yaml"',
    ],
  },
  {
    check: 'driver',
    title: 'another one, whose libraries are gone: staleness says it',
    files: { '/etc/cdi/n.yaml': nvidia('570.133.20'), '/sys/module/nvidia/version': '575.57.08\n' },
    want: ['ok: no spec says otherwise'],
  },
  {
    check: 'driver',
    title: 'another boot, which matters in /run alone',
    files: { ...VENDOR, '/etc/cdi/w.yaml': spec('w.com/c', 'a'), '/proc/stat': 'cpu 1\nbtime 9000000000\n' },
    want: [
      'warning: "/var/run/cdi/v.yaml" is older than this boot: its nodes may have other numbers by now',
      ' help: make it again: by the tool of its vendor, or by cdictl generate',
    ],
  },
  { check: 'claims', title: 'no kubelet', files: {}, want: ['skipped: no kubelet has prepared devices by DRA'] },
  {
    check: 'claims',
    title: 'lost at a reboot',
    files: { '/var/lib/kubelet/dra_manager_state': CHECKPOINT, '/etc/cdi/v.yaml': spec('v.com/c', 'x') },
    want: [
      `warning: no spec has "${CLAIM}", which the kubelet has prepared for pods`,
      ' help: restart the DRA driver of this node, which writes its claim specs again, then the pods',
    ],
  },
  {
    check: 'claims',
    title: 'still there',
    files: {
      '/var/lib/kubelet/dra_manager_state': CHECKPOINT,
      '/etc/cdi/v.yaml': spec('v.com/c', 'x'),
      '/run/cdi/k8s.gpu.nvidia.com-claim_5f.yaml': spec('k8s.gpu.nvidia.com/claim', '5f-gpu-0'),
    },
    want: ['ok: 2 prepared devices, and a spec for each'],
  },
  { check: 'nvidia-cdi-refresh', title: 'no such service', files: {}, want: ['skipped: it is not installed'] },
  {
    check: 'nvidia-cdi-refresh',
    title: 'on, and done',
    files: { ...ENABLED, '/run/cdi/nvidia.yaml': nvidia('570.1') },
    want: ['ok: it is on, and has made /var/run/cdi/nvidia.yaml'],
  },
  {
    check: 'nvidia-cdi-refresh',
    title: 'on, without a driver',
    files: ENABLED,
    want: ['ok: it is on, and waits for a driver'],
  },
  {
    check: 'nvidia-cdi-refresh',
    title: 'on, with a driver and without a spec',
    files: { ...ENABLED, '/sys/module/nvidia/version': '570.133.20\n' },
    want: [
      'warning: it is on and the driver is loaded, but there is no /var/run/cdi/nvidia.yaml',
      ' help: see journalctl --unit nvidia-cdi-refresh.service',
    ],
  },
  {
    check: 'nvidia-cdi-refresh',
    title: 'off',
    files: UNITS,
    want: [
      "warning: nvidia-cdi-refresh.path and nvidia-cdi-refresh.service are not enabled: no one makes NVIDIA's spec at boot",
      ' help: run systemctl enable --now nvidia-cdi-refresh.path nvidia-cdi-refresh.service',
    ],
  },
  {
    check: 'nvidia-cdi-refresh',
    title: 'masked',
    files: { ...UNITS, '/etc/systemd/system/nvidia-cdi-refresh.service': '-> /dev/null' },
    want: [
      'warning: nvidia-cdi-refresh.service is masked by "/etc/systemd/system/nvidia-cdi-refresh.service"',
      ' help: run systemctl unmask nvidia-cdi-refresh.service, then systemctl enable --now nvidia-cdi-refresh.service',
    ],
  },
];
for (const { check, title, files, want } of ROWS) {
  test(`${check}: ${title}`, async () => {
    const host = hostOf(files);
    const { status, lines } = await doctor(host, '--check', check);
    assert.deepEqual(lines, want);
    assert.equal(status, want.some((line) => /^(?:warning|error)/.test(line)) ? 3 : 0);
  });
}

interface Question {
  readonly title: string;
  readonly files: Files;
  readonly words: readonly string[];
  readonly want: readonly string[];
}

const QUESTIONS: readonly Question[] = [
  {
    title: 'one that sees it',
    files: { ...VENDOR, [LIST]: dpkg(['podman', '5.4.2']) },
    words: ['vendor.com/gpu=a', '--engine', 'podman'],
    want: ['ok: podman 5.4.2 sees "vendor.com/gpu=a", of "/var/run/cdi/v.yaml"'],
  },
  {
    title: 'one that does not read that directory',
    files: { ...VENDOR, [LIST]: dpkg(['podman', '5.5.1']) },
    words: ['vendor.com/gpu=a', '--engine', 'podman'],
    want: [
      'error: podman 5.5.1 does not see "vendor.com/gpu=a": "/var/run/cdi/v.yaml" defines it, and of "/var/run/cdi" it reads nothing, but "/etc/cdi"',
      ' help: run cdictl engine configure podman --native-cdi',
    ],
  },
  {
    title: 'one that has it off, with the shim beside it',
    files: {
      ...VENDOR,
      [LIST]: dpkg(['docker.io', '26.1.5']),
      '/etc/docker/daemon.json': '{"runtimes": {"cdi": {"path": "/usr/local/bin/cdi-runc"}}}',
      '/usr/local/bin/cdi-runc': '-> cdi-runtime',
    },
    words: ['vendor.com/gpu=a'],
    want: [
      'error: docker 26.1.5 does not see "vendor.com/gpu=a": features.cdi is not set, and docker 26.1.5 has it off',
      ' help: run cdictl engine configure docker --native-cdi',
      'ok: by its runtime cdi the shim gives it, of "/var/run/cdi/v.yaml": see cdictl explain',
    ],
  },
  {
    title: 'one whose shim refuses it, asked twice',
    files: {
      ...VENDOR,
      '/etc/cdi/gone.json': JSON.stringify({
        cdiVersion: '0.6.0',
        kind: 'a.com/c',
        devices: [
          { name: 'x', containerEdits: { mounts: [{ hostPath: '/gone', containerPath: '/x', type: 'bind' }] } },
        ],
      }),
      [LIST]: dpkg(['docker.io', '26.1.5']),
      '/etc/docker/daemon.json':
        '{"features": {"cdi": true}, "runtimes": {"cdi": {"path": "/usr/local/bin/cdi-runc"}}}',
      '/usr/local/bin/cdi-runc': '-> cdi-runtime',
    },
    words: ['a.com/c=x', 'a.com/c=x'],
    want: [
      'ok: docker 26.1.5 sees "a.com/c=x", of "/etc/cdi/gone.json"',
      'error: by its runtime cdi the shim refuses it: cannot mount "/gone" of spec "/etc/cdi/gone.json": line 1, column 103: the host does not have it',
      ' help: generate the spec again',
    ],
  },
  {
    title: 'one of which no one knows',
    files: { ...VENDOR, '/etc/docker/daemon.json': '{}' },
    words: ['vendor.com/gpu=a', '--engine', 'docker'],
    want: [
      'skipped: docker may see "vendor.com/gpu=a", of "/var/run/cdi/v.yaml": features.cdi is not set: docker has it on from 28.2 on, and its version is not known',
    ],
  },
  {
    title: 'a device that no one has, and one in conflict',
    files: {
      ...VENDOR,
      '/etc/cdi/a.yaml': spec('a.com/c', 'x'),
      '/etc/cdi/b.yaml': spec('a.com/c', 'x'),
      [LIST]: dpkg(['containerd.io', '2.1.4']),
    },
    words: ['vendor.com/gpu=b', 'a.com/c=x', '--engine', 'containerd'],
    want: [
      'error: containerd 2.1.4 does not see "vendor.com/gpu=b": "vendor.com/gpu" has "a"',
      ' help: request one of these',
      'error: containerd 2.1.4 does not see "a.com/c=x": "/etc/cdi/a.yaml" and "/etc/cdi/b.yaml" define it with the same priority',
      ' help: let only one of them define it',
    ],
  },
];
for (const { title, files, words, want } of QUESTIONS) {
  test(`a device, by an engine: ${title}`, async () => {
    const { status, lines } = await doctor(hostOf(files), ...words);
    assert.deepEqual(lines, want);
    assert.equal(status, want.some((line) => line.startsWith('error')) ? 3 : 0);
  });
}

const WRONG: [words: readonly string[], said: RegExp][] = [
  [['v.com/c=x', '--engine', 'dockre'], /engine "dockre" is none of docker, .*, buildkit; did you mean "docker"/],
  [['--engine', 'docker'], /option --engine needs a DEVICE/],
  [['v.com/c=x', '--check', 'specs'], /option --check does not go with a DEVICE/],
  [['v.com/c=x'], /no engine is installed or configured here; name one by --engine/],
];
for (const [words, said] of WRONG) {
  test(`it is wrong usage: ${words.join(' ')}`, async () => {
    const { status, stderr } = await hostOf({}).cdictl('doctor', ...words);
    assert.equal(status, 2);
    assert.match(stderr, said);
  });
}

const OURS = 'cdi-runtime.dev-fuse';
const SPEC = spec('cdi-runtime.dev/fuse', 'fuse');

function sick(): EngineHost {
  const host = hostOf({
    [`/run/cdi/${OURS}.yaml`]: SPEC,
    [`/run/cdi/${OURS}.json`]: JSON.stringify({
      cdiVersion: '0.6.0',
      kind: 'cdi-runtime.dev/fuse',
      devices: [{ name: 'fuse', containerEdits: { env: ['A=1'] } }],
    }),
    '/etc/cdi-runtime/config.d/keep': '',
  });
  chmodSync(host.at('/etc/cdi-runtime/config.d'), 0o777);
  return host;
}

test('a spec of ours in both formats, and a folder that others can write, have the command that mends them', async () => {
  const host = sick();
  const { status, lines } = await doctor(host, '--check', 'conflicts', '--check', 'settings');
  assert.equal(status, 3);
  const help = lines.filter((line) => line.startsWith(' help: '));
  assert.deepEqual(help, [
    ' help: run chmod go-w /etc/cdi-runtime/config.d',
    ` help: run rm /var/run/cdi/${OURS}.json: cdictl generate made both`,
  ]);
});
