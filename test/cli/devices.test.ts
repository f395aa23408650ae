// cdictl devices, vendors and classes: what can be requested, and what a list leaves out.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const folder = temporaryFolder();
const { low, high, options } = specDirectories(folder);

test('devices lists what resolves by kind and spec, and says on stderr what it leaves out', async () => {
  const { status, stdout, stderr } = await runCdictl(['devices', ...options]);
  assert.equal(status, 0);
  assert.deepEqual(stdout.split('\n'), [
    '  DEVICE                   LINE  STALE',
    `both.example/gpu: 1 device in ${low}/twice-2.yaml`,
    '  both.example/gpu=y       5     -',
    `good.example/gpu: 3 devices in ${low}/a.yaml`,
    '  good.example/gpu=0       4     -',
    '  good.example/gpu=GPU:1   5     -',
    '  good.example/gpu=all     6     -',
    `good.example/net: 1 device in ${high}/net.json`,
    '  good.example/net=eth0    1     -',
    `good.example/some: 1 device in ${high}/some.yaml`,
    '  good.example/some=old    4     -',
    `good.example/some: 1 device in ${low}/some.yaml`,
    '  good.example/some=older  5     -',
    `hostile.example/h: 1 device in ${high}/hostile.json`,
    '  hostile.example/h=h      1     -',
    `numbers.example/n: 1 device in ${high}/numbers.json`,
    '  numbers.example/n=0      2     -',
    '',
  ]);
  const messages = stderr.split('\n').slice(0, -1);
  assert.deepEqual(
    messages.map((message) => /^cdictl: cannot (?:load spec|resolve device) ("[^"]*")/.exec(message)?.[1]),
    [`"${low}/broken.yaml"`, `"${high}/\\x1b[31m\\u202e.yaml"`, '"both.example/gpu=x"'],
  );
});

test('devices --verbose says what a device does', async () => {
  const { stdout } = await runCdictl(['devices', '--verbose', ...options]);
  const part = 'good.example/net=eth0\n  name: eth0\n  containerEdits:\n    env:\n    - "NEW=1"\n';
  assert.ok(stdout.includes(part.replace('"NEW=1"', 'NEW=1')), stdout);
});

const NAMES = [
  'both.example/gpu=y',
  ...['0', 'GPU:1', 'all'].map((name) => `good.example/gpu=${name}`),
  ...['net=eth0', 'some=old', 'some=older'].map((name) => `good.example/${name}`),
  'hostile.example/h=h',
  'numbers.example/n=0',
];

test('--quiet leaves out the messages, and all but the names, as -o name does beside the messages', async () => {
  const quiet = await runCdictl(['devices', '--quiet', ...options]);
  assert.deepEqual(quiet, { status: 0, stderr: '', stdout: NAMES.map((name) => `${name}\n`).join('') });
  const names = await runCdictl(['devices', '-o', 'name', ...options]);
  assert.deepEqual([names.stdout, names.stderr === ''], [quiet.stdout, false]);
});

const chosen: [shows: string, words: string[], want: string[]][] = [
  ['a name', ['good.example/net=eth0'], NAMES.slice(4, 5)],
  ['a kind', ['good.example/some'], NAMES.slice(5, 7)],
  ['a vendor', ['good.example'], NAMES.slice(1, 7)],
  ['a pattern over kinds', ['*/gpu'], NAMES.slice(0, 4)],
  ['a pattern over names, and another', ['*=old*', 'both*'], [...NAMES.slice(0, 1), ...NAMES.slice(5, 7)]],
  ['a kind as a filter', ['--filter', 'kind=*/n'], NAMES.slice(8)],
  ['filters that must all hold', ['-f', 'spec=*/high/*', '-f', 'kind=good*'], NAMES.slice(4, 6)],
  ['nothing, by filters', ['-f', 'stale'], []],
];
for (const [shows, words, want] of chosen)
  test(`devices chooses by ${shows}`, async () => {
    const { stdout } = await runCdictl(['devices', '-q', ...words, ...options]);
    assert.deepEqual(stdout.split('\n').slice(0, -1), want);
  });

test('a pattern that means no device, and a filter that there is not, are mistakes', async () => {
  const none = await runCdictl(['devices', '-q', 'good.example/gpu=1', ...options]);
  assert.equal(none.status, 1);
  assert.match(none.stderr, /^cdictl: cannot resolve device "good\.example\/gpu=1": /);
  for (const word of ['stall', 'kind', 'stale=x']) {
    const { status, stderr } = await runCdictl(['devices', '--filter', word, ...options]);
    assert.equal(status, 2, stderr);
    // nothing before it: specs are not looked at
    assert.match(stderr, /^cdictl: filter ".*" is none of stale, held, free, kind=GLOB, spec=GLOB, node=GLOB/);
  }
  const { status, stderr } = await runCdictl(['devices', '--filter', 'kind=', ...options]);
  assert.deepEqual([status, stderr], [2, 'cdictl: filter "kind=" has no pattern; write kind=GLOB\n']);
});

test('a kind or a vendor that means no device is told with the nearest, or as in conflict', async () => {
  const twins = join(folder, 'twins');
  mkdirSync(twins);
  chmodSync(twins, 0o755);
  for (const [file, kind] of [
    ['a', 'twin.example/c'],
    ['b', 'twin.example/c'],
    ['c', 'other.example/d'],
  ])
    writeFileSync(
      join(twins, `${file}.yaml`),
      `cdiVersion: "0.6.0"\nkind: ${kind}\ndevices: [{ name: x, containerEdits: { env: [A=1] } }]\n`,
    );
  for (const [pattern, want] of [
    ['other.exmaple', /"other.exmaple": it is no device, kind or vendor here, .*; did you mean "other.example"\?$/],
    ['other.example/e', /; did you mean "other.example\/d"\?$/],
    ['x', /"x": it is no device, kind or vendor here, and no pattern of one; see cdictl devices$/],
    ['twin.example', /^cdictl: cannot resolve device "twin.example\/c=x": .* with the same priority/],
    ['twin.example/c', /^cdictl: cannot resolve device "twin.example\/c=x": .* with the same priority/],
  ] as const) {
    const { status, stderr } = await runCdictl(['devices', '-q', pattern, ...options.slice(0, 2), '-d', twins]);
    assert.equal(status, 1, stderr);
    assert.match(stderr.trimEnd(), want);
  }
});

const many = join(folder, 'many');
mkdirSync(many);
chmodSync(many, 0o755);
const uuid = (number: number): string => `GPU-21636369-8b52-9b4a-97b7-${String(number).padStart(12, '0')}`;
const node = (path: string, more = ''): string => `{ deviceNodes: [{ path: ${path}${more} }] }`;
writeFileSync(
  join(many, 'gpus.yaml'),
  [
    'cdiVersion: "0.6.0"',
    'kind: vendor.example/gpu',
    `containerEdits: { mounts: [{ hostPath: ${many}/gone.so, containerPath: /gone.so }], hooks: [{ hookName: createContainer, path: /bin/true }] }`,
    'devices:',
    ...Array.from({ length: 33 }, (_, number) =>
      [String(number), uuid(number)].map(
        (name) => `- { name: "${name}", containerEdits: ${node(`/dev/null${number}`)} }`,
      ),
    ).flat(),
    `- { name: all, containerEdits: ${node('/dev/null')} }`,
    '',
  ].join('\n'),
);
writeFileSync(
  join(many, 'others.yaml'),
  [
    'cdiVersion: "0.6.0"',
    'kind: other.example/x',
    'devices:',
    `- { name: zero, containerEdits: ${node('/dev/zero')} }`,
    `- { name: another, containerEdits: ${node('/dev/null', ', type: c, major: 1, minor: 99')} }`,
    '- { name: plain, containerEdits: { env: ["A=1"] } }',
    '- { name: same, containerEdits: { env: ["A=1"] } }',
    `- { name: by-path, containerEdits: ${node('/dev/other', ', hostPath: /dev/zero')} }`,
    '',
  ].join('\n'),
);
const MANY = [...options.slice(0, 2), '-d', many];

test('67 names take a line for each device at 80 columns, no name is broken, and the numbers are in order', async () => {
  const { stdout } = await runCdictl(['devices', 'vendor.example', ...MANY], 80);
  const lines = stdout.split('\n').slice(0, -1);
  assert.ok(lines.length <= 38, stdout);
  for (const line of lines) assert.ok(line.length <= 80 || line.includes(many), line);
  const rows = lines.map((line) => line.trim().split(/ +/)).filter((row) => /^(?:\d+|all)$/.test(row[0] ?? ''));
  assert.deepEqual(
    rows.slice(0, 33),
    Array.from({ length: 33 }, (_, number) => [String(number), uuid(number), String(5 + 2 * number), 'missing']),
  );
  assert.deepEqual(rows.slice(33), [['all', '71', 'missing']]);
  assert.ok(lines.includes(`vendor.example/gpu: 34 devices by 67 names in ${many}/gpus.yaml`), stdout);
  // What all of them lack is said once.
  assert.equal(stdout.replace(/\s+/g, ' ').split(`stale, all of them: ${many}/gone.so is missing`).length, 2, stdout);
});

for (const width of [20, 40, 60])
  test(`names are whole on a terminal of ${width} columns`, async () => {
    const { stdout } = await runCdictl(['devices', 'vendor.example', ...MANY], width);
    for (let number = 0; number < 33; number++) assert.ok(stdout.includes(uuid(number)));
    const rows = stdout.split('\n').filter((line) => /^ +(?:\d|GPU-|all)/.test(line));
    for (const row of rows) assert.ok(row.length <= width || /^ +\S+$/.test(row), row);
  });

test('one name that is wider than the terminal leaves the other rows as they are', async () => {
  const wide = join(folder, 'wide');
  mkdirSync(wide);
  const device = (name: string, path: string): string => `- { name: ${name}, containerEdits: ${node(path)} }`;
  const long = 'x'.repeat(100);
  const lines = [device(long, '/dev/zero'), device('b', '/dev/null'), device(`b${long}`, '/dev/null'), ''];
  writeFileSync(join(wide, 'w.yaml'), `cdiVersion: "0.6.0"\nkind: w.com/c\ndevices:\n${lines.join('\n')}`);
  const { stdout } = await runCdictl(['devices', ...options.slice(0, 2), '-d', wide], 60);
  const kind = `w.com/c: 2 devices by 3 names in ${wide}/w.yaml`;
  const want = [
    '  DEVICE  ALSO  LINE  STALE',
    kind,
    '  b             5     -',
    `    b${long}`,
    `  ${long}`,
    '                4     -',
    '',
  ];
  assert.deepEqual(stdout.split('\n'), want);
});

test('names of one node are on one line, those without a node are not, and a node that is another one is stale', async () => {
  const { stdout } = await runCdictl(['devices', 'other.example/x', ...MANY]);
  assert.deepEqual(
    stdout
      .split('\n')
      .slice(2, -1)
      .map((line) => line.trim().split(/ +/)),
    [
      ['other.example/x=another', '5', 'changed'],
      ['other.example/x=plain', '6', '-'],
      ['other.example/x=same', '7', '-'],
      ['other.example/x=zero', 'by-path', '4', '-'],
    ],
  );
  const stale = await runCdictl(['devices', 'other.example', '-q', '--filter', 'stale', ...MANY]);
  assert.equal(stale.stdout, 'other.example/x=another\n');
  assert.equal(
    (await runCdictl(['devices', '-q', '-f', 'node=/dev/other', ...MANY])).stdout,
    'other.example/x=by-path\n',
  );
  const { devices } = JSON.parse((await runCdictl(['devices', 'other.example', '-ojson', ...MANY])).stdout);
  assert.deepEqual(devices[0].stale, ['/dev/null is another device']);
  assert.equal('stale' in devices[1], false);
});

test('--sort has the order of the file, or what is stale first', async () => {
  const sorted = async (key: string): Promise<string[]> =>
    [
      ...(await runCdictl(['devices', 'other.example', '--sort', key, ...MANY])).stdout.matchAll(/^ {2}\S+x=(\w+)/gm),
    ].map(([, name = '']) => name);
  assert.deepEqual(await sorted('spec'), ['zero', 'another', 'plain', 'same']);
  assert.deepEqual(await sorted('stale'), ['another', 'plain', 'same', 'zero']);
});

test('--tree goes from kinds to devices to what they bring', async () => {
  const { stdout } = await runCdictl(['devices', 'vendor.example/gpu=1', 'other.example', '--tree', ...MANY], 80);
  assert.equal(
    stdout,
    `other.example/x  ${many}/others.yaml
├─ another
│  └─ node  /dev/null  (changed)
├─ plain
│  └─ env   A=1
├─ same
│  └─ env   A=1
└─ zero, by-path
   └─ node  /dev/zero
vendor.example/gpu  ${many}/gpus.yaml
├─ with each of them
│  ├─ mount ${many}/gone.so as /gone.so  (missing)
│  └─ hook  /bin/true at createContainer
└─ 1
   └─ node  /dev/null1  (missing)
`,
  );
});

test('who holds a device is told where it is asked for, and nobody holds these', async () => {
  for (const [words, columns] of [
    [['-o', 'wide'], /^ {2}DEVICE .* STALE +SEEN BY +HELD BY\n/],
    [['--held'], /^ {2}DEVICE .* STALE +HELD BY\n/],
    [['--seen'], /^ {2}DEVICE .* STALE +SEEN BY\n/],
  ] as const) {
    const { stdout } = await runCdictl(['devices', 'other.example', ...words, ...MANY]);
    assert.match(stdout, columns);
    assert.match(stdout, /x=plain .* -$/m);
  }
  const free = await runCdictl(['devices', '-q', 'other.example/x=plain', '--filter', 'free', ...MANY]);
  assert.equal(free.stdout, 'other.example/x=plain\n');
  assert.equal((await runCdictl(['devices', '-q', 'other.example/x=plain', '--filter', 'held', ...MANY])).stdout, '');
  const { devices } = JSON.parse(
    (await runCdictl(['devices', 'other.example/x=plain', '--held', '-ojson', ...MANY])).stdout,
  );
  assert.deepEqual(devices[0].heldBy, []);
});

test('vendors and classes count specs and devices', async () => {
  const vendors = await runCdictl(['vendors', ...options]);
  assert.deepEqual(
    vendors.stdout.split('\n').map((line) => line.split(/ +/)),
    [
      ['VENDOR', 'SPECS', 'DEVICES'],
      ['both.example', '2', '1'],
      ['good.example', '5', '6'],
      ['hostile.example', '1', '1'],
      ['numbers.example', '1', '1'],
      [''],
    ],
  );
  const classes = await runCdictl(['classes', ...options]);
  assert.match(classes.stdout, /^gpu {4}both\.example, good\.example {2}4$/m);
});

test('a list without rows is empty, and stderr says why', async () => {
  const missing = join(folder, 'missing');
  for (const command of ['devices', 'vendors', 'classes', 'specs']) {
    const words = [command, ...options.slice(0, 2), '-d', missing];
    assert.deepEqual(await runCdictl(words), { status: 0, stdout: '', stderr: `cdictl: no specs in "${missing}"\n` });
    assert.deepEqual(await runCdictl([...words, '-q']), { status: 0, stdout: '', stderr: '' });
  }
});

test('a directory that cannot be read makes every list a failure, and those before it are still listed', async () => {
  const file = join(low, 'a.yaml');
  for (const command of ['devices', 'vendors', 'classes', 'specs']) {
    const { status, stdout, stderr } = await runCdictl([
      command,
      ...options.slice(0, 2),
      '-d',
      `${low},${file},${high}`,
    ]);
    assert.equal(status, 1);
    assert.ok(stderr.includes(`cdictl: spec directory "${file}" ended the search: it is no folder\n`), stderr);
    assert.ok(/good|gpu/.test(stdout) && !stdout.includes('hostile'), stdout);
  }
});
