import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  activeSchema,
  countSchemaChanges,
  defaultSchema,
  getChosenSchema,
  readAndValidate,
  setSchema,
  validateData,
  validateFile,
  validateType,
} from '../../src/library/active-schema.ts';
import { DEFAULT_EXTERNAL_SCHEMA, loadSchema } from '../../src/library/schema.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const wantsVendor = file('vendor.json', '{"type":"object","required":["vendor"]}');
const missing = join(folder, 'missing.json');

test('defaultSchema() is the external one where it is valid, else none', () => {
  equal(DEFAULT_EXTERNAL_SCHEMA, '/etc/cdi/schema/schema.json');
  equal(defaultSchema({ external: wantsVendor }).name, wantsVendor);
  for (const external of [missing, file('broken.json', '{'), file('no-schema.json', '{"type":"x"}'), folder, 'none']) {
    equal(defaultSchema({ external }).name, 'none');
  }
});

test('setSchema() takes names, paths and schemas', () => {
  for (const schema of ['builtin', wantsVendor, loadSchema('none')]) {
    const before = countSchemaChanges();
    setSchema(schema);
    equal(activeSchema().name, typeof schema === 'string' ? schema : schema.name);
    equal(getChosenSchema(), activeSchema());
    equal(countSchemaChanges(), before + 1);
  }
});

const unloadable: [title: string, name: string, code: string][] = [
  ['a file that is missing', missing, 'CANNOT_READ'],
  ['an address in the web', 'https://example.com/schema.json', 'BAD_SCHEMA'],
  ['a file that is no JSON', file('text.json', '{'), 'BAD_SCHEMA'],
  ['a file that is no schema', file('type.json', '{"type":"text"}'), 'BAD_SCHEMA'],
];
for (const [title, name, code] of unloadable)
  test(`setSchema() keeps the former schema for ${title}, and throws`, () => {
    setSchema(wantsVendor);
    const before = [activeSchema(), countSchemaChanges()];
    throws(() => setSchema(name), { code });
    deepEqual([activeSchema(), countSchemaChanges()], before);
  });

test('the functions judge by the schema in use', async () => {
  const good = file('good.json', '{"vendor":1}');
  const bad = file('bad.json', '{}');
  setSchema(wantsVendor);
  for (const judge of [() => validateData('{}'), () => validateFile(bad), () => validateType({})]) {
    throws(judge, { code: 'BAD_SPEC' });
  }
  await rejects(readAndValidate(['{}']), { code: 'BAD_SPEC' });
  validateData('vendor: 1');
  validateFile(good);
  validateType({ vendor: 1n });
  equal(await readAndValidate(['{"vendor"', ':1}']), '{"vendor":1}');
  setSchema('none');
  validateFile(bad);
  validateType({});
  equal(await readAndValidate(['{}']), '{}');
});
