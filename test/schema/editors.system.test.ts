// What an editor says of specs and settings by our schemas: the language server for YAML, as editors run it.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startLanguageServer } from '../support/language-server.ts';

const schema = (name: string): string => String(pathToFileURL(resolve(import.meta.dirname, '../../schemas', name)));
/** As docs/lint.md has it for editors, with the schema of this checkout. */
const server = startLanguageServer({
  validate: true,
  completion: true,
  hover: true,
  schemaStore: { enable: false },
  schemas: { [schema('cdi.schema.json')]: ['/etc/cdi/*.yaml', '/var/run/cdi/*.yaml'] },
});

before(async () => {
  await server.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true } },
  });
  server.notify('initialized', {});
  server.notify('workspace/didChangeConfiguration', { settings: {} });
});
after(() => server.stop());

/** Opens a document, and waits for what is wrong with it. */
async function open(uri: string, text: string): Promise<readonly string[]> {
  const told = server.waitFor('textDocument/publishDiagnostics', (params) => Object(params).uri === uri);
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  const { diagnostics }: { diagnostics: { message: string; range: { start: { line: number } } }[] } = Object(
    await told,
  );
  return diagnostics.map(({ message, range: { start } }) => `${start.line + 1}: ${message}`);
}

const SPEC = `cdiVersion: 1.1.0
kind: vendor.com/gpu
devices:
- name: GPU-1
  containerEdits:
    deviceNodes:
    - path: /dev/a
      `;

test('a spec in a spec directory is judged by the schema, by its place', async () => {
  const found = await open('file:///etc/cdi/bad.yaml', SPEC.replace('path: /dev/a', 'uid: -1'));
  assert.deepEqual(found, ['7: Missing property "path".', '7: Value is below the minimum of 0.']);
  assert.deepEqual(await open('file:///etc/cdi/good.yaml', SPEC), []);
});

test('fields are completed, and say what they are for', async () => {
  const uri = 'file:///var/run/cdi/new.yaml';
  await open(uri, SPEC);
  const textDocument = { uri };
  const { items }: { items: { label: string; documentation?: unknown }[] } = Object(
    await server.request('textDocument/completion', { textDocument, position: { line: 7, character: 6 } }),
  );
  const labels = items.map(({ label }) => label);
  for (const label of ['hostPath', 'permissions', 'gid']) assert.ok(labels.includes(label), labels.join());
  assert.ok(!labels.includes('path'), 'it is there already');
  const hover = await server.request('textDocument/hover', { textDocument, position: { line: 5, character: 6 } });
  assert.match(JSON.stringify(hover), /Nodes in \/dev of the container, with the right to use them/);
});

test('a line in the file names the schema, for settings, too', async () => {
  const head = (name: string): string => `# yaml-language-server: $schema=${schema(name)}\n`;
  const spec = await open('file:///src/vendor.yaml', `${head('cdi.schema.json')}kind: v.com/c\ndevices: []\n`);
  assert.deepEqual(spec, ['2: Missing property "cdiVersion".']);
  const settings = await open(
    'file:///src/config.yaml',
    `${head('config.schema.json')}runtime: runc\nstale: perhaps\n`,
  );
  assert.equal(settings.length, 1);
  assert.match(settings[0] ?? '', /^3: Value is not accepted\. Valid values: /);
});
