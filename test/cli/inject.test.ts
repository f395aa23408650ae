// cdictl inject: devices into documents, and what bundles ask for into bundles.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { createCollectingTerminal, type Terminal } from '../../src/cli/terminal/terminal.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { assertConforms } from '../support/published-schemas.ts';
import { type CdictlOutcome, runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
chmodSync(folder, 0o755);

const SPEC = `cdiVersion: 1.1.0
kind: v.com/c
containerEdits: { env: [ALL=1] }
devices:
- { name: d0, containerEdits: { env: [D=0] } }
- { name: d1, containerEdits: { env: [D=1], additionalGids: [44] } }
`;
const OTHER = 'cdiVersion: 1.1.0\nkind: v.com/other\ndevices:\n- { name: x, containerEdits: { env: [X=1] } }\n';

interface Place {
  readonly config: string;
  readonly bundle: string;
  readonly cdi: string;
  readonly audit: string;
  readonly settings: string;
  inject(...words: readonly string[]): Promise<CdictlOutcome>;
}

/** A spec directory with two kinds, a bundle and settings. */
function place(document: string, extra = ''): Place {
  const root = mkdtempSync(join(folder, 'p'));
  const at = (name: string): string => join(root, name);
  const [cdi, bundle, settings, audit] = [at('cdi'), at('bundle'), at('settings.yaml'), at('audit')];
  for (const directory of [cdi, bundle]) mkdirSync(directory);
  writeFileSync(join(cdi, 'a.yaml'), SPEC);
  writeFileSync(join(cdi, 'b.yaml'), OTHER);
  const config = join(bundle, 'config.json');
  writeFileSync(config, document);
  writeFileSync(settings, `specDirs: [${cdi}]\naudit: { path: ${audit} }\n${extra}`);
  const inject: Place['inject'] = (...words) => runCdictl(['inject', '--config', settings, ...words]);
  return { config, bundle, cdi, audit, settings, inject };
}

const ODD =
  '{ "process" : {\n\t"env":[ "A=1" ] },\n"rlimit": 18446744073709551615, "annotations": {"cdi.k8s.io/x":"none"} }\n';
const ODD_AFTER = ODD.replace('"A=1"', '"A=1", "ALL=1", "D=0"');

test('inject puts devices into a document and leaves every other byte alone', async () => {
  const { config, inject } = place(ODD, 'policy: { preset: locked }\n');
  const { status, stdout, stderr } = await inject(config, 'v.com/c=d0');
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(stdout, ODD_AFTER);
  assert.equal(readFileSync(config, 'utf8'), ODD);
  assert.equal((await inject(config, 'v.com/c=d0', '-o', 'json')).stdout, stdout);
  writeFileSync(config, stdout);
  assert.equal((await inject(config, 'v.com/c=d0')).stdout, stdout, 'once is enough');
});

test('inject prints the document as YAML, with whole numbers of 64 bits', async () => {
  const { config, inject } = place(ODD);
  assert.equal(
    (await inject(config, 'v.com/other=x', '-o', 'yaml')).stdout,
    '---\nprocess:\n  env:\n  - A=1\n  - X=1\nrlimit: 18446744073709551615\nannotations:\n  cdi.k8s.io/x: none\n',
  );
});

test('inject reads standard input', () => {
  const { settings } = place('');
  const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'inject', '-', 'v.com/other=*', '--config', settings],
    { input: '{"process":{"env":["A=1"]}}', encoding: 'utf8' },
  );
  assert.deepEqual([status, stdout, stderr], [0, '{"process":{"env":["A=1","X=1"]}}', '']);
});

const matches: [shows: string, words: readonly string[], env: readonly string[]][] = [
  ['a pattern: its devices by their names', ['v.com/c=d*'], ['ALL=1', 'D=1']],
  ['words in their order', ['v.com/c=d1', 'v.com/c=d0'], ['ALL=1', 'D=0']],
  ['a device once, at its first word', ['v.com/c=d1', 'v.com/c=d?'], ['ALL=1', 'D=0']],
  ['a pattern over vendors and classes', ['*'], ['ALL=1', 'D=1', 'X=1']],
];
for (const [shows, words, env] of matches)
  test(`inject takes ${shows}`, async () => {
    const { config, inject } = place('{"process":{"env":[]}}');
    const { status, stdout } = await inject(config, ...words);
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout).process.env, env);
  });

