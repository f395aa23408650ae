// cdictl config: the settings that hold with their origins, and what is wrong with a file.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SETTINGS_VARIABLE } from '../../src/settings/combine.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { memoryHost } from '../host/memory-host.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);

function file(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** What a text says as settings. */
function read(text: string): Settings {
  return loadSettings(memoryHost({ '/c.yaml': text }, { environment: { [SETTINGS_VARIABLE]: '/c.yaml' } })).settings;
}

const EMPTY = file('empty.yaml', '');
const DEFAULTS = `runtime: auto
family: auto
specDirs:
- /etc/cdi
- /var/run/cdi
requests:
  annotations:
    enabled: auto
    prefixes:
    - cdi.k8s.io/
  env:
    enabled: auto
    presets: []
    variables:
      CDI_DEVICES:
        kind: null
  mounts:
    enabled: false
    prefix: /var/run/cdi-devices
  defaultKind: null
  precedence: auto
  any: false
policy:
  preset: open
  default: allow
  rules: []
  share: {}
unresolved: fail
wait: "0s"
stale: auto
trust:
  owner: strict
  hookPaths: []
  hostPaths: []
  mountTypes: []
  hookEnv: []
hooks:
  emptyEnv: minimal
limits:
  config: "16MiB"
  spec: "1MiB"
  specs: 10000
  memory: "128MiB"
  time: "5s"
  wall: "1m"
log:
  path: null
  level: warning
audit:
  enabled: true
  required: false
  sync: null
  path: /var/log/cdi-runtime/audit.jsonl
`;

test('config show prints the defaults', async () => {
  assert.deepEqual(await runCdictl(['config', 'show', '--config', EMPTY]), { status: 0, stdout: DEFAULTS, stderr: '' });
  assert.deepEqual(read(DEFAULTS), { ...DEFAULT_SETTINGS, policy: { ...DEFAULT_SETTINGS.policy, default: 'allow' } });
});

const MUCH = `runtime: "/opt/my runtimes/crun" # ours
specDirs: [/a b, "/ä"]
requests:
  env:
    presets: [nvidia]
    variables: { GPUS: { kind: vendor.com/gpu }, CDI_DEVICES: }
  defaultKind: a.b/c
policy:
  preset: locked
  rules:
  - { source: env, devices: ["*=all", "a.b/c=?"], action: deny, reason: "no: \\u2028" }
  - action: allow
wait: 1500ms
trust: { owner: "off", hookPaths: [/usr/bin/**] }
limits: { spec: 1025, specs: 7 }
`;

test('config show prints what is settings again, with or without origins', async () => {
  const much = MUCH.replace('  defaultKind', '  precedence: [mount, env]\n  defaultKind').replace(
    'GPUS:',
    'A: { replaces: AMD_VISIBLE_DEVICES }, GPUS:',
  );
  const config = file('much-more.yaml', much);
  const want = { ...read(much), policy: { ...read(much).policy, default: 'deny' } };
  for (const more of [[], ['--origin']]) {
    const { stdout } = await runCdictl(['config', 'show', '--config', config, ...more]);
    assert.deepEqual(read(stdout), want);
  }
});

test('config show --origin says where each value comes from', async () => {
  const config = file('much.yaml', MUCH);
  const { stdout } = await runCdictl(['config', 'show', '--origin', '--config', config]);
  for (const line of [
    `runtime: "/opt/my runtimes/crun"  # from ${config}:1`,
    'family: auto  # default',
    `specDirs:  # from ${config}:2`,
    `    presets:  # from ${config}:5`,
    `        kind: vendor.com/gpu  # from ${config}:6`,
    `  defaultKind: a.b/c  # from ${config}:7`,
    '  precedence: auto  # default',
    `  preset: locked  # from ${config}:9`,
    `  default: deny  # from ${config}:9`,
    `  rules:  # from ${config}:11`,
    `wait: "1500ms"  # from ${config}:13`,
    '  hostPaths: []  # default',
    '  mountTypes: []  # default',
    `  spec: "1025"  # from ${config}:15`,
  ]) {
    assert.ok(stdout.includes(`${line}\n`), `${line}\n${stdout}`);
  }
  // Each value has its origin, and nothing else has one.
  const values = DEFAULTS.split('\n').filter((line) => /: ./.test(line) || /(?:specDirs|prefixes):$/.test(line));
  assert.equal(
    (await runCdictl(['config', 'show', '--origin', '--config', EMPTY])).stdout.match(/ {2}# default\n/g)?.length,
    values.length,
  );
});

test('config show --output json has settings and origins', async () => {
  const config = file('much.yaml', MUCH);
  const { stdout } = await runCdictl(['config', 'show', '--output', 'json', '--config', config]);
  const data = JSON.parse(stdout);
  assertConforms('cdictl/config-show.schema.json', data);
  assert.deepEqual(data.settings.limits, {
    config: '16MiB',
    spec: '1025',
    specs: 7,
    memory: '128MiB',
    time: '5s',
    wall: '1m',
  });
  assert.deepEqual(data.origins['policy.rules'], { file: config, line: 11, column: 3 });
  assert.deepEqual(data.origins['requests.env.variables.GPUS.kind'], { file: config, line: 6, column: 32 });
  assert.equal(data.origins['audit.path'], 'default');
  const keys = Object.keys(data.origins);
  assert.ok(
    keys.every((key) => key.split('.').reduce((value, name) => Object(value)[name], data.settings) !== undefined),
  );
});

test('config show --output yaml has the same', async () => {
  const { stdout } = await runCdictl(['config', 'show', '--output', 'yaml', '--config', EMPTY]);
  assert.ok(stdout.startsWith('---\nsettings:\n  runtime: auto\n'));
  assert.ok(stdout.includes('\norigins:\n  runtime: default\n'));
});

test('config show refuses broken settings', async () => {
  const config = file('broken.yaml', 'policy:\n  rule: []\n');
  const why = `line 2, column 3: field "rule" is unknown; did you mean "rules"?`;
  assert.deepEqual(await runCdictl(['config', 'show', '--config', config]), {
    status: 1,
    stdout: '',
    stderr: `cdictl: cannot read settings "${config}": ${why}\n`,
  });
});

test('any path and any runtime survive config show', async () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
  const property = fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 3 }), async (paths) => {
    const settings = JSON.stringify({ specDirs: paths.map((path) => `/${path}`), audit: { path: `/${paths[0]}` } });
    const config = file('any.yaml', settings);
    const { stdout } = await runCdictl(['config', 'show', '--origin', '--config', config]);
    const { specDirs, audit } = read(stdout);
    assert.deepEqual([specDirs, audit.path], [read(settings).specDirs, read(settings).audit.path]);
  });
  await fc.assert(property, { numRuns: 100 });
});

