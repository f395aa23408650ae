// The library as built on the Node that the system has, which may be older than the one of the tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { spec } from '../support/specs.ts';
import { systemNode } from '../support/system-node.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const folder = temporaryFolder();
const { path: node, version, skip } = systemNode();

/** Loads, refreshes, refuses, injects, writes and judges. */
const PROGRAM = `
  const { Registry, UnresolvedDevicesError, loadSchema, parseSpec } = await import(process.argv[1]);
  const { readFileSync } = await import('node:fs');
  const [directory, schema] = process.argv.slice(2);
  const registry = new Registry({ specDirs: [directory], schema: 'none' });
  const found = [registry.listDevices()];
  const edits = { env: ['B=1'], hooks: [{ hookName: 'prestart', path: '/h', timeout: 5n }] };
  const path = registry.writeSpec({ cdiVersion: '0.6.0', kind: 'b.com/x', devices: [{ name: 'on', containerEdits: edits }] }, 'b');
  found.push(registry.listDevices());
  found.push(registry.injectDevices('{"n": 18446744073709551615}', 'a.com/x=0', 'b.com/x=on'));
  try {
    registry.injectDevices({}, 'a.com/x=1');
  } catch (error) {
    found.push([error instanceof UnresolvedDevicesError, error.devices]);
  }
  const written = readFileSync(path, 'utf8');
  for (const name of ['builtin', schema]) {
    try {
      loadSchema(name).validateType(parseSpec(written));
      found.push('kept');
    } catch (error) {
      found.push(error.code);
    }
  }
  console.log(JSON.stringify([written, found]));
`;

const WRITTEN = `---
cdiVersion: "0.6.0"
kind: b.com/x
devices:
- name: "on"
  containerEdits:
    env:
    - B=1
    hooks:
    - hookName: prestart
      path: /h
      timeout: 5
`;

test("the library works on the system's Node", { skip }, (t) => {
  t.diagnostic(`${node} ${version}`);
  writeFileSync(join(folder, 'a.yaml'), spec('a.com/x', '0'));
  const schema = join(folder, 'schema.json');
  writeFileSync(schema, JSON.stringify({ type: 'object', properties: { kind: { const: 'a.com/x' } } }));
  const args = ['--input-type=module', '--eval', PROGRAM, LIBRARY, folder, schema];
  const { stdout, stderr, status } = spawnSync(node, args, { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  const [written, found] = JSON.parse(stdout);
  assert.equal(written, WRITTEN);
  assert.deepEqual(found, [
    ['a.com/x=0'],
    ['a.com/x=0', 'b.com/x=on'],
    '{"n": 18446744073709551615,"process": {"user":{"uid":0,"gid":0},"cwd":"","env":["D=0","B=1"]},"hooks": {"prestart":[{"path":"/h","timeout":5}]}}',
    [true, ['a.com/x=1']],
    'kept',
    'BAD_SPEC',
  ]);
});
