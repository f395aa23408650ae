// cdictl resolve: what names mean, and documents whose devices are names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { specDirectories } from './spec-directories.ts';

const folder = temporaryFolder();
const { low, high, options } = specDirectories(folder);

async function resolveJson(...names: string[]): Promise<{ status: number; stderr: string; data: Resolved }> {
  const { status, stdout, stderr } = await runCdictl(['resolve', ...names, ...options, '--output', 'json']);
  return { status, stderr, data: JSON.parse(stdout) };
}

interface Resolved {
  readonly devices: readonly Record<string, unknown>[];
  readonly unresolved: readonly { readonly name: string; readonly reason: string; readonly files: readonly string[] }[];
}

test('resolve says where a device stands, what it shadows and what it does', async () => {
  const { status, data } = await resolveJson('good.example/net=eth0', 'numbers.example/n=0');
  assert.equal(status, 0);
  const [device, numbers] = data.devices;
  assert.deepEqual(device, {
    name: 'good.example/net=eth0',
    spec: `${high}/net.json`,
    line: 1,
    priority: 1,
    version: '0.6.0',
    shadows: [`${low}/net.yaml`],
    containerEdits: { env: ['NEW=1'] },
  });
  assert.deepEqual(numbers?.['specEdits'], { env: ['ALL=1'] });
});

