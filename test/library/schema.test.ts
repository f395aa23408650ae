import { deepEqual, equal, ok, rejects, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUILTIN_SCHEMA_NAME, loadSchema, NONE_SCHEMA_NAME, type Schema } from '../../src/library/schema.ts';
import { parseSpec } from '../../src/library/spec.ts';
import { SchemaError } from '../../src/schema/judge.ts';
import { CdiError } from '../../src/text/error.ts';
import { corpusCases } from '../support/corpus.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const SOURCES = fileURLToPath(new URL('../../src/schema/', import.meta.url));

/** A schema that wants one field, by its name. */
function schemaFile(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const wantsVendor = schemaFile('vendor.json', { type: 'object', required: ['vendor'] });
const spec = { cdiVersion: '1.1.0', kind: 'vendor.com/gpu', devices: [{ name: '0', containerEdits: {} }] };
const text = JSON.stringify(spec);

function messageOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return error.message;
  }
}

// The corpus.

interface Case {
  readonly id: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly input: { op: string; schema?: string; text: string; path: string; spec: string };
  readonly expect: { readonly ok: boolean };
}

/** Go's lists may hold null for each of these, ours do not: they are put back. */
const POINTERS = ['deviceNodes', 'hooks', 'mounts', 'netDevices'] as const;

/** A spec read from JSON text as Go has it: without a list of devices where there is none. */
function goSpec(json: string): unknown {
  const document = JSON.parse(json);
  const read = parseSpec(json);
  if (document?.devices === undefined || document.devices === null) return { ...read, devices: null };
  const devices = read?.devices.map((device, index) => {
    const given = document.devices[index]?.containerEdits ?? {};
    const edits: Record<string, unknown> = { ...device.containerEdits };
    for (const field of POINTERS) {
      const items = device.containerEdits[field];
      if (items) edits[field] = items.map((item, at) => (given[field]?.[at] === null ? null : item));
    }
    return { ...device, containerEdits: edits };
  });
  return { ...read, devices };
}

const OPERATIONS: Readonly<Record<string, (schema: Schema, input: Case['input'], root: string) => void>> = {
  data: (schema, input) => schema.validateData(input.text),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the corpus writes it so
  file: (schema, input, root) => schema.validateFile(input.path.replace('${ROOT}', root)),
  spec: (schema, input) => schema.validateType(goSpec(input.spec)),
};

test('corpus: schema', async (t) => {
  const cases = corpusCases<Case>('schema');
  ok(cases.length > 0);
  for (const { id, files = {}, input, expect } of cases) {
    await t.test(id, () => {
      const root = mkdtempSync(join(folder, 'case-'));
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      const schema = loadSchema(input.schema ?? BUILTIN_SCHEMA_NAME);
      const message = messageOf(() => OPERATIONS[input.op]?.(schema, input, root));
      equal(message === undefined, expect.ok, message);
    });
  }
});

// Validation.

const messages: [title: string, data: string, message: string][] = [
  [
    'a missing field',
    'cdiVersion: 1.1.0\nkind: a.b/c\ndevices:\n- containerEdits: {}\n',
    'cannot validate the spec: line 4, column 3: devices[0].name: the field is missing (by the built-in schema); add it',
  ],
  [
    'several faults, by the first in the text',
    'kind: 5\ndevices:\n- name: yes\n  containerEdits: []\ncdiVersion: 1.1\n',
    'cannot validate the spec: line 1, column 7: kind: 5 stands where a text is needed (the first of 4, by the built-in schema); put it in quotes',
  ],
  [
    'an annotation that Kubernetes refuses',
    'cdiVersion: 1.1.0\nkind: a.b/c\ndevices: []\nannotations:\n  bad key: x\n',
    'cannot validate the spec: line 5, column 12: annotations["bad key"]: the key needs a letter or digit at both ends, and between them also . _ - only (by the rules of annotations)',
  ],
  [
    'edits of the spec itself',
    'cdiVersion: 1.1.0\nkind: a.b/c\ndevices: []\ncontainerEdits: {mounts: [{hostPath: /a}]}\n',
    'cannot validate the spec: line 4, column 27: containerEdits.mounts[0].containerPath: the field is missing (by the built-in schema); add it',
  ],
  [
    'a key that is there twice, by its last value',
    'cdiVersion: 1.1.0\nkind: a.b/c\ndevices: []\nkind: 5\n',
    'cannot validate the spec: line 4, column 7: kind: 5 stands where a text is needed (by the built-in schema); put it in quotes',
  ],
  [
    'text behind a JSON document',
    `${text} x`,
    'cannot validate the spec: line 1, column 93: something follows the end of the value',
  ],
  ['no YAML', '\ta: b: c', 'cannot validate the spec: line 1, column 1: '],
];
for (const [title, data, message] of messages) {
  test(`validateData() tells of ${title}`, () => {
    const said = messageOf(() => loadSchema('builtin').validateData(data)) ?? '';
    equal(message.endsWith(' ') ? said.slice(0, message.length) : said, message);
  });
}

