// Hostile and broken input: each ends in a clear error or works; nothing hangs, crashes or leaves a file behind.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { hasMountNamespaces, MountNamespace } from '../shim/mount-namespace.ts';
import { asRecorded, compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { cutPage, type Outcome, runShim, SHIM, type ShimRun } from '../support/run-shim.ts';
import { ASKING, INJECTED, SILENT, type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);
const runtime = compile('fake-runc', folder);
const launch = compile('launch', folder);
const asRoot = process.getuid?.() === 0 ? false : 'other users and mounts need root';
const MIB = 1 << 20;

/** Starts a program where /run is its own: of so many specs, a create keeps an index there. */
const prefix = ownRun();

function ownRun(): readonly string[] {
  if (!hasMountNamespaces()) return [];
  const space = new MountNamespace();
  space.mount('-t', 'tmpfs', 'none', '/run');
  return space.prefix;
}

/** So much input takes its time on a busy machine; what the limit of time does is not asked here. */
function hostWith(config: string | Buffer | undefined): SmallHost {
  return smallHost(folder, { runtime, config, settings: 'limits: { time: 10m }\n' });
}

/** Runs a create of the bundle; whatever comes of it, the bundle's folder holds what it held. */
function create(host: SmallHost, more: Partial<ShimRun> = {}): Outcome {
  const before = readdirSync(host.bundle);
  const outcome = runShim({
    folder: host.root,
    args: ['create', '--bundle', host.bundle, 'id'],
    settings: host.settings,
    ...more,
  });
  assert.deepEqual(readdirSync(host.bundle), before);
  assert.equal(outcome.stdout, '');
  assert.doesNotMatch(outcome.stderr, /an error of its own/);
  if (outcome.status === STARTED) assert.equal(outcome.stderr, '');
  else {
    assert.deepEqual([outcome.status, outcome.record], [1, undefined]);
    assert.match(outcome.stderr, /^cannot [^\n]+\n$/);
    assert.ok(Buffer.byteLength(outcome.stderr) < 4096);
  }
  return outcome;
}

// config.json as a regular file.

const ASK = '"annotations":{"cdi.k8s.io/test":"vendor.com/gpu=gpu0"}';
/** As much of JSON as fills a file without saying anything. */
const spaces = (count: number): Buffer => Buffer.alloc(count, ' ');
const text = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

/** `made` takes the member that asks, or another one. `why` is said where it asks; else it works. */
const documents: readonly (readonly [title: string, made: (member: string) => Buffer, why: RegExp | undefined])[] = [
  ['cut in a text', (member) => text(`{${member},"process":{"env":["A=`), /line 1, column \d+: a string does not end$/],
  ['cut after a colon', (member) => text(`{${member},"process":`), /line 1, column \d+: a value is missing$/],
  ['cut before its end', (member) => text(`{${member}`), /line 1, column \d+: a comma or \} is missing$/],
  ['100,000 lists deep', (member) => text(`{${member},"x":`, '['.repeat(100_000), ']'.repeat(100_000), '}'), undefined],
  [
    '100,000 objects deep, without an end',
    (member) => text(`{${member},"x":`, '{"x":'.repeat(100_000)),
    /line 1, column \d+: a value is missing$/,
  ],
  ['200 levels deep', (member) => text(`{${member},"x":`, '['.repeat(199), ']'.repeat(199), '}'), undefined],
  [
    'of 50 MiB',
    (member) => text(`{${member}`, spaces(50 * MIB), '}'),
    /it may ask for devices and is larger than the limit of 16777216 bytes; raise limits\.config in the settings$/,
  ],
  [
    'of 50 MiB, asking at its end',
    (member) => text('{', spaces(50 * MIB), `${member}}`),
    /larger than the limit of 16777216 bytes; raise limits\.config in the settings$/,
  ],
  ['of 16 MiB', (member) => text(`{${member}`, spaces(16 * MIB - member.length - 2), '}'), undefined],
  ['with a NUL at its end', (member) => text(`{${member}}`, '\0'), undefined],
  ['with a NUL in a text', (member) => text(`{${member},"x":"a\0b"}`), /a control character stands in a string$/],
  ['with a NUL in an escape', (member) => text(`{${member},"x":"a\\u0000b"}`), undefined],
  ['with bytes that are no UTF-8', (member) => text(`{${member},"x":"`, Buffer.of(0xff, 0xfe), '"}'), undefined],
  ['with half a character', (member) => text(`{${member},"x":"`, Buffer.of(0xe2, 0x82), '"}'), undefined],
  [
    'with a surrogate in three bytes',
    (member) => text(`{${member},"x":"`, Buffer.of(0xed, 0xa0, 0x80), '"}'),
    undefined,
  ],
  ['in UTF-16', (member) => Buffer.from(`\ufeff{${member}}`, 'utf16le'), undefined],
  ['twice', (member) => text(`{${member}}{${member}}`), undefined],
  ['with a comment', (member) => text(`{/* no */${member}}`), undefined],
  ['with a comment that does not end', (member) => text(`{${member}/*}`), /a comma or \} is missing$/],
];
for (const [title, made, why] of documents) {
  test(`config.json that asks is refused or works: ${title}`, () => {
    const host = hostWith(made(ASK));
    const before = fileState(host.config);
    const { status, stderr } = create(host);
    if (why !== undefined) assert.match(stderr.trimEnd(), why);
    assert.equal(status, why === undefined ? STARTED : 1);
    if (status === 1) assert.deepEqual(fileState(host.config), before);
    else if (title !== 'in UTF-16') {
      // Every other byte stays.
      const after = readFileSync(host.config, 'latin1');
      assert.equal(
        after.replace(',"process":{"user":{"uid":0,"gid":0},"cwd":"","env":["GPU=gpu0"]}', ''),
        before.text.toString('latin1'),
      );
    }
    rmSync(host.root, { recursive: true });
  });
  test(`config.json that does not ask is the runtime’s: ${title}`, () => {
    const host = hostWith(made('"annotations":{"example.com/x":"vendor.com/gpu=gpu0"}'));
    const before = fileState(host.config);
    assert.equal(create(host).status, STARTED);
    assert.deepEqual(fileState(host.config), before);
    rmSync(host.root, { recursive: true });
  });
}

