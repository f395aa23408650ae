// The life of a call: who is passed on at once, what settings do, and how a failure is told.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { asRecorded, compile, STARTED } from '../support/fake-runtime.ts';
import { fileState } from '../support/file-state.ts';
import { cutPage, type Outcome, runShim, SHIM } from '../support/run-shim.ts';
import { ASKING, INJECTED, SILENT, type SmallHost, smallHost } from '../support/small-host.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const runc = compile('fake-runc', folder);
const crun = compile('fake-runc', folder, 'fake-crun');
const runsc = compile('fake-runc', folder, 'fake-runsc');
const asRoot = process.getuid?.() === 0 ? false : 'mounts need root';

function run(host: SmallHost, args: readonly string[], more: Partial<Parameters<typeof runShim>[0]> = {}): Outcome {
  return runShim({ folder: host.root, args, settings: host.settings, ...more });
}

/** What a program that this process starts has open: those of its own parents may be among them. */
const inherited = runShim({ folder, program: runc, args: [], settings: '' }).record?.descriptors ?? [];

/** The runtime ran with these words, and no one said anything. */
function assertStarted(outcome: Outcome, args: readonly string[], runtime = runc): void {
  assert.deepEqual([outcome.status, outcome.stdout, outcome.stderr], [STARTED, '', '']);
  assert.deepEqual(outcome.record?.argv, [runtime, ...args].map(asRecorded));
  assert.deepEqual(outcome.record?.descriptors, inherited);
}

/** Nothing ran, and this one line says why. */
function assertRefused(outcome: Outcome, message: string | RegExp): void {
  assert.deepEqual([outcome.status, outcome.stdout, outcome.record], [1, '', undefined]);
  if (typeof message === 'string') assert.equal(outcome.stderr, `${message}\n`);
  else assert.match(outcome.stderr, message);
  assert.match(outcome.stderr, /^[^\n]+\n$/);
}

const BROKEN = 'runtime: RUNTIME\nspecDirs: [\n  nonsense: {\n';
const broken = (runtime: string): string => BROKEN.replace('RUNTIME', runtime);

// Nothing asked, nothing touched.

for (const command of ['create', 'run', 'restore'])
  for (const [title, allSettings] of [
    ['good settings', undefined],
    ['broken settings', broken(runc)],
  ] as const)
    test(`${command} of a bundle that asks for nothing touches nothing: ${title}`, () => {
      const host = smallHost(folder, { runtime: runc, config: SILENT, ...(allSettings && { allSettings }) });
      writeFileSync(join(host.cdi, 'broken.yaml'), 'kind: [');
      const before = fileState(host.config);
      const args = ['--log', join(host.root, 'log'), command, '--bundle', host.bundle, 'id'];
      const outcome = run(host, args);
      assertStarted(outcome, args);
      assert.deepEqual(outcome.record?.config, before.text);
      assert.deepEqual(fileState(host.config), before);
      assert.deepEqual([readdirSync(host.bundle), existsSync(join(host.root, 'log'))], [['config.json'], false]);
    });

test('a missing bundle or config.json is the runtime’s to report', () => {
  const host = smallHost(folder, { runtime: runc, config: undefined, allSettings: broken(runc) });
  for (const bundle of [host.bundle, join(host.root, 'nowhere')]) {
    const args = ['create', '--bundle', bundle, 'id'];
    assertStarted(run(host, args), args);
  }
});

const others: readonly (readonly string[])[] = [
  [],
  ['--version'],
  ['--help'],
  ['state', 'id'],
  ['start', 'id'],
  ['kill', 'id', 'KILL'],
  ['kill', 'create', '9'],
  ['delete', '--force', 'run'],
  ['exec', 'id', 'restore', '--bundle', '.'],
  ['list'],
  ['events', '--stats', 'id'],
  ['checkpoint', 'id'],
  ['features'],
  ['unheard-of', '--bundle', '.', 'id'],
  ['create', '--help'],
  ['create', '--bundle', '.'],
];
for (const args of others)
  test(`other than a create is passed on, whatever is broken: ${args.join(' ')}`, () => {
    const host = smallHost(folder, { runtime: runc, config: ASKING, allSettings: broken(runc) });
    const before = fileState(host.config);
    assertStarted(run(host, args, { cwd: host.bundle }), args);
    assert.deepEqual(fileState(host.config), before);
  });

