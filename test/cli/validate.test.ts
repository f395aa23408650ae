// cdictl validate: all that is wrong with spec files, where, and by whose rules.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
const folder = temporaryFolder();
chmodSync(folder, 0o755);
let count = 0;

/** A directory of its own with these files. */
function directory(files: Readonly<Record<string, string>>): string {
  const path = join(folder, String(++count));
  mkdirSync(path, { mode: 0o755 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o644 });
  return path;
}

const GOOD = `cdiVersion: "0.6.0"
kind: vendor.com/gpu
annotations: { vendor.com/note: "x" }
devices:
- name: gpu0
  containerEdits:
    env: [A=1]
`;
const GOOD_JSON = `{
  "cdiVersion": "0.6.0",
  "kind": "vendor.com/gpu",
  "devices": [{ "name": "gpu0", "containerEdits": { "env": ["A=1"] } }]
}
`;

interface Row {
  readonly title: string;
  readonly name?: string;
  readonly text: string;
  /** `line:column by: message` */
  readonly errors: readonly string[];
}

const ROWS: readonly Row[] = [
  { title: 'a good spec', text: GOOD, errors: [] },
  { title: 'a good spec in JSON', name: 'a.json', text: GOOD_JSON, errors: [] },
  {
    title: 'a flow mapping, which looks like JSON',
    text: `{ cdiVersion: 0.6.0, kind: v.com/c, devices: [{ name: a, containerEdits: { env: [A=1] } }] }\n`,
    errors: [],
  },
  {
    title: 'mistakes of form, and all that is wrong with the rest',
    text: `cdiVersion: 0.6.0
kind: vendor
foo: 1
devices:
- name: "a"
  containerEdits:
    env: [[no], "=x", 5, B=1]
    bar: 1
    deviceNodes: [{ path: /dev/x, zzz: 1, major: "a" }, 7, { paht: /dev/y }]
- name: [a]
  containerEdits: 5
- name: a b
  containerEdits: { additionalGids: [x, 4] }
`,
    errors: [
      '1:13 specification: cdiVersion "0.6.0" is too low: an additional group needs 0.7.0',
      '2:7 specification: kind "vendor" lacks a vendor or a class',
      '3:1 specification: field "foo" is unknown',
      '7:11 specification: a list stands where a text is needed',
      '7:17 specification: environment entry "=x" has no name before a "="',
      '7:23 specification: environment entry "5" has no name before a "="',
      '8:5 specification: field "bar" is unknown',
      '9:35 specification: field "zzz" is unknown',
      '9:50 specification: the text "a" stands where a whole number is needed',
      '9:57 specification: "7" stands where a mapping is needed',
      '9:60 specification: the device node has no path',
      '9:62 specification: field "paht" is unknown',
      '10:9 specification: a list stands where a text is needed',
      '11:19 specification: "5" stands where a mapping is needed',
      '12:9 specification: device name "a b" contains a space',
      '13:38 specification: the text "x" stands where a whole number is needed',
    ],
  },
  {
    title: 'many mistakes in all parts of a spec',
    text: `cdiVersion: "0.3.0"
kind: vendor
annotations: { "bad key": "x" }
containerEdits: { env: [X] }
devices:
- name: gpu0
  containerEdits:
    env: [A, "B=1", "=x"]
    deviceNodes:
    - { path: /dev/x, permissions: rwq, type: z }
    - { path: "" }
- name: gpu0
  containerEdits: {}
- name: a b
  containerEdits:
    hooks: [{ hookName: bogus, path: /bin/x }, { hookName: prestart, path: "" }]
    mounts: [{ hostPath: /a, containerPath: "" }]
    intelRdt: { closID: a/b }
    netDevices: [{ hostInterfaceName: a, name: b }, { hostInterfaceName: a, name: c }, { hostInterfaceName: d }]
`,
    errors: [
      '1:13 specification: cdiVersion "0.3.0" is too low: a network device needs 1.1.0',
      '2:7 specification: kind "vendor" lacks a vendor or a class',
      '3:27 annotations: annotations["bad key"]: the key needs a letter or digit at both ends, and between them also . _ - only',
      '4:25 specification: environment entry "X" has no name before a "="',
      '8:11 specification: environment entry "A" has no name before a "="',
      '8:21 specification: environment entry "=x" has no name before a "="',
      '10:47 specification: device node "/dev/x" is of type "z"',
      '11:15 specification: the device node has no path',
      '12:9 specification: another device has the name "gpu0" too',
      '13:19 specification: device "gpu0" has no edits',
      '14:9 specification: device name "a b" contains a space',
      '16:25 specification: hook name "bogus" is unknown',
      '16:76 specification: the hook has no path',
      '17:45 specification: the mount has no containerPath',
      '18:25 specification: closID "a/b" cannot name a directory',
      '19:74 specification: another network device has the hostInterfaceName "a" too',
      '19:88 specification: the network device has no name',
    ],
  },
  {
    title: 'mistakes that the schema finds beside the first of another type',
    name: 'a.json',
    text: `{
  "cdiVersion": "0.5.0", "kind": "v.com/c",
  "devices": [{
    "name": 7,
    "containerEdits": { "deviceNodes": [{ "path": 1, "major": "x" }] }
  }]
}
`,
    errors: [
      '4:13 schema: devices[0].name: 7 stands where a text is needed',
      '5:51 schema: devices[0].containerEdits.deviceNodes[0].path: 1 stands where a text is needed',
      '5:63 specification: the text "x" stands where a whole number is needed',
    ],
  },
  {
    title: 'annotations, in JSON as well',
    name: 'a.json',
    text: GOOD_JSON.replace('"devices"', '"annotations": { "a/b/c": "x" },\n  "devices"'),
    errors: ['4:29 annotations: annotations["a/b/c"]: the key has more than one "/"'],
  },
  {
    title: 'an unknown field',
    text: GOOD.replace('env:', 'evn:'),
    errors: ['7:5 specification: field "evn" is unknown'],
  },
  { title: 'what is no YAML', text: 'a: [1\n', errors: ['2:1 syntax: a comma or ] is missing'] },
  { title: 'an empty file', text: '# nothing\n', errors: [' syntax: there is no document in it'] },
  { title: 'a list', text: '- 1\n', errors: ['1:1 specification: a list stands where a mapping is needed'] },
  {
    title: 'text after a JSON object',
    name: 'a.json',
    text: `${GOOD_JSON}}\n`,
    errors: ['6:1 syntax: it is no JSON: something follows the end of the value'],
  },
];

