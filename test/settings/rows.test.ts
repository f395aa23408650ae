// A row that is added to a table is all that the program needs to know it: the reader, the schema, help and completion.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { KINDS } from '../../src/edits/kinds.ts';
import { ENGINE_IDS } from '../../src/engines/engine.ts';
import { listRequestMarkers } from '../../src/requests/read-requests.ts';
import { loadSettings, SETTINGS_FILE } from '../../src/settings/load.ts';
import { POLICY_PRESETS } from '../../src/settings/policy-presets.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { SETTINGS, SOURCES } from '../../src/settings/table.ts';
import { PRESETS, type Preset } from '../../src/settings/vendor-presets.ts';
import { memoryHost } from '../host/memory-host.ts';
import { asking, requestsOf } from '../requests/read.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const acme: Preset = {
  variable: 'ACME_VISIBLE_DEVICES',
  kind: 'acme.com/x',
  read: (value) => [{ name: value, optional: false }],
};

function read(settings: string): Settings {
  return loadSettings(memoryHost({ [SETTINGS_FILE]: settings })).settings;
}

/** Runs some lines in a program of its own, since tables are read when commands are loaded. */
function run(lines: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', lines, '--', '--print'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
  return stdout;
}

test('a preset of a vendor is its row', () => {
  Object.assign(PRESETS, { acme });
  const { requests } = read('requests: { env: { presets: [nvidia, acme] } }');
  assert.equal(requests.env.presets.join(), 'nvidia,acme');
  assert.ok(listRequestMarkers(requests).includes('ACME_VISIBLE_DEVICES'));
  assert.deepEqual(requestsOf(asking({}, ['ACME_VISIBLE_DEVICES=0']), requests), [
    'acme.com/x=0 by env ACME_VISIBLE_DEVICES',
  ]);
  const schema = run(`
    import { PRESETS } from './src/settings/vendor-presets.ts';
    Object.assign(PRESETS, { acme: {} });
    await import('./scripts/settings-schema.ts');`);
  assert.match(schema, /"enum": \["nvidia", [^\]]*"acme"\]/);
});

test('a preset of the policy is its row', () => {
  Object.assign(POLICY_PRESETS, { none: { rules: [], default: 'deny' } });
  assert.equal(read('policy: { preset: none }').policy.preset, 'none');
  assert.throws(() => read('policy: { preset: non }'), /none of open, .*, none; did you mean "none"\?/);
});

const help: [title: string, table: string, names: string, words: string[], known: RegExp[]][] = [
  [
    'an engine',
    './src/engines/engine.ts',
    'ENGINE_IDS',
    ['engine', 'configure'],
    [/\[OPTION...\] docker\|\S*\|acme/, /ENGINE is docker, .* or acme\./],
  ],
  ['an engine', './src/engines/engine.ts', 'ENGINE_IDS', ['engine', 'status'], [/\[docker\|\S*\|acme\]\.\.\./]],
  [
    'a generator',
    './src/generate/generator.ts',
    'GENERATOR_IDS',
    ['generate'],
    [/KIND is fuse, [^.]*,\s+acme, or all/],
  ],
];
for (const [title, table, names, words, known] of help)
  test(`help and completion of ${words.join(' ')} follow the name of ${title}`, () => {
    const text = run(`
      import { ${names} } from '${table}';
      ${names}.push('acme');
      const { runCdictl } = await import('./test/support/run-cdictl.ts');
      const said = async (words) => console.log((await runCdictl(words)).stdout);
      await said([...${JSON.stringify(words)}, '--help']);
      await said(['__complete', '--', ...${JSON.stringify(words)}, 'ac']);`);
    for (const wanted of known) assert.match(text, wanted);
    assert.match(text, /^acme(?:\t|$)/m);
  });

test('the published schemas have the names of every engine, source and kind of edits', () => {
  const engines = JSON.stringify(ENGINE_IDS);
  const sources = JSON.stringify(Object.keys(SOURCES));
  const wanted: [file: string, names: string][] = [
    ['audit', sources],
    ['cdictl/policy-test', sources],
    ['cdictl/explain', sources],
    ['cdictl/explain', JSON.stringify(KINDS.map(({ name }) => name))],
    ['cdictl/engine-configure', engines],
    ['cdictl/engine-unconfigure', engines],
    ['cdictl/engine-status', engines],
  ];
  for (const [file, names] of wanted) {
    const schema = JSON.stringify(JSON.parse(readFileSync(`${ROOT}/schemas/${file}.schema.json`, 'utf8')));
    assert.ok(schema.includes(`"enum":${names}`), file);
  }
});

test('every engine has its page', () => {
  assert.deepEqual(readdirSync(`${ROOT}/docs/engines`).sort(), ENGINE_IDS.map((id) => `${id}.md`).sort());
});

// What the C half must know by itself, or the core is never asked.

function textsOf(file: string, name: string): string[] {
  const text = readFileSync(`${ROOT}/shim/${file}`, 'utf8');
  const [, list = ''] = new RegExp(`\\b${name}\\[\\](?:\\[[^\\]]*\\])? = \\{([^}]*)\\}`).exec(text) ?? [];
  return [...list.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

test('the shim looks for the markers that sources have by default, on or off, and for no others', () => {
  const markers = listRequestMarkers(DEFAULT_SETTINGS.requests);
  const usual = textsOf('prefilter.c', 'usual');
  for (const marker of markers)
    assert.ok(
      usual.some((word) => marker.includes(word)),
      marker,
    );
  for (const word of usual)
    assert.ok(
      markers.some((marker) => marker.includes(word)),
      word,
    );
});

test('the shim asks the core where a file of settings has a key that adds a way to ask', () => {
  const keys = textsOf('settings.c', 'source_keys');
  for (const section of Object.values(SOURCES)) {
    const isOff = DEFAULT_SETTINGS.requests[section].enabled === false;
    const own = Object.keys(SETTINGS.requests[section]).filter((key) => key !== 'enabled');
    for (const key of isOff ? [section] : own) assert.ok(keys.includes(key), `${section}.${key}`);
  }
});