// Something asked: it is injected, and stays.

const creates: readonly (readonly [title: string, runtime: string, args: (host: SmallHost) => string[]])[] = [
  ['--bundle', runc, ({ bundle }) => ['create', '--bundle', bundle, 'id']],
  ['-b and a relative path', runc, () => ['run', '-b', 'bundle/.', 'id']],
  ['an equals sign', runc, ({ bundle }) => ['create', `--bundle=${bundle}`, 'id']],
  ['behind the id', runc, ({ bundle }) => ['create', 'id', '--bundle', bundle]],
  ['a restore', runc, ({ bundle }) => ['restore', '--image-path', '/x', '--bundle', bundle, 'id']],
  ["crun's abbreviation", crun, ({ bundle }) => ['create', '--bun', bundle, 'id']],
  ["crun's config", crun, ({ bundle, config }) => ['create', '--config', config, '--bundle', bundle, 'id']],
];
for (const [title, runtime, args] of creates)
  test(`a create that asks is edited before the runtime sees it: ${title}`, () => {
    const host = smallHost(folder, { runtime, config: ASKING });
    const words = args(host);
    const outcome = run(host, words);
    assertStarted(outcome, words, runtime);
    assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
    // The stand-in looks at the bundle of `--bundle` and `-b` alone.
    if (words.includes('--bundle') || words.includes('-b')) assert.equal(outcome.record?.config?.toString(), INJECTED);
    assert.deepEqual(readdirSync(host.bundle), ['config.json']);
  });

test('without --bundle the current folder is the bundle', () => {
  const host = smallHost(folder, { runtime: runc, config: ASKING });
  assertStarted(run(host, ['create', 'id'], { cwd: host.bundle }), ['create', 'id']);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
});

test('a restore after a create leaves the bundle alone', () => {
  const host = smallHost(folder, { runtime: runc, config: ASKING });
  run(host, ['create', '--bundle', host.bundle, 'id']);
  const before = fileState(host.config);
  assert.equal(before.text.toString(), INJECTED);
  assert.equal(run(host, ['restore', '--bundle', host.bundle, 'id']).status, STARTED);
  assert.deepEqual(fileState(host.config), before);
});

test('a link to config.json stays, what it leads to is replaced', () => {
  const host = smallHost(folder, { runtime: runc, config: undefined });
  writeFileSync(join(host.root, 'real.json'), ASKING);
  symlinkSync('../real.json', host.config);
  assert.equal(run(host, ['create', '--bundle', host.bundle, 'id']).status, STARTED);
  assert.equal(readFileSync(join(host.root, 'real.json'), 'utf8'), INJECTED);
  assert.deepEqual(readdirSync(host.bundle), ['config.json']);
  assert.deepEqual(readdirSync(host.root).sort(), ['bundle', 'cdi', 'real.json', 'settings.yaml']);
});

test('argv and environment reach the runtime byte by byte, the runtime’s path apart', () => {
  const host = smallHost(folder, { runtime: runc, config: ASKING });
  const raw = (text: string): Buffer => Buffer.from(text, 'latin1');
  const args = [
    raw('own name'),
    raw('--log'),
    raw(`${host.root}/\xff\xc3(`),
    raw('create'),
    raw('--bundle'),
    raw(host.bundle),
  ];
  const words = [...args, raw('--pid-file'), raw(''), raw('a\nb\xe9')];
  const env = [
    'A=1',
    'A=2',
    'no-equals-sign',
    '',
    'BYTES=\xff\xfe',
    '=odd',
    'LD_PRELOAD=',
    `CDI_RUNTIME_CONFIG=${host.settings}`,
  ];
  const all = [...env, `FAKE_RUNC_RECORD=${host.root}/record`].map(raw);
  const file = (name: string, entries: readonly Buffer[]): string => {
    writeFileSync(join(host.root, name), Buffer.concat(entries.map((entry) => Buffer.concat([entry, Buffer.of(0)]))));
    return join(host.root, name);
  };
  const [first, ...rest] = words;
  assert.ok(first !== undefined);
  const launch = compile('launch', folder);
  const lists = [file('args', [raw(SHIM), ...rest]), file('env', all)];
  const { status, stderr, record } = run(host, [], { program: launch, prefix: [], args: lists });
  assert.deepEqual([status, stderr], [STARTED, '']);
  assert.deepEqual(record?.argv, [raw(runc), ...rest].map(asRecorded));
  assert.deepEqual(record?.env, all.map(asRecorded));
  assert.equal(record?.config?.toString(), INJECTED);
});