// Checks.

test('config check says which files are good', async () => {
  const [one, other] = [file('one.yaml', 'family: crun'), file('other.yaml', '')];
  assert.deepEqual(await runCdictl(['config', 'check', one, other]), {
    status: 0,
    stdout: `"${one}" is good\n"${other}" is good\n`,
    stderr: '',
  });
  assert.equal((await runCdictl(['config', 'check', '--quiet', one])).stdout, '');
  assert.equal((await runCdictl(['config', 'check', '--config', one])).stdout, `"${one}" is good\n`);
});

test('config check says what is wrong with each file', async () => {
  const good = file('one.yaml', 'family: crun');
  const bad = file('bad.yaml', 'audit:\n  pth: /x\n');
  const missing = join(folder, 'missing.yaml');
  const why = `cannot read settings "${bad}": line 2, column 3: field "pth" is unknown; did you mean "path"?`;
  assert.deepEqual(await runCdictl(['config', 'check', bad, good, missing]), {
    status: 1,
    stdout: `"${good}" is good\n`,
    stderr: `cdictl: ${why}\ncdictl: cannot read settings "${missing}": it is missing; name another file\n`,
  });
});

test('config check tells programs the place', async () => {
  const bad = file('bad.yaml', 'audit:\n  pth: /x\n');
  const { status, stdout } = await runCdictl(['config', 'check', '--output', 'json', EMPTY, bad]);
  assert.equal(status, 1);
  const data = JSON.parse(stdout);
  assertConforms('cdictl/config-check.schema.json', data);
  assert.deepEqual([data.files[0], data.files[1].path], [{ path: EMPTY, error: null }, bad]);
  const { code, line, column, hint } = data.files[1].error;
  assert.deepEqual([code, line, column, hint], ['BAD_SETTINGS', 2, 3, 'did you mean "path"?']);
});

test('config check judges the owners of what the shim would read, and only the content of other files', async () => {
  const open = file('open.yaml', 'family: crun', 0o666);
  assert.deepEqual((await runCdictl(['config', 'check', open])).status, 0);
  const { status, stdout, stderr } = await runCdictl(['config', 'check', '--output', 'json', '--config', open]);
  assert.equal(status, 1);
  assert.match(stderr, /it can be written by everybody \(mode 0666\)/);
  assertConforms('cdictl/config-check.schema.json', JSON.parse(stdout));
  assert.equal(JSON.parse(stdout).files[0].error.code, 'UNTRUSTED');
});

test('a file of settings that --config names and that is not there is told with the option', async () => {
  const { status, stderr } = await runCdictl(['devices', '--config', '/nonexistent/settings.yaml']);
  const want = 'cdictl: cannot read settings "/nonexistent/settings.yaml": it is missing; --config names it\n';
  assert.deepEqual([status, stderr], [1, want]);
});

test('config check and policy test warn of a rule that allows by one effect and leaves others open', async () => {
  const path = file(
    'open.yaml',
    'policy:\n  rules:\n  - { action: allow, nodes: ["/dev/fuse"] }\n  - { action: deny, mounts: ["/**"] }\n  - { action: deny, hooks: ["/**"] }\n  - { action: allow, nodes: ["/dev/kvm"], env: ["A*"] }\n',
  );
  const warning = `${path}:3:5: warning: policy.rules[0] allows devices whatever they bring of mounts, hooks, env [open-effects]\n    name what it allows of mounts, hooks, env, too, or deny all of them in a rule before it\n`;
  const checked = await runCdictl(['config', 'check', path]);
  assert.deepEqual(checked, { status: 0, stdout: `"${path}" is good\n`, stderr: warning });
  const tested = await runCdictl(['policy', 'test', '--config', path, '--device', 'v.com/c=x', '-o', 'json']);
  assert.equal(tested.stderr, warning);
  const data = JSON.parse(tested.stdout);
  assertConforms('cdictl/policy-test.schema.json', data);
  assert.deepEqual(data.findings.length, 1);
});