test('SchemaError has all violations, in the order of the text', () => {
  throws(
    () => loadSchema('builtin').validateData('{"kind": 5, "devices": {}}'),
    (error) => {
      ok(error instanceof SchemaError);
      deepEqual([error.code, error.name, error.line, error.column], ['BAD_SPEC', 'CdiError', 1, 1]);
      deepEqual(
        error.violations.map(({ field }) => field.join('.')),
        ['cdiVersion', 'kind', 'devices'],
      );
      return true;
    },
  );
});

test('validateFile() names the file, and goes by its name and its content', () => {
  const yaml = schemaFile('specs/a.yaml', text.replace('{', '---\n{'));
  const json = schemaFile('specs/a.json', text.replace('{', '---\n{'));
  loadSchema('builtin').validateFile(yaml);
  loadSchema('none').validateFile(json);
  loadSchema('none').validateFile(join(folder, 'missing.json'));
  const expected = `cannot validate spec "${json}": line 1, column 2: `;
  const said = messageOf(() => loadSchema('builtin').validateFile(json)) ?? '';
  equal(said.slice(0, expected.length), expected);
  throws(() => loadSchema('none').validateFile(join(folder, 'missing.yaml')), { code: 'CANNOT_READ' });
});

test('validateFile() reads UTF-16 as YAML readers do', () => {
  const path = join(folder, 'utf16.yaml');
  writeFileSync(path, Buffer.from(`\ufeff${text}`, 'utf16le'));
  loadSchema('builtin').validateFile(path);
});

test('validateSpec() judges objects, big numbers exactly, and says where a spec is from', () => {
  const schema = loadSchema('builtin');
  const withMajor = (major: bigint) => ({
    ...spec,
    devices: [{ name: '0', containerEdits: { deviceNodes: [{ path: '/dev/x', major }] } }],
  });
  schema.validateSpec(withMajor(2n ** 63n - 1n));
  const source = { what: 'load spec "a.yaml"', path: 'a.yaml', locate: () => ({ line: 7, column: 3 }) };
  throws(() => schema.validateSpec(withMajor(2n ** 63n), source), {
    path: 'a.yaml',
    message:
      'cannot load spec "a.yaml": line 7, column 3: devices[0].containerEdits.deviceNodes[0].major: ' +
      '9223372036854775808 is too large (by the built-in schema); use at most 9223372036854775807',
  });
  loadSchema('none').validateType('anything');
});

test('the built-in schema checks the annotations of every key but an empty one and line feeds, as in Go', () => {
  const withKey = (key: string) => JSON.stringify({ ...spec, annotations: { [key]: 5 } });
  for (const key of ['', '\n']) loadSchema('builtin').validateData(withKey(key));
  for (const key of ['\r', '\u2028', 'a\n']) {
    throws(() => loadSchema('builtin').validateData(withKey(key)), { code: 'BAD_SPEC' });
  }
});

test('readAndValidate() takes JSON in pieces and gives it back', async () => {
  const schema = loadSchema('builtin');
  const bytes = Buffer.from(text.replace('gpu', 'é'));
  const pieces = [...bytes].map((byte) => Uint8Array.of(byte));
  equal(await schema.readAndValidate(Readable.from(pieces)), text.replace('gpu', 'é'));
  equal(await schema.readAndValidate([text]), text);
  await rejects(schema.readAndValidate(['{}']), { code: 'BAD_SPEC' });
  await rejects(schema.readAndValidate(['kind: a']), { code: 'BAD_SPEC' });
  equal(await loadSchema('none').readAndValidate(['kind: a']), 'kind: a');
});

// Schemas.

const names: [title: string, name: string, want: string][] = [
  ['knows the built-in one', BUILTIN_SCHEMA_NAME, 'builtin'],
  ['knows none', NONE_SCHEMA_NAME, 'none'],
  ['takes nothing for none', ' ', 'none'],
  ['takes a path', wantsVendor, wantsVendor],
  ['takes a relative path', relative(process.cwd(), wantsVendor), wantsVendor],
  ['takes a file URL', pathToFileURL(wantsVendor).href, wantsVendor],
  ['takes a file URL of a relative path, as Go does', `file://./${relative(process.cwd(), wantsVendor)}`, wantsVendor],
];
for (const [title, name, want] of names) {
  test(`loadSchema() ${title}`, () => {
    const schema = loadSchema(name);
    equal(schema.name, want);
    equal(messageOf(() => schema.validateData('{}')) === undefined, want === 'none');
  });
}

