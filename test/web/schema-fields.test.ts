// Fields of a schema by their place in a document, and the words for those of specs.
import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { type FollowRef, findNodes, listFields, listValues, type SchemaNode } from '../../web/schema-fields.ts';
import { FORGOTTEN, SPEC_VALUES, SPEC_WORDS } from '../../web/spec-words.ts';

const SCHEMAS = resolve(import.meta.dirname, '../../src/schema');
const schema: SchemaNode = JSON.parse(readFileSync(`${SCHEMAS}/schema.json`, 'utf8'));
const { definitions } = JSON.parse(readFileSync(`${SCHEMAS}/defs.json`, 'utf8'));
const follow: FollowRef = (ref) => definitions[ref.replace(/^.*\//, '')];

const namesAt = (...path: string[]): string[] =>
  listFields(findNodes(schema, path, follow), follow).map(({ name }) => name);

test('findNodes() goes through lists and references', () => {
  deepEqual(namesAt(), ['cdiVersion', 'kind', 'annotations', 'devices', 'containerEdits']);
  deepEqual(namesAt('devices', 'containerEdits', 'mounts'), ['hostPath', 'containerPath', 'options', 'type']);
  deepEqual(namesAt('devices', 'containerEdits', 'nothing'), []);
});

test('listFields() tells the form, and what is needed', () => {
  const fields = listFields(findNodes(schema, ['containerEdits', 'hooks'], follow), follow);
  deepEqual(
    fields.map(({ name, form, isRequired }) => [name, form, isRequired]),
    [
      ['hookName', 'text', true],
      ['path', 'text', true],
      ['args', 'list of texts', false],
      ['env', 'list of texts', false],
      ['timeout', 'whole number', false],
    ],
  );
});

test('listValues() tells the few that may be', () => {
  deepEqual(listValues([{ type: 'boolean' }, { enum: ['auto', true] }]), ['true', 'false', 'auto']);
});

/** `deviceNodes.path`, of all fields of a spec. */
function listNames(path: readonly string[]): string[] {
  return listFields(findNodes(schema, path, follow), follow).flatMap(({ name }) => [
    [...path.slice(-1), name].join('.'),
    ...listNames([...path, name]),
  ]);
}

test('each field of a spec has its words, and no other has', () => {
  const names = new Set(listNames([]));
  deepEqual(
    Object.keys(SPEC_WORDS).filter((name) => !names.has(name)),
    Object.keys(FORGOTTEN['DeviceNode'] ?? {}).map((name) => `deviceNodes.${name}`),
  );
  deepEqual(
    [...names].filter((name) => SPEC_WORDS[name] === undefined),
    [],
  );
  equal(
    Object.keys(SPEC_VALUES).every((name) => SPEC_WORDS[name] !== undefined),
    true,
  );
});