test('config.json of 1 TiB that asks ends in the limit, at once', () => {
  const host = hostWith(`{${ASK}}`);
  truncateSync(host.config, 2 ** 40);
  const outcome = create(host);
  assert.equal(outcome.status, 1);
  assert.match(outcome.stderr, /larger than the limit of 16777216 bytes/);
  rmSync(host.root, { recursive: true });
});

test('config.json that is empty is the runtime’s', () => {
  const host = hostWith('');
  assert.equal(create(host).status, STARTED);
});

test('what no runtime reads as a request is the runtime’s', () => {
  for (const config of [
    text('{"process":{"args":["\\u0041\\/"]}', spaces(17 * MIB), '}'),
    text('\0\0', `{${ASK}}`),
    text(`[{${ASK}}]`),
    text('['.repeat(100_000), `{${ASK}}`),
  ]) {
    const host = hostWith(config);
    assert.equal(create(host).status, STARTED);
    assert.ok(readFileSync(host.config).equals(config));
    rmSync(host.root, { recursive: true });
  }
});

test('config.json of millions of values ends in a limit, or works', () => {
  const config = text(`{${ASK},"x":[`, Buffer.alloc(15 * MIB, '0,'), '0]}');
  const host = hostWith(config);
  const { status, stderr } = create(host);
  if (status === 1)
    assert.equal(
      stderr,
      'cannot start the container: the core ran out of memory (128 MiB, limits.memory of the settings)\n',
    );
});

const manyNames = (count: number): string => Array.from({ length: count }, (_, i) => `vendor.com/gpu=d${i}`).join(',');
const requests: readonly (readonly [title: string, value: string, why: RegExp])[] = [
  [
    '1,000 names',
    manyNames(1000),
    /^cannot resolve devices "vendor\.com\/gpu=d0", .* and 984 more do not resolve either/,
  ],
  ['2,000 names', manyNames(2000), /the container asks for more than 1024 devices/],
  ['20,000 names', manyNames(20_000), /it has more than 65536 characters/],
  ['one name, 1,000 times', `${'vendor.com/gpu=gpu0,'.repeat(1000)}x`, /: device "x": it has no "="/],
  ['a name of 60 KiB', `vendor.com/gpu=${'x'.repeat(61_440)}`, /^cannot resolve device "vendor\.com\/gpu=x+…" /],
  ['a name of 1 MiB', `vendor.com/gpu=${'x'.repeat(MIB)}`, /it has more than 65536 characters/],
  ['a name of many lines', 'vendor.com/gpu=\n\n\u2028\x1b[31m', /"vendor\.com\/gpu=\\n\\n\\u2028\\x1b\[31m"/],
  ['a name with a NUL', 'vendor.com/gpu=a\0b', /"vendor\.com\/gpu=a\\x00b"/],
  ['half a surrogate pair', 'vendor.com/gpu=\ud800', /"vendor\.com\/gpu=\\ud800"/],
  ['commas', ','.repeat(1000), /a name between commas is missing/],
];
for (const [title, value, why] of requests)
  test(`a request is refused in one line: ${title}`, () => {
    const host = hostWith(JSON.stringify({ annotations: { 'cdi.k8s.io/x': value } }));
    assert.match(create(host).stderr, why);
    writeFileSync(host.config, JSON.stringify({ process: { env: [`CDI_DEVICES=${value}`] } }));
    assert.match(create(host).stderr, why);
  });