const unmatched: [shows: string, word: string, want: string][] = [
  [
    'a pattern that matches nothing',
    'v.com/d=*',
    'cannot find devices for "v.com/d=*": none of 3 matches; did you mean "v.com/c=',
  ],
  [
    'a name that is near another',
    'v.com/c=e0',
    'cannot resolve device "v.com/c=e0": "v.com/c" has "d0" and "d1"; did you mean "d0"',
  ],
  ['a name of no vendor', 'w.org/c=d0', 'cannot resolve device "w.org/c=d0": no spec in '],
  ['a word that is no name', 'gpu', 'cannot resolve device "gpu": it has no "="; write it as vendor.com/class=name'],
];
for (const [shows, word, want] of unmatched)
  test(`inject fails on ${shows}`, async () => {
    const { config, inject } = place('{}');
    const { status, stdout, stderr } = await inject(config, 'v.com/c=d0', word);
    assert.deepEqual([status, stdout], [1, '']);
    assert.ok(stderr.split('\n').at(-2)?.startsWith(`cdictl: ${want}`), stderr);
  });

test('inject says which devices a pattern leaves out, and fails where it leaves out all', async () => {
  const { config, cdi, inject } = place('{}');
  writeFileSync(join(cdi, 'z.yaml'), OTHER);
  const { status, stderr } = await inject(config, 'v.com/*');
  assert.equal(status, 0);
  assert.match(stderr, /^cdictl: cannot resolve device "v.com\/other=x": .* with the same priority/);
  assert.equal((await inject(config, 'v.com/*', '--quiet')).stderr, '');
  const none = await inject(config, 'v.com/o*', '--quiet');
  assert.deepEqual([none.status, none.stdout], [1, '']);
  assert.match(none.stderr, /^cdictl: cannot resolve device "v.com\/other=x": .* with the same priority/);
});