const refused: [title: string, name: string, code: string, says: string][] = [
  [
    'a web address',
    'https://example.com/s.json',
    'BAD_SCHEMA',
    'schemas are never fetched from elsewhere; save it in a file, and give the path',
  ],
  [
    'another kind of address',
    'ftp://example.com/s.json',
    'BAD_SCHEMA',
    'schemas are never fetched from elsewhere; save it in a file, and give the path',
  ],
  ['a malformed file URL', 'file:///%zz', 'BAD_SCHEMA', 'it is no file URL; give the path'],
  ['a missing file', join(folder, 'missing.json'), 'CANNOT_READ', 'it is missing, or its link leads nowhere'],
  ['a folder', folder, 'CANNOT_READ', 'it is a folder'],
  ['what is no JSON', schemaFile('text.json', '{\n"a":}'), 'BAD_SCHEMA', 'line 2, column 5: a value is missing'],
  ['what is no object', schemaFile('list.json', []), 'BAD_SCHEMA', 'a JSON schema is an object; correct it'],
  [
    'what is no schema',
    schemaFile('wrong.json', { type: 'text' }),
    'BAD_SCHEMA',
    'it is no valid JSON schema: schema is invalid: data/type must be equal to one of the allowed values, data/type must be array, data/type must match a schema in anyOf; correct it',
  ],
  [
    'an unknown draft',
    schemaFile('old.json', { $schema: 'http://json-schema.org/draft-04/schema#' }),
    'BAD_SCHEMA',
    'its "$schema" is "http://json-schema.org/draft-04/schema#", which this library does not know; write it for draft-07, 2019-09 or 2020-12',
  ],
  [
    'a reference to the web',
    schemaFile('web.json', { $ref: 'http://example.com/x.json' }),
    'BAD_SCHEMA',
    'it refers to "http://example.com/x.json", and schemas are never fetched from elsewhere; save that one beside it, and refer to it by its file name',
  ],
  [
    'a reference to nothing',
    schemaFile('gone.json', { $ref: 'missing.json' }),
    'CANNOT_READ',
    `"${join(folder, 'missing.json')}": it is missing, or its link leads nowhere`,
  ],
];
for (const [title, name, code, says] of refused) {
  test(`loadSchema() refuses ${title}`, () => {
    throws(() => loadSchema(name), { code, message: `cannot load schema "${name}": ${says}` });
  });
}

test('loadSchema() follows references to other files, and judges as the built-in schema does', () => {
  const external = loadSchema(join(SOURCES, 'schema.json'));
  external.validateData(text);
  const node = (minor: string) =>
    text.replace('"containerEdits":{}', `"containerEdits":{"deviceNodes":[{"path":"/x","minor":${minor}}]}`);
  external.validateData(node('9223372036854775807'));
  const message = messageOf(() => external.validateData(node('9223372036854775808'))) ?? '';
  ok(
    message.endsWith(
      `9223372036854775808 is too large (by schema "${external.name}"); use at most 9223372036854775807`,
    ),
    message,
  );
});

test('loadSchema() resolves references against an $id that is a file name', () => {
  schemaFile('id/other.json', { definitions: { name: { type: 'string' } } });
  const schema = loadSchema(
    schemaFile('id/main.json', { $id: 'main.json', properties: { kind: { $ref: 'other.json#/definitions/name' } } }),
  );
  schema.validateData('{"kind":"x"}');
  throws(() => schema.validateData('{"kind":5}'), { code: 'BAD_SPEC' });
});

for (const draft of [
  'http://json-schema.org/draft-07/schema#',
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
]) {
  test(`loadSchema() knows ${draft}`, () => {
    const content = { $schema: draft, properties: { kind: { pattern: '^nvidia' } }, custom: 1 };
    const schema = loadSchema(schemaFile(`draft-${draft.length}.json`, content));
    const expected = 'line 1, column 9: kind: the text "x" must match pattern "^nvidia"';
    ok(messageOf(() => schema.validateData('{"kind":"x"}'))?.includes(expected));
  });
}

test('a field counts as missing, whatever objects inherit', () => {
  const schema = loadSchema(schemaFile('own.json', { required: ['constructor'] }));
  throws(() => schema.validateData('{}'), { code: 'BAD_SPEC' });
});

test('ajv is loaded for a schema in a file only', () => {
  const script = `
    const { loadSchema } = await import(${JSON.stringify(new URL('../../src/library/schema.ts', import.meta.url).href)});
    const { createRequire } = await import('node:module');
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('/ajv/'));
    loadSchema('builtin').validateData(${JSON.stringify(text)});
    const before = loaded();
    loadSchema(${JSON.stringify(wantsVendor)});
    console.log(before, loaded());
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  equal(stdout, 'false true\n', stderr);
});