test('descriptors that were inherited stay, and none is added', () => {
  const host = smallHost(folder, { runtime: runc, config: ASKING });
  const prefix = ['/bin/sh', '-c', `exec 5<${host.settings} 9>${host.root}/out; exec "$@"`, 'sh'];
  const { record } = run(host, ['create', '--bundle', host.bundle, 'id'], { prefix });
  assert.deepEqual(new Set(record?.descriptors), new Set([...inherited, 5, 9]));
});

// Settings.

/** `LINES` are what the settings say after their first line. */
const badSettings: readonly (readonly [title: string, lines: string, why: string])[] = [
  ['an unknown key', 'specDir: [/etc/cdi]', 'line 2, column 1: field "specDir" is unknown; did you mean "specDirs"?'],
  [
    'an unknown key in a section',
    'hooks:\n  emptyenv2: keep',
    'line 3, column 3: field "emptyenv2" is unknown; did you mean "emptyEnv"?',
  ],
  ['a key that is nothing like ours', 'x: 1', 'line 2, column 1: field "x" is unknown'],
  ['a key twice', 'family: crun\nfamily: runc', 'line 3, column 1: key "family" is there twice'],
  [
    'a family',
    'family: rnc',
    'line 2, column 9: the value is none of auto, runc, crun, youki, runsc; did you mean "runc"?',
  ],
  ['a family that is a number', 'family: 5', 'line 2, column 9: the value is none of auto, runc, crun, youki, runsc'],
  [
    'a folder that is no list',
    'specDirs: /etc/cdi',
    'line 2, column 11: the text "/etc/cdi" stands where a list is needed',
  ],
  ['a relative folder', 'specDirs: [/a, etc/cdi]', 'line 2, column 16: "etc/cdi" is no absolute path'],
  ['no folders', 'specDirs: []', 'line 2, column 11: the list is empty; name a directory, or leave the key out'],
  ['a folder that is a number', 'specDirs:\n  - 5', 'line 3, column 5: "5" stands where a text is needed'],
  ['a section that is a list', 'requests: []', 'line 2, column 11: a list stands where a mapping is needed'],
  [
    'a switch of a source',
    'requests:\n  env:\n    enabled: maybe',
    'line 4, column 14: the value is none of auto, true, false',
  ],
  [
    'an empty env',
    'hooks: { emptyEnv: minimum }',
    'line 2, column 20: the value is none of minimal, keep; did you mean "minimal"?',
  ],
  ['an audit log', 'audit: { enabled: often }', 'line 2, column 19: the value is none of true, false'],
  [
    'a runtime of more lines',
    '"runtime": crun',
    'line 2, column 12: runtime is not written on a line of its own at top level; write it as runtime: NAME, without an anchor or a tag',
  ],
  ['no mapping at all', '- a', 'line 2, column 1: a key is missing here, or the indentation is wrong'],
  ['an open list', 'specDirs: [', 'line 3, column 1: a value is missing'],
];
for (const [title, lines, why] of badSettings)
  test(`settings are refused: ${title}`, () => {
    const first = title === 'a runtime of more lines' ? '# pinned' : `runtime: ${runc}`;
    const host = smallHost(folder, { runtime: runc, config: ASKING, allSettings: `${first}\n${lines}\n` });
    const before = fileState(host.config);
    const args = ['create', '--bundle', host.bundle, 'id'];
    assertRefused(run(host, args), `cannot read settings "${host.settings}": ${why}`);
    assert.deepEqual(fileState(host.config), before);
    if (title === 'a runtime of more lines') return;
    writeFileSync(host.config, SILENT);
    assertStarted(run(host, args), args);
  });