test('inject trusts no hook that the shim would not, and says what the host lacks', async () => {
  const { config, cdi, settings, inject } = place('{}');
  const device = (edits: string): void =>
    writeFileSync(join(cdi, 'b.yaml'), OTHER.replace('{ env: [X=1] }', edits), { mode: 0o644 });
  device('{ hooks: [{ hookName: prestart, path: /bin/sh, env: [LD_PRELOAD=/x] }] }');
  const refused = await inject(config, 'v.com/other=x');
  assert.deepEqual([refused.status, refused.stdout], [1, '']);
  assert.match(refused.stderr, /^cdictl: cannot run hook "\/bin\/sh" of spec .* variable "LD_PRELOAD"/);
  device('{ hooks: [{ hookName: prestart, path: /bin/sh }], mounts: [{ hostPath: /gone, containerPath: /x }] }');
  const stopped = await inject(config, 'v.com/other=x');
  assert.deepEqual([stopped.status, stopped.stdout], [1, '']);
  assert.match(stopped.stderr, /^cdictl: cannot mount "\/gone" of spec [^\n]* the host does not have it[^\n]*\n$/);
  appendFileSync(settings, 'stale: warn\n');
  const warned = await inject(config, 'v.com/other=x');
  assert.equal(warned.status, 0);
  assert.match(warned.stderr, /^cdictl: cannot mount "\/gone" of spec [^\n]* the host does not have it[^\n]*\n$/);
  const { hooks } = JSON.parse(warned.stdout);
  assert.deepEqual(hooks.prestart, [
    { path: '/bin/sh', env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
  ]);
});

test('inject --dry-run tells what would come of it, for people and for programs', async () => {
  const { config, inject } = place('{"process":{"env":["D=7","X=1"]}}');
  const { status, stdout } = await inject(config, '*', '--dry-run');
  assert.equal(status, 0);
  assert.equal(
    stdout,
    `${config}: 3 devices would be injected (edits: 2 added, 1 replaced, 1 there already, 1 overridden)\n`,
  );
  const told = JSON.parse((await inject(config, '*', '--dry-run', '-o', 'json')).stdout);
  assertConforms('cdictl/explain.schema.json', told);
  assert.deepEqual(
    told.edits.map(({ key, level, effect }: Record<string, string>) => [key, level, effect]),
    [
      ['ALL', 'spec', 'add'],
      ['D', 'device', 'overridden'],
      ['D', 'device', 'replace'],
      ['44', 'device', 'add'],
      ['X', 'device', 'present'],
    ],
  );
  assert.equal((await inject(config, '*', '--dry-run', '--quiet')).stdout, '');
});

const LINES = '{\n  "process": {\n    "env": [\n      "A=1"\n    ]\n  }\n}\n';

test('inject --diff shows a change as patch reads it', async () => {
  const { config, inject } = place(LINES);
  assert.equal(
    (await inject(config, 'v.com/other=x', '--diff')).stdout,
    `--- ${config}
+++ ${config}
@@ -1,7 +1,8 @@
 {
   "process": {
     "env": [
-      "A=1"
+      "A=1",
+      "X=1"
     ]
   }
 }
`,
  );
  assert.equal(readFileSync(config, 'utf8'), LINES);
});

test('inject --diff lays a document out that is all on one line', async () => {
  const { config, inject } = place('{"process":{"env":["A=1"]},"limit":18446744073709551615}');
  const { stdout } = await inject(config, 'v.com/other=x', '--diff');
  assert.equal(
    stdout,
    `--- ${config} (laid out)
+++ ${config} (laid out)
@@ -1,7 +1,8 @@
 {
   "process": {
     "env": [
-      "A=1"
+      "A=1",
+      "X=1"
     ]
   },
   "limit": 18446744073709551615
`,
  );
});

test('inject --diff has colours on a terminal, and nothing that steers it', async () => {
  const document = LINES.replace('"A=1"', '"A=\u009b2J\u202e"');
  const { config, settings } = place(document);
  const collected = createCollectingTerminal(80);
  const stdout: Terminal = { ...collected, isTerminal: true, style: (style, text) => `<${style}>${text}</>` };
  const words = ['inject', '--config', settings, config, 'v.com/other=x', '--diff'];
  assert.equal(
    await run(words, { host: createNodeHost(), stdout, stderr: createCollectingTerminal(), version: '0' }),
    0,
  );
  const lines = collected.text().split('\n');
  assert.ok(lines.includes('<cyan>@@ -1,7 +1,8 @@</>'));
  assert.ok(lines.includes('<red>-      "A=\\x9b2J\\u202e"</>'));
  assert.ok(lines.includes('<green>+      "X=1"</>'));
  assert.ok(lines.includes('   "process": {'));
  const piped = createCollectingTerminal();
  await run(words, { host: createNodeHost(), stdout: piped, stderr: createCollectingTerminal(), version: '0' });
  assert.ok(piped.text().includes('-      "A=\u009b2J\u202e"\n'));
});

const ASKING = '{"process":{"env":[]},"annotations":{"cdi.k8s.io/x":"v.com/c=d1"}}';

test('inject --bundle replaces config.json, and the audit knows who did it', async () => {
  const { bundle, config, audit, inject } = place(ASKING);
  const before = statSync(config).ino;
  const { status, stdout, stderr } = await inject('--bundle', bundle);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(stdout, `${config}: 1 device injected (edits: 3 added)\n`);
  assert.deepEqual(JSON.parse(readFileSync(config, 'utf8')).process.env, ['ALL=1', 'D=1']);
  assert.notEqual(statSync(config).ino, before);
  const records = readFileSync(audit, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(new Set(records.map(({ record }) => record)).size, 1);
  assert.deepEqual(
    records.map(({ command, id, bundle: of, outcome }) => [command, id, of, outcome]),
    ['intended', 'injected'].map((outcome) => ['cdictl inject', '', bundle, outcome]),
  );
  const again = await inject('--bundle', bundle);
  assert.equal(again.stdout, `${config}: has all of 1 device already\n`);
  const told = JSON.parse((await inject('--bundle', bundle, '-o', 'json')).stdout);
  assertConforms('cdictl/explain.schema.json', told);
  assert.equal(told.outcome, 'already');
  assert.equal((await inject('--bundle', bundle, '--quiet')).stdout, '');
});

test('inject --bundle keeps to the policy, and a dry run and a diff change nothing', async () => {
  const { bundle, config, audit, inject } = place(ASKING, 'policy: { preset: locked }\n');
  for (const words of [[], ['--dry-run'], ['--diff']]) {
    const { status, stdout, stderr } = await inject('--bundle', bundle, ...words);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^cdictl: cannot inject device "v.com\/c=d1" .*: policy.preset locked of the settings denies it/,
    );
  }
  assert.equal(readFileSync(config, 'utf8'), ASKING);
  const records = readFileSync(audit, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    records.map((line) => JSON.parse(line).outcome),
    ['refused'],
  );
});

test('inject --bundle does nothing to a bundle that asks for nothing, and leaves no record of it', async () => {
  const { bundle, config, audit, inject } = place('{"process":{"env":[]}}');
  const before = statSync(config, { bigint: true });
  const { status, stdout } = await inject('--bundle', bundle);
  assert.deepEqual([status, stdout], [0, `${config}: asks for no device\n`]);
  assert.deepEqual(statSync(config, { bigint: true }).ctimeNs, before.ctimeNs);
  assert.throws(() => readFileSync(audit));
});

test('inject --bundle takes the spec directories of the command line', async () => {
  const { bundle, config, inject } = place(ASKING.replace('c=d1', 'elsewhere=e'));
  const elsewhere = mkdtempSync(join(folder, 'specs'));
  writeFileSync(join(elsewhere, 'e.yaml'), OTHER.replace('other', 'elsewhere').replace('name: x', 'name: e'));
  assert.equal((await inject('--bundle', bundle, '--spec-dirs', elsewhere)).status, 0);
  assert.deepEqual(JSON.parse(readFileSync(config, 'utf8')).process.env, ['X=1']);
});

test('inject --bundle tells a request that comes to nothing', async () => {
  const { bundle, config, inject } = place(ASKING, 'policy: { rules: [{ action: ignore }] }\n');
  const { status, stdout } = await inject('--bundle', bundle);
  assert.deepEqual([status, stdout], [0, `${config}: nothing of what it asks for was injected\n`]);
});

const usage: [why: string, words: readonly string[], want: string][] = [
  ['nothing', [], 'inject needs OCI|- and DEVICE...; see cdictl inject --help'],
  ['a document alone', ['config.json'], 'inject needs OCI|- and DEVICE...; see cdictl inject --help'],
  ['a bundle and a document', ['--bundle', '/b', 'c.json'], 'inject takes a bundle or a document, not both; see'],
  ['a diff as JSON', ['c.json', 'v.com/c=d', '--diff', '-o', 'json'], 'a diff is text: leave --output out; see'],
];
for (const [why, words, want] of usage)
  test(`inject cannot be called with ${why}`, async () => {
    const { status, stdout, stderr } = await runCdictl(['inject', ...words]);
    assert.deepEqual([status, stdout], [2, '']);
    assert.ok(stderr.startsWith(`cdictl: ${want}`), stderr);
  });

test('inject fails on a document that is none', async () => {
  const { bundle, config, inject } = place('[1,]');
  for (const words of [
    [config, 'v.com/c=d0'],
    ['--bundle', bundle],
  ]) {
    const { status, stdout, stderr } = await inject(...words);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^cdictl: cannot read the OCI document ".*config.json": line 1, column 4: /);
  }
  writeFileSync(config, Buffer.from('{"a":\xff}', 'latin1'));
  assert.match((await inject(config, 'v.com/c=d0')).stderr, /line 1, column 6: a value is missing\n$/);
});