interface ErrorData {
  readonly by: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

async function validated(
  words: readonly string[],
): Promise<{ status: number; files: { path: string; valid: boolean; errors: ErrorData[] }[] }> {
  const { status, stdout } = await runCdictl(['validate', '--output=json', ...words]);
  const data = JSON.parse(stdout);
  assertConforms('cdictl/validate.schema.json', data);
  return { status, files: data.files };
}

function placed({ by, message, line, column }: ErrorData): string {
  return `${line === undefined ? '' : `${line}:${column}`} ${by}: ${message}`;
}

for (const { title, name = 'a.yaml', text, errors } of ROWS) {
  test(`validate: ${title}`, async () => {
    const path = join(directory({ [name]: text }), name);
    const { status, files } = await validated([path]);
    assert.deepEqual(
      files.map((file) => file.path),
      [path],
    );
    assert.deepEqual(files[0]?.errors.map(placed), errors);
    assert.equal(files[0]?.valid, errors.length === 0);
    assert.equal(status, errors.length === 0 ? 0 : 3);
  });
}

const SCHEMA = JSON.stringify({ type: 'object', required: ['annotations'], properties: { kind: { pattern: '^v' } } });

test('another schema judges in place of the built-in one, and none leaves the rules of CDI', async () => {
  const path = directory({ 'schema.json': SCHEMA, 'a.json': GOOD_JSON, 'b.yaml': GOOD.replace('vendor', 'other') });
  const schema = `--schema=${join(path, 'schema.json')}`;
  const { status, files } = await validated([schema, join(path, 'a.json'), join(path, 'b.yaml')]);
  assert.equal(status, 3);
  assert.deepEqual(
    files.map(({ errors }) => errors.map(placed)),
    [
      ['1:1 schema: annotations: the field is missing'],
      ['2:7 schema: kind: the text "other.com/gpu" must match pattern "^v"'],
    ],
  );
  const mistyped = join(directory({ 'a.yaml': GOOD.replace('0.6.0', '9.9.9') }), 'a.yaml');
  assert.deepEqual((await validated(['--schema', 'none', mistyped])).files[0]?.errors.map(placed), [
    '1:13 specification: cdiVersion "9.9.9" is unknown',
  ]);
});

test('a schema that cannot be loaded is a failure of its own', async () => {
  const path = directory({ 'a.yaml': GOOD, 'schema.json': '{' });
  const { status, stdout, stderr } = await runCdictl(['validate', '-s', join(path, 'schema.json'), path]);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^cdictl: cannot load schema ".*schema.json": line 1, column 2: /);
});