/** Without readable settings the shim looks for a runtime of the host, before it says what is wrong. */
const hostRuntime = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((directory) =>
  ['runc', 'crun', 'youki'].some((name) => existsSync(join(directory, name))),
);
const noHostRuntime = hostRuntime ? false : 'there is no runtime on this host';

const unreadable: readonly (readonly [title: string, make: (file: string) => void, why: string])[] = [
  ['missing', () => {}, 'it is missing'],
  ['a folder', (file) => mkdirSync(file), 'it cannot be read (EISDIR)'],
  ['a device', (file) => symlinkSync('/dev/zero', file), 'it cannot be read (EFTYPE)'],
  [
    'huge',
    (file) => {
      writeFileSync(file, '');
      truncateSync(file, (1 << 20) + 1);
    },
    'it is larger than 1048576 bytes',
  ],
];
for (const [title, make, why] of unreadable)
  test(`settings cannot be read: ${title}`, { skip: noHostRuntime }, () => {
    const host = smallHost(folder, { runtime: runc, config: ASKING });
    const settings = join(host.root, 'other.yaml');
    make(settings);
    const outcome = run(host, ['create', '--bundle', host.bundle, 'id'], { settings });
    assertRefused(outcome, `cannot read settings "${settings}": ${why}; CDI_RUNTIME_CONFIG names it`);
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
  });

test('settings may be empty, or say only what is the default', () => {
  const host = smallHost(folder, {
    runtime: runc,
    config: ASKING,
    settings:
      'family: auto\nrequests: { annotations: { enabled: auto }, env: {} }\nhooks: { emptyEnv: minimal }\naudit: { enabled: no }\n',
  });
  assert.equal(run(host, ['create', '--bundle', host.bundle, 'id']).status, STARTED);
  assert.equal(readFileSync(host.config, 'utf8'), INJECTED);
});

const families: readonly (readonly [family: string, args: string[], injects: boolean])[] = [
  ['runc', ['create', '--config', 'bundle/config.json', 'id'], false],
  ['crun', ['create', '--config', 'bundle/config.json', 'id'], true],
  ['runc', ['--debug=false', 'create', '-bundle', 'bundle', 'id'], true],
  ['crun', ['create', '-bundle', 'bundle', 'id'], false],
  ['crun', ['create', '-b', 'nowhere', '--config', 'bundle/config.json', 'id'], false],
  ['youki', ['-s', 'create', '-c', '/x', '-b', 'bundle', 'id'], true],
  ['runsc', ['--net-raw', 'create', '-bundle', 'nowhere/../bundle', 'id'], true],
];
for (const [family, args, injects] of families)
  test(`family: ${family} reads ${args.join(' ')}`, () => {
    const host = smallHost(folder, { runtime: runc, config: ASKING, settings: `family: ${family}\n` });
    assertStarted(run(host, args), args);
    assert.equal(readFileSync(host.config, 'utf8'), injects ? INJECTED : ASKING);
  });

// Lines that no table has.

const unread: readonly (readonly [title: string, runtime: string, args: string[], config: string, settings: string])[] =
  [
    ['an option before the command', runc, ['--unheard-of', 'create', '-b', 'bundle', 'id'], 'bundle/config.json', ''],
    ['an option behind it', runc, ['create', '-b', 'bundle', '--unheard-of', 'id'], 'bundle/config.json', ''],
    [
      "an option of crun's",
      crun,
      ['run', '--unheard-of', '--config=bundle/config.json', 'id'],
      'bundle/config.json',
      '',
    ],
    ['an option of another family', runc, ['-s', 'restore', '-bbundle', 'id'], 'bundle/config.json', ''],
    ['broken settings', runc, ['create', '-b', 'bundle', '--unheard-of', 'id'], 'bundle/config.json', 'x: 1\n'],
  ];