test('1,000 annotations that ask for one device are one request', () => {
  const annotations = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`cdi.k8s.io/${i}`, 'vendor.com/gpu=gpu0']),
  );
  const host = hostWith(JSON.stringify({ annotations }));
  assert.equal(create(host).status, STARTED);
  assert.ok(readFileSync(host.config).includes('"env":["GPU=gpu0"]'));
});

// What is no regular file.

/** Puts something that is no regular file at a path. */
const strangers: readonly (readonly [title: string, make: (path: string) => void])[] = [
  ['a folder', (path) => mkdirSync(path)],
  ['a FIFO', (path) => assert.equal(spawnSync('mkfifo', [path]).status, 0)],
  ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
  ['a link to a terminal', (path) => symlinkSync('/dev/tty', path)],
  ['a dangling link', (path) => symlinkSync('nowhere', path)],
  ['a link to itself', (path) => symlinkSync(path, path)],
  ['a link to a folder', (path) => symlinkSync('/etc', path)],
  ['a socket', (path) => makeNode(path, 's')],
];

function makeNode(path: string, kind: 's'): void {
  const script = 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
  const { status } = spawnSync(kind === 's' ? 'python3' : 'false', ['-c', script, path]);
  // Where there is no python, a FIFO has to do once more.
  if (status !== 0) assert.equal(spawnSync('mkfifo', [path]).status, 0);
}

for (const [title, make] of strangers)
  test(`config.json is no file of its own, and so the runtime’s: ${title}`, () => {
    const host = hostWith(undefined);
    make(host.config);
    assert.equal(create(host).status, STARTED);
  });

test('config.json is a FIFO: who writes into it is heard by the runtime', async () => {
  const host = smallHost(folder, { runtime: '/bin/true', config: undefined });
  assert.equal(spawnSync('mkfifo', [host.config]).status, 0);
  const writer = spawn('/bin/sh', ['-c', 'printf said > "$0"', host.config]);
  const ended = once(writer, 'exit');
  // it sleeps until somebody reads
  while (!/^State:\tS/m.test(readFileSync(`/proc/${writer.pid}/status`, 'utf8'))) await setTimeout(1);
  const args = ['create', '--bundle', host.bundle, 'id'];
  assert.equal(runShim({ folder: host.root, args, settings: host.settings }).status, 0);
  assert.equal(spawnSync('timeout', ['5', 'cat', host.config], { encoding: 'utf8' }).stdout, 'said');
  assert.deepEqual(await ended, [0, null]);
});

test('config.json is a device: the runtime’s', { skip: asRoot }, (t) => {
  const host = hostWith(undefined);
  if (spawnSync('mknod', [host.config, 'c', '1', '5']).status !== 0) return t.skip('this user cannot make a device');
  assert.equal(create(host).status, STARTED);
});