test('resolve says why a name means nothing, after what the others mean', async () => {
  const names = ['good.example/gpu=0', 'both.example/gpu=x', 'broken.example/gpu=0', 'good.example/gpu=9', 'gpu'];
  const { status, stderr, data } = await resolveJson(...names);
  assert.equal(status, 1);
  assert.deepEqual(
    data.devices.map(({ name }) => name),
    ['good.example/gpu=0'],
  );
  assert.deepEqual(
    data.unresolved.map(({ name, reason, files }) => [name, reason, files]),
    [
      ['both.example/gpu=x', 'conflict', [`${low}/twice-1.yaml`, `${low}/twice-2.yaml`]],
      ['broken.example/gpu=0', 'spec-in-error', [`${low}/broken.yaml`]],
      ['good.example/gpu=9', 'no-device', []],
      ['gpu', 'bad-name', []],
    ],
  );
  assert.equal(stderr.match(/^cdictl: cannot resolve device "/gm)?.length, 4, stderr);
});

test('resolve prints a device as YAML for people', async () => {
  const { stdout } = await runCdictl(['resolve', 'good.example/net=eth0', ...options]);
  assert.ok(stdout.startsWith(`name: good.example/net=eth0\nspec: ${high}/net.json\nline: 1\n`), stdout);
});

// Documents.

const NAMING = '{"linux":{"devices":[{"path":"good.example/gpu=0"}]}}';
/** As Go's types complete a process. */
const RESOLVED = '{"linux":{"devices":[]},"process":{"user":{"uid":0,"gid":0},"cwd":"","env":["D=0"]}}';

function document(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const MIXED = `{ "ociVersion": "1.2.0",
  "linux": {
    "devices": [
      { "path": "/dev/null", "type": "c", "major": 1, "minor": 3 },
      { "path": "good.example/gpu=GPU:1", "type": "c" },
      {"path":"good.example/net=eth0"}
    ],
    "resources": { "pids": { "limit": 18446744073709551615 } } }
}
`;

test('a document gets the devices that it names, and all else stays as it is written', async () => {
  const path = document('mixed.json', MIXED);
  const { status, stdout, stderr } = await runCdictl(['resolve', path, ...options, '--quiet']);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(
    stdout,
    `{ "ociVersion": "1.2.0",
  "linux": {
    "devices": [
      { "path": "/dev/null", "type": "c", "major": 1, "minor": 3 }
    ],
    "resources": { "pids": { "limit": 18446744073709551615 } } },
  "process": {"user":{"uid":0,"gid":0},"cwd":"","env":["D=GPU:1","NEW=1"]}
}
`,
  );
});

test('a document that names no device is printed byte by byte', async () => {
  for (const text of ['{"linux":{"devices":[ {"path":"/dev/x"} ]}}', '{ }\n', '{"linux": null}']) {
    const path = document('plain.json', text);
    assert.equal((await runCdictl(['resolve', path, ...options])).stdout, text);
  }
});

test('a document becomes YAML where that is asked for', async () => {
  const path = document('mixed.json', MIXED);
  const { stdout } = await runCdictl(['resolve', path, ...options, '--output', 'yaml']);
  const parts = ['---\nociVersion: "1.2.0"\n', '\n      limit: 18446744073709551615\n', '\n  env:\n  - "D=GPU:1"\n'];
  for (const part of parts) assert.ok(stdout.includes(part), stdout);
});

test('each document or nothing of it', async () => {
  const [good, bad] = [
    document('good.json', NAMING),
    document('bad.json', '{"linux":{"devices":[{"path":"good.example/gpu=0"},{"path":"good.example/gpu=7"}]}}'),
  ];
  const { status, stdout, stderr } = await runCdictl(['resolve', bad, good, ...options, '--quiet']);
  assert.equal(status, 1);
  assert.equal(stdout, RESOLVED);
  assert.match(stderr, /^cdictl: cannot resolve device "good\.example\/gpu=7": [^\n]*\n$/);
});

const refused: [shows: string, operands: string[], status: number, stderr: RegExp][] = [
  ['devices and documents together', ['good.example/gpu=0', 'x.json'], 2, /devices or documents, not both/],
  ['a document that is missing', ['./missing.json'], 1, /missing\.json"?: it is missing/],
  ['a name that is none, and no document', ['good.example/gpu'], 1, /cannot resolve device "good\.example\/gpu": /],
  ['nothing', [], 2, /resolve needs DEVICE/],
];
for (const [shows, operands, status, stderr] of refused) {
  test(`resolve refuses ${shows}`, async () => {
    const outcome = await runCdictl(['resolve', ...operands, ...options, '--quiet']);
    assert.deepEqual([outcome.status, outcome.stdout], [status, '']);
    assert.match(outcome.stderr, stderr);
  });
}

test('a document that is broken, or has another form, is refused with the place', async () => {
  for (const [text, why] of [
    ['{"linux":{"devices":[}', /bad\.json": line 1, column 22: /],
    ['{"linux":{"devices":{}}}', /linux\.devices/],
  ] as const) {
    const outcome = await runCdictl(['resolve', document('bad.json', text), ...options, '--quiet']);
    assert.deepEqual([outcome.status, outcome.stdout], [1, '']);
    assert.match(outcome.stderr, why);
  }
});

test('a document comes from standard input, which has to be UTF-8', () => {
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const words = [main, 'resolve', '-', ...options, '--quiet'];
  const good = spawnSync(process.execPath, words, { input: NAMING });
  assert.deepEqual([good.status, good.stdout.toString(), good.stderr.toString()], [0, RESOLVED, '']);
  const bad = spawnSync(process.execPath, words, { input: Buffer.from([0x7b, 0xff, 0x7d]) });
  assert.deepEqual(
    [bad.status, bad.stderr.toString()],
    [1, 'cdictl: cannot read standard input: it is not valid UTF-8\n'],
  );
});

test('a device that no one should trust is refused in a document, too', async () => {
  const path = join(low, 'hook.yaml');
  writeFileSync(
    path,
    spec('hook.example/h', '0').replace('env: ["D=0"]', `hooks: [{hookName: createRuntime, path: ${folder}/hook}]`),
  );
  writeFileSync(join(folder, 'hook'), '');
  chmodSync(join(folder, 'hook'), 0o777);
  const naming = document('hook.json', '{"linux":{"devices":[{"path":"hook.example/h=0"}]}}');
  const outcome = await runCdictl(['resolve', naming, ...options, '--quiet']);
  assert.deepEqual([outcome.status, outcome.stdout], [1, '']);
  assert.match(outcome.stderr, /^cdictl: cannot run hook .*: it can be written by everybody/);
});