for (const [title, runtime, args, config, settings] of unread)
  test(`a line that cannot be read is refused beside a document that asks, and passed on beside another: ${title}`, () => {
    const audit = 'audit: { path: AUDIT }\n';
    const host = smallHost(folder, { runtime, config: ASKING, settings: audit });
    const log = join(host.root, 'audit.jsonl');
    const said = readFileSync(host.settings, 'utf8').replace('AUDIT', log) + settings;
    writeFileSync(host.settings, said);
    const [command] = args.filter((word) => ['create', 'run', 'restore'].includes(word));
    const family = runtime === crun ? 'crun' : 'runc';
    const message =
      `cannot read the command line of a ${command}: ${family} is not known to have its options, and "${config}" asks for devices; ` +
      'leave the option out, set family in the settings, or use a cdi-runtime that knows it';
    assertRefused(run(host, args), message);
    assert.equal(readFileSync(host.config, 'utf8'), ASKING);
    const lines = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
    const records = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      records.map(({ outcome, bundle, error }) => [outcome, bundle, error]),
      settings === '' ? [['refused', dirname(host.config), { code: 'BAD_COMMAND_LINE', message }]] : [],
    );
    const words = '{"process":{"args":["echo","CDI_DEVICES"]}}';
    for (const text of settings === '' ? [SILENT, words] : [SILENT]) {
      writeFileSync(host.config, text);
      assertStarted(run(host, args), args, runtime);
    }
  });

// Failures.

const UNRESOLVED = ASKING.replace('gpu0', 'gpu1');
const MESSAGE =
  'cannot resolve device "vendor.com/gpu=gpu1" (asked for by annotation cdi.k8s.io/test): "vendor.com/gpu" has "gpu0"; did you mean "gpu0"?';

