// cdictl snapshot and diff: a host in one file, which other commands look at as if it were there.
import assert from 'node:assert/strict';
import fs, { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { mock, test } from 'node:test';
import { createRootedHost } from '../../src/cli/files/rooted-host.ts';
import { run } from '../../src/cli/run.ts';
import { maskText } from '../../src/cli/snapshot/masked-text.ts';
import type { Snapshot } from '../../src/cli/snapshot/snapshot.ts';
import { createCollectingTerminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { closedSchema } from './closed-schema.ts';

const folder = temporaryFolder();

/** A vendor's spec: libraries of a driver for all of three devices, and a variable for each. */
function vendorSpec(version: string, devices: readonly string[]): string {
  const mounts = ['cuda', 'ml', 'jit'].map((name) => {
    const path = `/usr/lib/lib${name}.so.${version}`;
    return `  - { hostPath: ${path}, containerPath: ${path}, options: [ro, bind] }\n`;
  });
  const entries = devices.map((name) => `- { name: "${name}", containerEdits: { env: ["GPU=${name}"] } }\n`);
  return `cdiVersion: "0.6.0"\nkind: vendor.com/gpu\ncontainerEdits:\n  env: ["V_TOKEN=hush"]\n  mounts:\n${mounts.join('')}devices:\n${entries.join('')}`;
}

const OLD = '570.133.20';
const NEW = '575.57.08';

/** Files of a host by their paths; `-> target` makes a link. */
function hostOf(name: string, version: string, others: Readonly<Record<string, string>> = {}): string {
  const files: Readonly<Record<string, string>> = {
    '/etc/cdi/vendor.yaml': vendorSpec(version, ['0', '1', '2']),
    '/etc/cdi/broken.yaml': 'kind: [\n',
    '/var/run': '-> /run',
    '/run/cdi/link.yaml': '-> ../../opt/linked.yaml',
    '/opt/linked.yaml': 'cdiVersion: "0.6.0"\nkind: o.com/n\ndevices: [{ name: m, containerEdits: { env: [A=b] } }]\n',
    '/etc/cdi-runtime/config.yaml': 'stale: warn\n',
    '/etc/docker/daemon.json': '{"proxies": {"http-proxy": "http://u:hush@h"}, "features": {"cdi": true}}',
    '/proc/sys/kernel/osrelease': '6.1.0\n',
    '/sys/module/nvidia/version': `${version}\n`,
    '/sys/bus/pci/devices/0000:01:00.0': '-> ../../../devices/one',
    '/sys/devices/one/class': '0x030200\n',
    '/sys/devices/one/vendor': '0x10de\n',
    '/sys/devices/one/device': '0x2330\n',
    '/sys/devices/one/driver': '-> ../drivers/nvidia',
    '/sys/devices/drivers/nvidia/bind': '',
    ...Object.fromEntries(['cuda', 'ml', 'jit'].map((lib) => [`/usr/lib/lib${lib}.so.${version}`, 'lib\0rary'])),
    ...others,
  };
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else writeFileSync(file, text, { mode: 0o644 });
  }
  return root;
}

// doctor tells the free space, which others change meanwhile
mock.method(fs, 'statfsSync', () => ({ bavail: 12_345, bsize: 1024 * 1024 }));
syncBuiltinESMExports();

const root = hostOf('old', OLD);
const file = join(folder, 'old.json');
const taken = await runCdictl(['snapshot', file, '--host-root', root]);
const snapshot: Snapshot = JSON.parse(readFileSync(file, 'utf8'));
const newer = join(folder, 'newer.json');
await runCdictl(['snapshot', newer, '--quiet', '--host-root', hostOf('new', NEW)]);

test('a spec whose name is no UTF-8 is in it, and is found in it', async () => {
  const strange = hostOf('strange', OLD);
  writeFileSync(
    Buffer.from(`${strange}/etc/cdi/b\xff\xe9.yaml`, 'latin1'),
    'cdiVersion: "0.6.0"\nkind: b.com/c\ndevices: [{ name: d, containerEdits: { env: [A=b] } }]\n',
    { mode: 0o644 },
  );
  const path = join(folder, 'strange.json');
  await runCdictl(['snapshot', path, '--quiet', '--host-root', strange]);
  const { stdout, stderr } = await runCdictl(['specs', 'b.com', '--snapshot', path]);
  assert.match(stdout, /^\/etc\/cdi\/b\\xff\\xe9\.yaml +b\.com\/c +0\.6\.0 +1 +ok$/m, stderr);
});

test('a snapshot is of the published shape, for its owner alone, and says what is not in it', () => {
  assert.equal(taken.status, 0);
  closedSchema('cdictl/snapshot.schema.json')(snapshot);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(JSON.stringify(snapshot), /hush/);
  assert.ok(snapshot.leftOut.includes('/etc/docker/daemon.json: proxies'), taken.stderr);
  assert.ok(snapshot.leftOut.includes('/etc/cdi/vendor.yaml: 1 text like a credential'), taken.stderr);
  for (const sentence of snapshot.leftOut) assert.ok(taken.stderr.includes(sentence), sentence);
  assert.deepEqual(snapshot.hardware, { '10de:2330 nvidia': 1 });
  assert.equal(snapshot.versions['nvidia'], OLD);
});

const broken: [shows: string, files: Readonly<Record<string, string>>, said: RegExp][] = [
  ['settings', { '/etc/cdi-runtime/config.yaml': 'stael: x\n' }, /"stael" is unknown/],
  [
    'files of engines',
    { '/etc/docker/daemon.json': '{"proxies": hush' },
    /daemon.json: it cannot be read as configuration/,
  ],
];
for (const [shows, files, said] of broken) {
  test(`a host with ${shows} in error is in a snapshot all the same`, async () => {
    const at = hostOf(shows, OLD, files);
    const { status, stdout, stderr } = await runCdictl(['snapshot', '--host-root', at]);
    assert.equal(status, 0, stderr);
    closedSchema('cdictl/snapshot.schema.json')(JSON.parse(stdout));
    assert.ok(JSON.parse(stdout).files['/etc/cdi/vendor.yaml'].text.startsWith('cdiVersion'));
    assert.match(JSON.parse(stdout).reports.doctor.text.replaceAll(/\s+/g, ' ') + stderr, said);
    assert.doesNotMatch(stdout, /hush/);
  });
}

test('a library is in a snapshot as a fact, a link as what it says', () => {
  const { kind, text } = snapshot.files[`/usr/lib/libcuda.so.${OLD}`] ?? {};
  assert.deepEqual([kind, text], ['file', undefined]);
  assert.equal(snapshot.files['/run/cdi/link.yaml']?.says, '../../opt/linked.yaml');
});

test('without an operand a snapshot goes to standard output', async () => {
  const { status, stdout } = await runCdictl(['snapshot', '--quiet', '--host-root', root]);
  assert.deepEqual([status, JSON.parse(stdout).files], [0, snapshot.files]);
});

/** On the host itself, as its own root sees it. */
async function runThere(words: readonly string[]): Promise<CdictlOutcome> {
  const [stdout, stderr] = [createCollectingTerminal(), createCollectingTerminal()];
  const host = createRootedHost(createNodeHost(), root);
  const status = await run(words, { host, documents: createNodeHost(), stdout, stderr, version: '0' });
  // what is different by intent
  const masked = (text: string): string => text.replaceAll('hush', 'left-out');
  return { status, stdout: masked(stdout.text()), stderr: stderr.text() };
}

const document = join(folder, 'config.json');
writeFileSync(document, '{"annotations": {"cdi.k8s.io/a": "vendor.com/gpu=1"}}');

const looking: readonly (readonly string[])[] = [
  ['devices'],
  ['devices', '--verbose'],
  ['vendors'],
  ['classes'],
  ['specs', '--verbose'],
  ['dirs', '-o', 'json'],
  ['resolve', 'vendor.com/gpu=0', 'o.com/n=m', 'none.com/x=y'],
  ['explain', 'vendor.com/gpu=2', 'o.com/n=m'],
  ['explain', document],
  ['validate'],
  ['lint'],
  ['config', 'show', '--origin'],
  ['config', 'check'],
  ['policy', 'test', '--device', 'vendor.com/gpu=0'],
  ['policy', 'test', document],
];
for (const words of looking) {
  test(`cdictl ${words.slice(0, 2).join(' ').replace(folder, '')} says of a snapshot what it says on the host`, async () => {
    const there = await runThere(words);
    const digests = (text: string): string => text.replace(/[0-9a-f]{64}/g, 'DIGEST');
    const here = await runCdictl([...words, '--snapshot', file], 80);
    assert.deepEqual({ ...here, stdout: digests(here.stdout) }, { ...there, stdout: digests(there.stdout) });
    assert.notEqual(here.stdout, '');
  });
}

for (const words of [['doctor'], ['engine', 'status']]) {
  test(`${words.join(' ')} of a snapshot is what it was on the host`, async () => {
    for (const output of [[], ['-o', 'json']]) {
      const there = await runCdictl([...words, ...output, '--host-root', root], 80);
      const here = await runCdictl(['--snapshot', file, ...words, ...output]);
      assert.deepEqual([here.status, here.stdout], [there.status, there.stdout]);
      if (words[0] === 'doctor') assert.match(here.stdout, /room for 12345\s+MiB/);
    }
  });
}

test('explain of a snapshot is by the runtime of its host, not by that of this one', async () => {
  const hook = { hookName: 'poststart', path: '/nonexistent/hook' };
  const spec = { cdiVersion: '0.6.0', kind: 'h.com/c', devices: [{ name: 'x', containerEdits: { hooks: [hook] } }] };
  for (const [runtime, want] of [
    ['runc', 1],
    ['crun', 0],
  ] as const) {
    const host = hostOf(`by-${runtime}`, OLD, {
      '/etc/cdi/hook.json': JSON.stringify(spec),
      '/etc/cdi-runtime/config.yaml': 'stale: auto\n',
      [`/usr/bin/${runtime}`]: '',
    });
    chmodSync(join(host, `usr/bin/${runtime}`), 0o755);
    const path = join(folder, `by-${runtime}.json`);
    await runCdictl(['snapshot', path, '--quiet', '--host-root', host]);
    const { status, stdout } = await runCdictl(['explain', 'h.com/c=x', '--snapshot', path]);
    assert.equal(status, want, stdout);
  }
});

const refused: [words: string[], message: string][] = [
  [['lint', '--fix'], 'option --fix does not go with --snapshot'],
  [['devices', '--held'], 'option --held does not go with --snapshot'],
  [['devices', '--seen'], 'option --seen does not go with --snapshot'],
  [['devices', '--filter', 'free'], 'filters held and free do not go with --snapshot; no container is in a snapshot'],
  [['doctor', '--host-root', '/h'], 'option --host-root does not go with --snapshot'],
  [['devices', '--config', '/c'], 'option --config does not go with --snapshot'],
  [['explain', '--bundle', '/b'], 'option --bundle does not go with --snapshot'],
  [['explain', 'docker:web'], 'no container is in a snapshot: give its config.json, not docker:web'],
  [['doctor', '--check', 'shim'], 'doctor of a snapshot is what it was when it was taken, whole'],
  [['engine', 'status', 'docker'], 'engine status of a snapshot is what it was when it was taken, whole'],
];
for (const [words, message] of refused) {
  test(`${words.join(' ')} with a snapshot is wrong usage`, async () => {
    assert.deepEqual(await runCdictl([...words, '--snapshot', file]), {
      status: 2,
      stdout: '',
      stderr: `cdictl: ${message}\n`,
    });
  });
}

const GOOD = { kind: 'file', uid: 0, gid: 0, mode: '0644', modified: 0, text: '' } as const;
let count = 0;

function write(value: unknown): string {
  const path = join(folder, `written-${++count}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

/** As text: JSON.stringify itself would not get to the end of it. */
const DEEP = JSON.stringify({ ...snapshot, reports: { doctor: { status: 0, text: '', data: 'HERE' } } }).replace(
  '"HERE"',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
);
const hostile: [shows: string, value: unknown][] = [
  ['no JSON', '{'],
  ['JSON that is too deep', '['.repeat(1_000_000)],
  ['another document', {}],
  ['another form', { ...snapshot, format: 'snapshot 1' }],
  ['a time that is none', { ...snapshot, taken: 8.65e15 }],
  ['a user without a number', { ...snapshot, user: { uid: '0', gid: 0, inUserNamespace: false } }],
  ['a path that leads up', { ...snapshot, files: { '/etc/../../x': GOOD } }],
  ['a path that is not absolute', { ...snapshot, files: { 'etc/x': GOOD } }],
  ['a path with an empty name', { ...snapshot, files: { '/etc//x': GOOD } }],
  ['a path with a NUL', { ...snapshot, files: { '/etc/\0': GOOD } }],
  ['a link that says nothing', { ...snapshot, files: { '/x': { ...GOOD, kind: 'link' } } }],
  ['a device node without numbers', { ...snapshot, files: { '/x': { ...GOOD, kind: 'char' } } }],
  ['a mode that is none', { ...snapshot, files: { '/x': { ...GOOD, mode: '99' } } }],
  ['a text that is none', { ...snapshot, files: { '/x': { ...GOOD, text: 1 } } }],
  ['an owner that is none', { ...snapshot, files: { '/x': { ...GOOD, uid: null } } }],
  ['a report of no status', { ...snapshot, reports: { doctor: { status: 7, text: '', data: {} } } }],
  ['a report that is too deep', DEEP],
];
for (const [shows, value] of hostile) {
  test(`a snapshot with ${shows} is refused`, async () => {
    const path = write(value);
    const { status, stdout, stderr } = await runCdictl(['doctor', '-o', 'json', '--snapshot', path]);
    const message = `cannot read the snapshot "${path}": it is no snapshot of this format; make one by cdictl snapshot`;
    assert.deepEqual([status, stdout, stderr], [1, '', `cdictl: ${message}\n`]);
  });
}

test('a snapshot of another format is told from what is none', async () => {
  const path = write({ ...snapshot, format: 'cdi-runtime snapshot 2' });
  const { status, stderr } = await runCdictl(['devices', '--snapshot', path]);
  const why = 'its format is "cdi-runtime snapshot 2", and this cdictl reads "cdi-runtime snapshot 1"';
  assert.equal(
    stderr,
    `cdictl: cannot read the snapshot "${path}": ${why}; read it by a cdictl of the version that made it\n`,
  );
  assert.equal(status, 1);
});

test('a spec that is too large for a snapshot is too large in it as well', async () => {
  const large = hostOf('large', OLD, { '/etc/cdi/large.yaml': `#${' '.repeat(17 << 20)}` });
  const path = join(folder, 'large.json');
  assert.match(
    (await runCdictl(['snapshot', path, '--host-root', large])).stderr,
    /large.yaml: it is no text of at most 16 MiB/,
  );
  const { stderr } = await runCdictl(['specs', 'vendor.com', '--snapshot', path]);
  assert.match(stderr, /cannot load spec "\/etc\/cdi\/large.yaml": it is larger than the limit of 1048576 bytes/);
});

test('--quiet leaves of what doctor said what is wrong', async () => {
  const { status, stdout } = await runCdictl(['doctor', '-q', '--snapshot', file]);
  assert.equal(status, 3);
  assert.match(stdout, /^error +specs +\/etc\/cdi\/broken.yaml:2:1: .*\n +help: /m);
  assert.doesNotMatch(stdout, /^(?:ok|skipped) |^\d+ errors?, /m);
});

const links: [shows: string, says: string, message: RegExp][] = [
  ['out of the snapshot', '../../../../../../../../etc/passwd', /it is missing/],
  ['to itself', 'x.yaml', /its links form a loop/],
  ['to another that leads back', '/etc/cdi/y.yaml', /its links form a loop/],
];
for (const [shows, says, message] of links) {
  test(`a link ${shows} leads to nothing of this machine`, async () => {
    const files = {
      '/': { ...GOOD, kind: 'directory' },
      '/etc': { ...GOOD, kind: 'directory' },
      '/etc/cdi': { ...GOOD, kind: 'directory' },
      '/etc/cdi/x.yaml': { ...GOOD, kind: 'link', says },
      '/etc/cdi/y.yaml': { ...GOOD, kind: 'link', says: 'x.yaml' },
    };
    const path = write({ ...snapshot, files });
    const { status, stderr, stdout } = await runCdictl(['validate', '/etc/cdi/x.yaml', '--snapshot', path]);
    assert.equal(status, 1);
    assert.match(stderr + stdout, message);
  });
}

test('what would steer a terminal is written out', async () => {
  const reports = { doctor: { status: 0, text: '\x1b[2J', data: { text: '\x1b[2J' } } };
  const path = write({ ...snapshot, reports, versions: { kernel: '\x1b[2J' } });
  for (const words of [
    ['doctor', '--snapshot', path],
    ['doctor', '-ojson', '--snapshot', path],
    ['diff', file, path],
  ]) {
    const { stdout } = await runCdictl(words);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    assert.doesNotMatch(stdout, /\x1b/);
  }
});

const masks: [text: string, masked: string][] = [
  ['env: ["A=b", "MY_TOKEN=a b,c"]', 'env: ["A=b", "MY_TOKEN=left-out"]'],
  ["env: ['SECRET_X=a \"b\"', 'B=c']", "env: ['SECRET_X=left-out', 'B=c']"],
  ['- PASSWORD=a b', '- PASSWORD=left-out'],
  ['{"api-key": "a\\"b", "c": "d"}', '{"api-key": "left-out", "c": "d"}'],
  ['password: x y\nnext: 1', 'password: left-out\nnext: 1'],
  ['url: https://user:pass@host/p', 'url: https://left-out@host/p'],
  ['path: /usr/lib/libtoken.so', 'path: /usr/lib/libtoken.so'],
  ['# see https://host/a@b', '# see https://host/a@b'],
];
for (const [text, masked] of masks) {
  test(`maskText() makes ${JSON.stringify(text)} ${JSON.stringify(masked)}`, () => {
    assert.equal(maskText(text).text, masked);
    assert.equal(maskText(text).count, text === masked ? 0 : 1);
  });
}

/** A host that was changed since, by a change to its snapshot. */
function changed(files: Readonly<Record<string, Partial<Snapshot['files'][string]> | undefined>>): Snapshot {
  const entries = Object.entries({ ...snapshot.files, ...files }).filter(([, entry]) => entry !== undefined);
  const whole = entries.map(([path, entry]) => [path, { ...GOOD, ...snapshot.files[path], ...entry }]);
  return { ...snapshot, files: Object.fromEntries(whole) };
}

const SPEC = '/etc/cdi/vendor.yaml';
const MISSING = `cannot mount "/usr/lib/libcuda.so.${OLD}"`;
const differences: [shows: string, other: Snapshot, lines: (string | RegExp)[]][] = [
  [
    'devices that are gone and new',
    changed({ [SPEC]: { text: vendorSpec(OLD, ['0', '2', '3', '4', '5']) } }),
    ['devices', '  gone     vendor.com/gpu=1', '  new      vendor.com/gpu=3, vendor.com/gpu=4 and 1 more'],
  ],
  [
    'one line for an update of the driver',
    changed({
      [SPEC]: { text: vendorSpec(NEW, ['0', '1', '2']) },
      ...Object.fromEntries(['cuda', 'ml', 'jit'].map((lib) => [`/usr/lib/lib${lib}.so.${NEW}`, { text: undefined }])),
    }),
    ['edits', `  changed  vendor.com/gpu=0, vendor.com/gpu=1 and 1 more: ${OLD} became ${NEW} in 3 mounts`],
  ],
  [
    'a variable of one device, and none of the others',
    changed({ [SPEC]: { text: vendorSpec(OLD, ['0', '1', '2']).replace('GPU=1', 'GPU=one') } }),
    ['edits', '  changed  vendor.com/gpu=1: variable GPU=1 became GPU=one'],
  ],
  [
    'edits that are gone, those of the same devices in one line',
    changed({ [SPEC]: { text: vendorSpec(OLD, ['0', '1', '2']).replace(/ {2}mounts:\n(.*\n){3}/, '') } }),
    [
      'edits',
      /^ {2}gone {5}vendor.com\/gpu=0, vendor.com\/gpu=1 and 1 more: mount \/usr\/lib\/libcuda.*; mount .*, and 1 more$/,
    ],
  ],
  [
    'in one line what the runtime will refuse after an update without a spec of the new driver',
    changed(Object.fromEntries(['cuda', 'ml', 'jit'].map((lib) => [`/usr/lib/lib${lib}.so.${OLD}`, undefined]))),
    ['devices', new RegExp(`^ {2}refused {2}vendor.com/gpu=0, vendor.com/gpu=1 and 1 more: ${MISSING}`)],
  ],
  [
    'settings, and what they refuse',
    changed({
      '/etc/cdi-runtime/config.yaml': { text: 'stale: fail\n' },
      [`/usr/lib/libcuda.so.${OLD}`]: undefined,
    }),
    [
      'devices',
      new RegExp(`^ {2}refused {2}vendor.com/gpu=0, vendor.com/gpu=1 and 1 more: ${MISSING}`),
      'settings',
      '  changed  stale: "warn" became "fail"',
    ],
  ],
  [
    'configuration of engines by its keys',
    changed({ '/etc/docker/daemon.json': { text: '{"features": {"cdi": false}, "debug": true}' } }),
    [
      'engines',
      '  changed  docker /etc/docker/daemon.json: features.cdi: true became false',
      '  new      docker /etc/docker/daemon.json: debug: true',
    ],
  ],
  [
    'a spec that is in error now, beside its devices',
    changed({ [SPEC]: { text: 'kind: {\n' } }),
    [
      'devices',
      /gone {5}vendor.com\/gpu=0, vendor.com\/gpu=1 and 1 more$/,
      'specs',
      /changed {2}\/etc\/cdi\/vendor.yaml: good became in error: line 2/,
    ],
  ],
  [
    'a spec that is gone',
    changed({ '/run/cdi/link.yaml': undefined }),
    ['devices', '  gone     o.com/n=m', 'specs', '  gone     /var/run/cdi/link.yaml: good'],
  ],
  [
    'versions and hardware',
    { ...snapshot, versions: { ...snapshot.versions, kernel: '6.2.0' }, hardware: { '10de:2330 nvidia': 8 } },
    ['host', '  changed  kernel: 6.1.0 became 6.2.0', '  changed  PCI 10de:2330 nvidia: 1 became 8'],
  ],
];
for (const [shows, other, lines] of differences) {
  test(`diff shows ${shows}`, async () => {
    const text = JSON.stringify(other).replaceAll('hush', 'left-out');
    const { status, stdout } = await runCdictl(['diff', '-q', file, write(text)]);
    assert.equal(status, 3);
    const found = stdout.trimEnd().split('\n');
    assert.equal(found.length, lines.length, stdout);
    for (const [at, line] of lines.entries()) {
      if (typeof line === 'string') assert.equal(found[at], line);
      else assert.match(found[at] ?? '', line);
    }
  });
}

/** With nodes of this major number, as it may be after the next start of a host. */
function withNodes(major: number): Snapshot {
  const names = ['0', '1', '2', '3'];
  const devices = names.map(
    (name) => `- { name: g${name}, containerEdits: { deviceNodes: [{ path: /dev/g${name} }] } }\n`,
  );
  const text = `cdiVersion: "0.6.0"\nkind: vendor.com/gpu\ndevices:\n${devices.join('')}`;
  const nodes = names.map((name) => [`/dev/g${name}`, { kind: 'char', device: `${major}:${name}` } as const]);
  return changed({ [SPEC]: { text }, '/dev': { kind: 'directory' }, ...Object.fromEntries(nodes) });
}

test('diff has one line for nodes that differ in their numbers alone, and all of them as JSON', async () => {
  const words = ['diff', '-q', write(withNodes(195)), write(withNodes(196))];
  const line = 'changed  vendor.com/gpu=g0, vendor.com/gpu=g1 and 2 more: device node /dev/g0 c 195:0';
  const [head, told = '', ...others] = (await runCdictl(words)).stdout.trimEnd().split('\n');
  assert.deepEqual([head, others], ['edits', []]);
  assert.ok(told.trim().startsWith(line) && told.endsWith(', and 3 more like it'), told);
  assert.equal(JSON.parse((await runCdictl([...words, '-ojson'])).stdout).differences.length, 4);
});

test('diff of a host with itself says so, and with --quiet nothing', async () => {
  const { status, stdout } = await runCdictl(['diff', file, file]);
  assert.equal(status, 0);
  assert.match(stdout, /^A .*\nB .*\na container gets the same\n$/);
  assert.deepEqual(await runCdictl(['diff', '-q', file, file]), { status: 0, stdout: '', stderr: '' });
});

test('diff says nothing of devices where settings cannot be read', async () => {
  const other = write(changed({ '/etc/cdi-runtime/config.yaml': { text: 'stael: fail\n' } }));
  const { status, stdout } = await runCdictl(['diff', '-q', file, other]);
  assert.equal(status, 3);
  assert.match(stdout, /^settings\n/);
  assert.match(stdout, /"stael" is unknown/);
  assert.doesNotMatch(stdout, /^(devices|specs|edits)$/m);
});

test('diff of an update of the driver has a line for each cause, and 80 columns', async () => {
  const { status, stdout } = await runCdictl(['diff', file, newer], 80);
  assert.equal(status, 3);
  for (const line of stdout.split('\n').slice(2)) assert.ok(line.length <= 80, line);
  assert.match(stdout, /^ {2}changed {2}nvidia: 570.133.20 became 575.57.08$/m);
  assert.equal(stdout.match(/^ {2}(changed|gone|new|refused|granted) /gm)?.length, 2, stdout);
});

test('diff as JSON has a published shape, with all devices', async () => {
  const { stdout } = await runCdictl(['diff', '-o', 'json', file, newer]);
  const data = JSON.parse(stdout);
  closedSchema('cdictl/diff.schema.json')(data);
  assert.deepEqual(data.differences[0].devices, ['vendor.com/gpu=0', 'vendor.com/gpu=1', 'vendor.com/gpu=2']);
});

test('diff with one snapshot compares with this host', async () => {
  const { status, stdout } = await runCdictl(['diff', file]);
  assert.equal(status, 3);
  assert.match(stdout, /^B this host, now, as of /m);
});

test('what a link leads to that others may have made is left out, and the others are kept', async () => {
  const root = hostOf('others', OLD, {
    '/etc/shadow.yaml': 'root: hunter2\n',
    '/etc/cdi/stolen.yaml': '-> ../shadow.yaml',
  });
  chmodSync(join(root, 'etc/cdi'), 0o777);
  const { stdout, stderr } = await runCdictl(['snapshot', '--host-root', root]);
  assert.match(stderr, /\/etc\/cdi\/stolen\.yaml: its links may be another user's: /);
  assert.doesNotMatch(stdout, /hunter2/);
  assert.match(stdout, /vendor\.com\/gpu/);
});