test('for people, each mistake is a line with its place, and each good file is named', async () => {
  const path = directory({ 'a.yaml': GOOD, 'b.json': GOOD_JSON.replace('A=1', 'A'), 'c.txt': '' });
  const [a, b] = [join(path, 'a.yaml'), join(path, 'b.json')];
  const mistake = `${b}:4:61: error: environment entry "A" has no name before a "="; write it as NAME=value\n`;
  assert.deepEqual(await runCdictl(['validate', path]), { status: 3, stdout: `${a}: valid\n${mistake}`, stderr: '' });
  assert.deepEqual(await runCdictl(['validate', '--quiet', path, a]), { status: 3, stdout: mistake, stderr: '' });
  assert.deepEqual(await runCdictl(['validate', '--quiet', a]), { status: 0, stdout: '', stderr: '' });
});

test('--minimum-version tells the lowest version that holds a spec, good or bad', async () => {
  const gids = GOOD.replace('env: [A=1]', 'additionalGids: [7]');
  const path = directory({
    'a.yaml': GOOD,
    'b.yaml': gids,
    'c.yaml': GOOD.replace('annotations', '# ').replace('"0.6.0"', '1.0.0'),
    'd.yaml': '[\n',
  });
  const { status, stdout } = await runCdictl(['validate', '--minimum-version', path]);
  assert.equal(status, 3);
  assert.deepEqual(
    stdout.split('\n').map((line) => line.replace(`${path}/`, '')),
    [
      'a.yaml: needs cdiVersion 0.6.0, has "0.6.0"',
      'b.yaml:1:13: error: cdiVersion "0.6.0" is too low: an additional group needs 0.7.0; raise it to 0.7.0',
      'b.yaml: needs cdiVersion 0.7.0, has "0.6.0"',
      'c.yaml: needs cdiVersion 0.3.0, has "1.0.0"',
      'd.yaml:2:1: error: a value is missing',
      '',
    ],
  );
});

test('what cannot be read is told, and the rest is validated all the same', async () => {
  const path = directory({ 'a.yaml': GOOD });
  const missing = join(path, 'missing.yaml');
  assert.deepEqual(await runCdictl(['validate', missing, path]), {
    status: 1,
    stdout: `${join(path, 'a.yaml')}: valid\n`,
    stderr: `cdictl: cannot read "${missing}": it is missing, or its link leads nowhere\n`,
  });
  const { stdout } = await runCdictl(['validate', missing, '-o', 'json']);
  assertConforms('cdictl/validate.schema.json', JSON.parse(stdout));
  assert.equal(JSON.parse(stdout).errors[0].code, 'CANNOT_READ');
});

test('without operands: the specs of the host, with conflicts and with files that others can write', async () => {
  const path = directory({ 'a.yaml': GOOD, 'b.yaml': GOOD, 'c.yaml': GOOD.replace('gpu0', 'gpu1') });
  chmodSync(join(path, 'c.yaml'), 0o666);
  const { status, files } = await validated([`--spec-dirs=${join(path, 'missing')},${path}`]);
  assert.equal(status, 3);
  const [a, b] = ['a.yaml', 'b.yaml'].map((name) => join(path, name));
  const conflict = ` registry: resolve device "vendor.com/gpu=gpu0": "${a}" and "${b}" define it with the same priority`;
  assert.deepEqual(
    files.map((file) => file.errors.map(placed)),
    [[conflict], [conflict], [' registry: it can be written by everybody (mode 0666)']],
  );
  const empty = await runCdictl(['validate', `--spec-dirs=${join(path, 'missing')}`]);
  assert.deepEqual(empty, { status: 0, stdout: '', stderr: `cdictl: no specs in "${join(path, 'missing')}"\n` });
});

test('- is standard input, in JSON or YAML', () => {
  const words = [MAIN, 'validate', '-', '--output', 'json'];
  for (const [input, status] of [
    [GOOD, 0],
    [GOOD_JSON, 0],
    [GOOD.replace('A=1', 'A'), 3],
  ] as const) {
    const { stdout, ...result } = spawnSync(process.execPath, words, { input, encoding: 'utf8' });
    assert.equal(result.status, status, result.stderr);
    assert.equal(JSON.parse(stdout).files[0].path, '-');
  }
});