/** A line as each family writes it itself. */
const FORMS = {
  'runc json': /^\{"level":"error","msg":(?<quoted>"(?:[^"\\]|\\.)*"),"time":"(?<time>[^"]+)"\}\n$/,
  'runc text': /^time="(?<time>[^"]+)" level=error msg=(?<quoted>"(?:[^"\\]|\\.)*")\n$/,
  'crun json': /^\{"msg":(?<quoted>"(?:[^"\\]|\\.)*"),"level":"error","time":"(?<time>[^"]+\.\d{6}Z)"\}\n$/,
  'crun text': /^(?<plain>.*)\n$/,
} as const;

interface LogCase {
  readonly title: string;
  readonly runtime: string;
  readonly args: (host: SmallHost) => string[];
  /** relative to the root */
  readonly file: string;
  readonly form: keyof typeof FORMS;
}

const logs: readonly LogCase[] = [
  {
    title: 'runc, absolute',
    runtime: runc,
    args: ({ root }) => ['--log', `${root}/log`, '--log-format', 'json'],
    file: 'log',
    form: 'runc json',
  },
  {
    title: 'runc, relative to the current folder',
    runtime: runc,
    args: () => ['--log=log.json', '--log-format=json'],
    file: 'log.json',
    form: 'runc json',
  },
  {
    title: 'runc, as text',
    runtime: runc,
    args: () => ['--log', 'log', '--log-format', 'text'],
    file: 'log',
    form: 'runc text',
  },
  { title: 'runc, without a format', runtime: runc, args: () => ['--log', 'log'], file: 'log', form: 'runc text' },
  {
    title: 'crun, relative to the bundle',
    runtime: crun,
    args: () => ['--log=log', '--log-format=json'],
    file: 'bundle/log',
    form: 'crun json',
  },
  {
    title: 'crun, with a scheme',
    runtime: crun,
    args: ({ root }) => [`--log=file:${root}/log`, '--log-format=json'],
    file: 'log',
    form: 'crun json',
  },
  { title: 'runsc, JSON whatever it says', runtime: runsc, args: () => ['--log=log'], file: 'log', form: 'runc json' },
  {
    title: 'crun, as text',
    runtime: crun,
    args: ({ root }) => ['--log', `${root}/log`],
    file: 'log',
    form: 'crun text',
  },
];
for (const { title, runtime, args, file, form } of logs)
  test(`a failure is one line in the log: ${title}`, () => {
    const host = smallHost(folder, { runtime, config: UNRESOLVED });
    const log = join(host.root, file);
    const words = [...args(host), 'create', '--bundle', host.bundle, 'id'];
    const start = Date.now();
    const outcome = run(host, words);
    assertRefused(outcome, MESSAGE);
    assert.equal(outcome.page, 'UNRESOLVED_DEVICE');
    const line = readFileSync(log, 'utf8');
    const { quoted, plain, time } = FORMS[form].exec(line)?.groups ?? {};
    assert.equal(plain ?? JSON.parse(quoted ?? '""'), `${MESSAGE} (cdictl errors UNRESOLVED_DEVICE)`, line);
    // runc writes whole seconds
    const at = time === undefined ? start : Date.parse(time);
    assert.ok(at > start - 1000 && at <= Date.now(), line);
    assert.equal(statSync(log).mode & 0o777, 0o644 & ~process.umask());
    assert.equal(readFileSync(host.config, 'utf8'), UNRESOLVED);

    run(host, words);
    assert.equal(readFileSync(log, 'utf8').split('\n').length, 3, 'a second failure is a second line');
    writeFileSync(log, 'kept\n');
    writeFileSync(host.config, ASKING);
    assert.equal(run(host, words).status, STARTED);
    assert.equal(readFileSync(log, 'utf8'), 'kept\n', 'nothing is written when all is well');
  });

test('a log that cannot be written changes nothing about the message', () => {
  const host = smallHost(folder, { runtime: runc, config: UNRESOLVED });
  for (const log of [join(host.root, 'no/such/folder/log'), host.root, '']) {
    assertRefused(run(host, ['--log', log, 'create', '--bundle', host.bundle, 'id']), MESSAGE);
  }
});

test('broken settings reach the log, too', () => {
  const host = smallHost(folder, { runtime: crun, config: ASKING, allSettings: `runtime: ${crun}\nx: 1\n` });
  const outcome = run(host, ['--log=log', '--log-format=json', 'create', '--bundle', host.bundle, 'id']);
  assertRefused(outcome, /^cannot read settings /);
  assert.equal(cutPage(JSON.parse(readFileSync(join(host.bundle, 'log'), 'utf8')).msg), outcome.stderr.trimEnd());
});

test('a missing runtime fails every command, and the log says so', () => {
  const host = smallHost(folder, { runtime: '/nonexistent/runc', config: SILENT });
  const why = `cannot start the real runtime: the runtime "/nonexistent/runc" of "${host.settings}" is missing`;
  for (const args of [
    ['state', 'id'],
    ['create', '--bundle', host.bundle, 'id'],
  ]) {
    const log = join(host.root, `log-${args[0]}`);
    assertRefused(
      run(host, ['--log', log, '--log-format', 'json', ...args]),
      `${why}; install one, or set runtime in the settings`,
    );
    assert.equal(
      cutPage(JSON.parse(readFileSync(log, 'utf8')).msg),
      `${why}; install one, or set runtime in the settings`,
    );
  }
});

test('a config.json that is a mount of its own cannot be replaced', { skip: asRoot }, () => {
  const host = smallHost(folder, { runtime: runc, config: ASKING });
  const prefix = [
    '/usr/bin/unshare',
    '-m',
    '/bin/sh',
    '-c',
    `mount --bind ${host.config} ${host.config}; exec "$@"`,
    'sh',
  ];
  const why =
    'another file cannot be put in its place, since it is a mount of its own; mount the folder instead of the file';
  const outcome = run(host, ['create', '--bundle', host.bundle, 'id'], { prefix, env: { PATH: '/usr/bin:/bin' } });
  assertRefused(outcome, `cannot replace container configuration "${host.config}": ${why}`);
  assert.deepEqual(readdirSync(host.bundle), ['config.json']);
  assert.equal(readFileSync(host.config, 'utf8'), ASKING);
});