test('config.json is a chain of links to a file: the file is replaced, the links stay', () => {
  const host = hostWith(undefined);
  mkdirSync(join(host.root, 'far'));
  writeFileSync(join(host.root, 'far/real.json'), ASKING);
  symlinkSync('../far/near.json', host.config);
  symlinkSync('real.json', join(host.root, 'far/near.json'));
  assert.equal(create(host).status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
  assert.deepEqual(
    [readlinkSync(host.config), readlinkSync(join(host.root, 'far/near.json'))],
    ['../far/near.json', 'real.json'],
  );
  assert.deepEqual(readdirSync(join(host.root, 'far')).sort(), ['near.json', 'real.json']);
});

test('config.json is the link of a descriptor: what it leads to is not replaced, since the runtime would not see that', () => {
  for (const [text, want] of [
    [SILENT, undefined],
    [ASKING, 'a descriptor leads to it, and not its path, at which alone another file can be put'],
  ] as const) {
    const host = hostWith(undefined);
    const real = join(host.root, 'real.json');
    writeFileSync(real, text);
    symlinkSync('/dev/fd/9', host.config);
    const { status, stderr } = create(host, { prefix: ['/bin/sh', '-c', 'exec "$@" 9<"$0"', real] });
    assert.equal(readFileSync(real, 'utf8'), text);
    if (want === undefined) assert.equal(status, STARTED);
    else assert.equal(stderr, `cannot edit container configuration "${host.config}": ${want}\n`);
  }
});

// Where nothing can be written.

test('config.json in a folder that the user may not write', { skip: asRoot }, () => {
  const host = hostWith(ASKING);
  for (const path of [host.root, host.cdi]) chmodSync(path, path === host.root ? 0o1777 : 0o755);
  chmodSync(host.bundle, 0o555);
  const prefix = ['/usr/bin/setpriv', '--reuid', '12345', '--regid', '12345', '--clear-groups'];
  const before = fileState(host.config);
  const why = 'this user may not write to its folder';
  assert.equal(create(host, { prefix }).stderr, `cannot replace container configuration "${host.config}": ${why}\n`);
  assert.deepEqual(fileState(host.config), before);
  writeFileSync(host.config, SILENT);
  assert.equal(create(host, { prefix }).status, STARTED);
  writeFileSync(host.config, ASKING, { mode: 0o600 });
  chmodSync(host.config, 0o600);
  assert.equal(create(host, { prefix }).status, STARTED, 'what the user cannot read is the runtime’s to report');
});

test('config.json on a file system that is read-only', { skip: asRoot }, () => {
  const host = hostWith(ASKING);
  const script = `mount --bind ${host.bundle} ${host.bundle} && mount -o remount,ro,bind ${host.bundle} && exec "$@"`;
  const prefix = ['/usr/bin/unshare', '-m', '/bin/sh', '-c', script, 'sh'];
  const run = { prefix, env: { PATH: '/usr/bin:/bin' } };
  const why = 'its file system is read-only';
  assert.equal(create(host, run).stderr, `cannot replace container configuration "${host.config}": ${why}\n`);
  writeFileSync(host.config, INJECTED);
  assert.equal(create(host, run).status, STARTED, 'where nothing is to be changed, nothing has to be written');
});

test('config.json that is read-only itself is replaced and stays so', () => {
  const host = hostWith(ASKING);
  chmodSync(host.config, 0o444);
  assert.equal(create(host).status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
  assert.equal(statSync(host.config).mode & 0o777, 0o444);
});

// Spec files.

const HEAD = 'cdiVersion: 0.3.0\nkind: vendor.com/gpu\n';
const specs: readonly (readonly [title: string, made: () => Buffer, why: RegExp])[] = [
  ['empty', () => text(''), /there is no document in it/],
  ['cut', () => text(HEAD, 'devices:\n  - name: "gpu1'), /line \d+, column \d+: a quoted text does not end/],
  ['100,000 flow lists deep', () => text(HEAD, 'devices: ', '['.repeat(100_000)), /nested deeper than 256 levels/],
  [
    '100,000 flow mappings deep',
    () => text(HEAD, 'devices: ', '{a: '.repeat(100_000)),
    /nested deeper than 256 levels/,
  ],
  ['100,000 block lists deep', () => text(HEAD, 'devices:\n', '- '.repeat(100_000)), /nested deeper than 256 levels/],
  ['100,000 question marks deep', () => text(HEAD, '? '.repeat(100_000)), /nested deeper than 256 levels/],
  [
    '1,000 mappings deep',
    () => text(HEAD, 'devices:\n', ...Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i + 1)}a:\n`)),
    /nested deeper than 256 levels/,
  ],
  ['of 50 MiB', () => text(HEAD, spaces(50 * MIB)), /it is larger than the limit of 1048576 bytes/],
  [
    'of 1 MiB in one word',
    () => text(HEAD, 'x'.repeat(MIB - 100)),
    /line 3, column \d+: a colon after the key is missing/,
  ],
  [
    'of 1 MiB of list entries',
    () => text(HEAD, 'devices:\n', '- a\n'.repeat(MIB / 4 - 20)),
    /it has more than 100000 values/,
  ],
  ['of 1 MiB of open quotes', () => text(HEAD, '"\n'.repeat(MIB / 2 - 50)), /line \d+, column \d+: /],
  [
    'of 1 MiB of keys',
    () => text(HEAD, ...Array.from({ length: 110_000 }, (_, i) => `k${i.toString(36)}: 1\n`)),
    /it has more than 100000 values/,
  ],
  [
    'with NULs',
    () => text(HEAD, 'devices: []\0\n'),
    /a control character stands in the text|a character that YAML does not allow/,
  ],
  ['of NULs', () => Buffer.alloc(1000), /line 1, column 1: /],
  ['with bytes that are no UTF-8', () => text(HEAD, 'devices: ["', Buffer.of(0xff), '"]\n'), /not (valid )?UTF-8/],
  [
    'in half of UTF-16',
    () => Buffer.concat([Buffer.from(`\ufeff${HEAD}`, 'utf16le'), Buffer.of(0x61)]),
    /not valid UTF-16/,
  ],
  ['with aliases that multiply', () => text(HEAD, bomb()), /through aliases|is needed/],
  ['with an alias to itself', () => text(HEAD, 'devices: [&a { <<: *a, name: gpu1 }]\n'), /stands inside itself/],
  [
    'with 50,000 anchors',
    () => text(HEAD, 'devices:\n', ...Array.from({ length: 50_000 }, (_, i) => `- &a${i} x\n`)),
    /stands where a mapping is needed/,
  ],
  ['with a number of 100,000 digits', () => text(HEAD, deviceNode('9'.repeat(100_000))), /is needed/],
  ['with a number of 100,000 binary digits', () => text(HEAD, deviceNode(`0b${'1'.repeat(100_000)}`)), /is needed/],
  ['with numbers of many underscores', () => text(HEAD, deviceNode(`1${'_'.repeat(100_000)}x`)), /is needed/],
];

function bomb(): string {
  const levels = Array.from({ length: 30 }, (_, i) => `&b${i + 1} [*b${i}, *b${i}, *b${i}]`);
  return `devices:\n  - name: gpu1\n    containerEdits:\n      env: [&b0 [A=1], ${levels.join(', ')}]\n`;
}

function deviceNode(major: string): string {
  return `devices:\n  - name: gpu1\n    containerEdits:\n      deviceNodes: [{ path: /dev/x, type: c, major: ${major} }]\n`;
}

for (const [title, made, why] of specs)
  test(`a spec does no harm to others, and is the reason for its own device: ${title}`, () => {
    const host = hostWith(ASKING);
    writeFileSync(join(host.cdi, 'vendor-bad.yaml'), made());
    assert.equal(create(host).status, STARTED);
    assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
    writeFileSync(host.config, ASKING.replace('gpu0', 'gpu1'));
    const { status, stderr } = create(host);
    assert.equal(status, 1);
    assert.match(stderr, why);
    assert.ok(stderr.includes(`spec "${host.cdi}/vendor-bad.yaml" is in error: `), stderr);
  });

for (const [title, make] of strangers)
  test(`a spec is no file, and does no harm: ${title}`, () => {
    const host = hostWith(ASKING);
    make(join(host.cdi, 'vendor-bad.yaml'));
    assert.equal(create(host).status, STARTED);
    assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
    writeFileSync(host.config, ASKING.replace('gpu0', 'gpu1'));
    const { stderr } = create(host);
    assert.match(stderr, /^cannot resolve device "vendor\.com\/gpu=gpu1" /);
    if (title !== 'a folder') assert.match(stderr, /vendor-bad\.yaml" is in error: (it|its) /);
  });

test('a spec that is a link to a file works', () => {
  const host = hostWith(ASKING);
  writeFileSync(join(host.root, 'elsewhere'), readFileSync(join(host.cdi, 'vendor.yaml')));
  rmSync(join(host.cdi, 'vendor.yaml'));
  symlinkSync('../elsewhere', join(host.cdi, 'link.yaml'));
  assert.equal(create(host).status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
});

test('spec files beyond the limit are a clear error', () => {
  const host = hostWith(ASKING);
  for (let i = 0; i < 10_000; i++) writeFileSync(join(host.cdi, `${i}.yaml`), '');
  const why =
    'there are more than 10000 spec files; remove those that are not needed, or raise limits.specs of the settings';
  assert.equal(create(host, { prefix }).stderr, `cannot scan spec directory "${host.cdi}": ${why}\n`);
  rmSync(join(host.cdi, '0.yaml'));
  assert.equal(create(host, { prefix }).status, STARTED);
});

test('an unknown device among 1,000 specs of other vendors is told as among few', () => {
  const host = hostWith(ASKING.replace('gpu0', 'gpu1'));
  const nodes = Array.from(
    { length: 150 },
    (_, i) => `        - { path: /dev/x${i}, type: c, major: 10, minor: ${i} }\n`,
  );
  const device = `devices:\n  - name: d\n    containerEdits:\n      deviceNodes:\n${nodes.join('')}`;
  for (let i = 0; i < 1000; i++)
    writeFileSync(join(host.cdi, `${i}.yaml`), `cdiVersion: 0.3.0\nkind: other${i}.com/gpu\n${device}`);
  const why = '"vendor.com/gpu" has "gpu0"; did you mean "gpu0"?';
  const asked = '(asked for by annotation cdi.k8s.io/test)';
  assert.equal(create(host, { prefix }).stderr, `cannot resolve device "vendor.com/gpu=gpu1" ${asked}: ${why}\n`);
  rmSync(host.root, { recursive: true });
});

// Command lines.

for (const [asks, config] of [
  ['asks', ASKING],
  ['does not ask', SILENT],
] as const) {
  const check = (host: SmallHost, outcome: Outcome, args: readonly (string | Buffer)[]): void => {
    assert.deepEqual(outcome.record?.argv, [runtime, ...args].map(asRecorded));
    assert.equal(readFileSync(host.config, 'utf8'), config === ASKING ? INJECTED : config);
  };

  test(`10,000 arguments reach the runtime, and the bundle ${asks}`, () => {
    const host = hostWith(config);
    const many = Array.from({ length: 10_000 }, (_, i) => `--preserve-fds=${i}`);
    const args = ['create', '--bundle', host.bundle, ...many, 'id'];
    check(host, create(host, { args }), args);
  });

  test(`empty arguments reach the runtime, and the bundle ${asks}`, () => {
    const host = hostWith(config);
    const args = ['--log', '', '--root=', 'create', '--pid-file', '', '--bundle', host.bundle, ''];
    check(host, create(host, { args }), args);
  });

  test(`arguments that are no UTF-8 reach the runtime, and the bundle ${asks}`, () => {
    const host = hostWith(config);
    const raw = (words: string): Buffer => Buffer.from(words, 'latin1');
    const bundle = raw(`${host.root}/\xff\xc3(\xed\xb2\x80`);
    symlinkSync(host.bundle, bundle);
    const args = [raw('--root'), raw('\x80\xfe'), raw('create'), raw('--bundle'), bundle, raw('\xe9')];
    check(host, createRaw(host, args), args);
  });
}

test('a name that is no UTF-8 is told in plain characters', () => {
  const host = hostWith(text('{', ASK));
  const bundle = Buffer.from(`${host.root}/\xff\xc3(`, 'latin1');
  symlinkSync(host.bundle, bundle);
  const log = Buffer.from(`${host.root}/\xfelog`, 'latin1');
  const args = ['--log', log, '--log-format=json', 'create', '--bundle', bundle, 'id'].map((word) => Buffer.from(word));
  const { stderr } = createRaw(host, args);
  assert.ok(stderr.includes(`"${host.root}/\\xff\\xc3(/config.json"`), stderr);
  assert.equal(cutPage(JSON.parse(readFileSync(log, 'utf8')).msg), stderr.trimEnd());
});

/** A create whose words are any bytes. */
function createRaw(host: SmallHost, args: readonly Buffer[]): Outcome {
  const file = (name: string, entries: readonly Buffer[]): string => {
    writeFileSync(join(host.root, name), Buffer.concat(entries.flatMap((entry) => [entry, Buffer.of(0)])));
    return join(host.root, name);
  };
  const env = [`CDI_RUNTIME_CONFIG=${host.settings}`, `FAKE_RUNC_RECORD=${host.root}/record`];
  const lists = [
    file('args', [Buffer.from(SHIM), ...args]),
    file(
      'env',
      env.map((entry) => Buffer.from(entry)),
    ),
  ];
  return create(host, { program: launch, args: lists });
}
