// What commands that write print for programs, on this host and into scratch folders.
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runCdictl } from '../support/run-cdictl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { closedSchema } from './closed-schema.ts';

const folder = temporaryFolder();
const SHIM = resolve(import.meta.dirname, '../../dist/cdi-runtime');

test('generate tells programs what is written, what is gone and what there is not', async () => {
  const directory = join(folder, 'specs');
  const generate = async (...words: string[]): Promise<{ written: object[]; removed: string[]; nothing: object[] }> => {
    const { stdout } = await runCdictl(['generate', 'all', '--output-dir', directory, '-ojson', ...words]);
    const data = JSON.parse(stdout);
    closedSchema('cdictl/generate.schema.json')(data);
    return data;
  };
  const yaml = await generate();
  assert.ok(yaml.written.length + yaml.nothing.length > 5);
  const json = await generate('--format', 'json');
  assert.equal(json.removed.length, yaml.written.length);
});

test('install and uninstall tell programs what they did', async () => {
  const path = join(folder, 'bin/cdi-runtime');
  for (const changed of [true, false]) {
    const { stdout } = await runCdictl(['install', '--shim', SHIM, '--path', path, '-ojson']);
    const data = JSON.parse(stdout);
    closedSchema('cdictl/install.schema.json')(data);
    assert.deepEqual([data.path, data.changed], [path, changed]);
  }
  for (const removed of [[path], []]) {
    const { stdout } = await runCdictl(['uninstall', '--path', path, '-ojson']);
    closedSchema('cdictl/uninstall.schema.json')(JSON.parse(stdout));
    assert.deepEqual(JSON.parse(stdout), { removed });
  }
});
