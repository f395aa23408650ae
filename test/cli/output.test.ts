// What lists print for programs: JSON and YAML of a documented shape, and nothing that would steer a terminal.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { readJsonDocument, readYamlDocument } from '../../src/schema/document.ts';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { closedSchema } from './closed-schema.ts';
import { STEERING, specDirectories } from './spec-directories.ts';

const folder = temporaryFolder();
const { low, high, options } = specDirectories(folder);
const empty = join(folder, 'empty');
mkdirSync(empty);
chmodSync(empty, 0o755);
const CONFIG = options.slice(0, 2);

const NAMES = ['good.example/gpu=0', 'good.example/net=eth0', 'both.example/gpu=x', 'hostile.example/h=h', 'none'];
const LISTS: readonly (readonly [command: string, words: readonly string[], status: number])[] = [
  ['devices', ['devices'], 0],
  ['devices', ['devices', '--verbose'], 0],
  ['devices', ['devices', '--held'], 0],
  ['vendors', ['vendors'], 0],
  ['classes', ['classes'], 0],
  ['specs', ['specs'], 0],
  ['specs', ['specs', '--verbose'], 0],
  ['specs', ['specs', 'good.example', 'broken.example'], 0],
  ['dirs', ['dirs'], 0],
  ['resolve', ['resolve', ...NAMES], 1],
];
const PLACES: readonly (readonly [shows: string, options: readonly string[], isReadable: boolean])[] = [
  ['good and bad specs', options, true],
  ['an empty directory and none', [...CONFIG, '-d', `${empty},${join(folder, 'missing')}`], true],
  ['a file in the place of a directory', [...CONFIG, '-d', `${low},${join(low, 'a.yaml')},${high}`], false],
];

for (const [command, words, status] of LISTS) {
  for (const [shows, where, isReadable] of PLACES) {
    // A vendor without a spec is an error, and so is no list.
    if (words.length > 2 && command === 'specs' && where !== options) continue;
    test(`${words.slice(0, 2).join(' ')} as JSON and YAML: ${shows}`, async () => {
      const json = await runCdictl([...words, ...where, '--output', 'json']);
      closedSchema(`cdictl/${command}.schema.json`)(JSON.parse(json.stdout));
      assert.equal(json.status, isReadable ? status : 1);
      const yaml = await runCdictl([...words, ...where, '-oyaml']);
      const source = { what: 'read' };
      assert.deepEqual(
        readYamlDocument(parseYaml(yaml.stdout), source).value,
        readJsonDocument(json.stdout, source).value,
      );
      assert.deepEqual([yaml.status, yaml.stderr], [json.status, json.stderr]);
    });
  }
}

for (const [, words] of LISTS) {
  for (const output of ['table', 'json', 'yaml']) {
    for (const width of [Number.POSITIVE_INFINITY, 80, 40]) {
      const shown = `${words.slice(0, 2).join(' ')} as ${output} in ${width} columns`;
      test(`${shown} has nothing in it that steers a terminal`, async () => {
        const { stdout, stderr } = await runCdictl([...words, ...options, '--output', output], width);
        assert.doesNotMatch(stdout, STEERING);
        assert.doesNotMatch(stderr, STEERING);
        assert.notEqual(stdout, '');
      });
    }
  }
}

/** They print texts, lines that have a schema of their own, or nothing but a log. */
const OTHERS = ['inject', 'audit', 'device-plugin', 'completion', '__complete', 'help'];

test('every other command has a schema of what it prints for programs', () => {
  const names = COMMANDS.map(({ name }) => name).filter((name) => !OTHERS.includes(name));
  const schemas = names.map((name) => `${name.replace(' ', '-')}.schema.json`);
  assert.deepEqual(readdirSync(join(import.meta.dirname, '../../schemas/cdictl')).sort(), schemas.sort());
});

test('numbers keep all their digits', async () => {
  const { stdout } = await runCdictl(['devices', '--verbose', ...options, '--output', 'json']);
  assert.ok(stdout.includes('"timeout": 9007199254740993'), stdout);
});

test('-d names directories for every command, and a list without one is refused', async () => {
  for (const words of [
    ['devices'],
    ['vendors'],
    ['classes'],
    ['specs'],
    ['dirs'],
    ['resolve', 'good.example/net=eth0'],
  ]) {
    const { stdout } = await runCdictl([...words, ...CONFIG, '-d', low, '-d', empty, '--output', 'json']);
    assert.ok(!stdout.includes(high) && !stdout.includes('hostile'), stdout);
    assert.ok(/good|low/.test(stdout), stdout);
  }
  for (const list of [',', '']) {
    assert.equal((await runCdictl(['devices', ...CONFIG, `--spec-dirs=${list}`])).status, 2);
  }
});

test('directories of the command line may be relative', async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const { stdout } = await runCdictl(['dirs', ...CONFIG, '-d', './low', '--output', 'json']);
    assert.equal(JSON.parse(stdout).directories[0].path, low);
  } finally {
    process.chdir(before);
  }
});
