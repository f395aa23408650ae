// Which schema judges the specs of a registry, when they are loaded and when they are written.
import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { Registry, type RegistryOptions } from '../../src/library/registry.ts';
import { loadSchema } from '../../src/library/schema.ts';
import { setSpecValidator } from '../../src/library/spec-validator.ts';
import { SchemaError } from '../../src/schema/judge.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const missing = join(folder, 'missing.json');

/** A schema that wants a text of the kind. */
function kindSchema(pattern: string): string {
  const path = join(folder, `${pattern}.json`);
  writeFileSync(path, JSON.stringify({ properties: { kind: { pattern } } }));
  return path;
}

const onlyA = kindSchema('^a');
const onlyB = kindSchema('^b');
// The built-in schema knows no negative timeout, which the rules of CDI let pass.
const TIMEOUT =
  'cdiVersion: 0.6.0\nkind: c/x\ndevices:\n- name: "0"\n  containerEdits: { hooks: [{ hookName: prestart, path: /h, timeout: -1 }] }\n';

function directory(): string {
  const path = mkdtempSync(join(folder, 'cdi-'));
  writeFileSync(join(path, 'a.yaml'), spec('a/x', '0'));
  writeFileSync(join(path, 'b.json'), spec('b/x', '0'));
  writeFileSync(join(path, 'c.yaml'), TIMEOUT);
  return path;
}

function registryOf(options: RegistryOptions = {}): { readonly own: string; readonly registry: Registry } {
  const own = directory();
  return { own, registry: new Registry({ specDirs: [own], externalSchema: missing, ...options }) };
}

beforeEach(() => setSpecValidator(undefined));

// Before anything calls setSchema().
test('a registry takes the external schema where it is there and valid, else none', () => {
  deepEqual(registryOf().registry.listVendors(), ['a', 'b', 'c']);
  deepEqual(registryOf({ externalSchema: onlyA }).registry.listVendors(), ['a']);
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{');
  const { registry } = registryOf({ externalSchema: broken });
  deepEqual(registry.listVendors(), ['a', 'b', 'c']);
  registry.configure({ externalSchema: onlyB });
  deepEqual(registry.listVendors(), ['b']);
});

const choices: [title: string, schema: NonNullable<RegistryOptions['schema']>, vendors: string[]][] = [
  ['builtin', 'builtin', ['a', 'b']],
  ['none', 'none', ['a', 'b', 'c']],
  ['a path', onlyB, ['b']],
  ['a schema', loadSchema(onlyA), ['a']],
];
for (const [title, schema, vendors] of choices)
  test(`a registry judges by a schema of its own: ${title}`, () => {
    const { registry } = registryOf({ schema });
    deepEqual(registry.listVendors(), vendors);
    setSchema(onlyA);
    deepEqual(registry.listVendors(), vendors);
  });

for (const autoRefresh of [true, false])
  test(`setSchema() has loaded specs judged again, ${autoRefresh ? 'with' : 'without'} auto-refresh`, () => {
    setSchema('none');
    const { registry, own } = registryOf({ autoRefresh });
    deepEqual(registry.listDevices(), ['a/x=0', 'b/x=0', 'c/x=0']);
    const device = registry.getDevice('b/x=0');
    setSchema(onlyB);
    deepEqual(registry.listDevices(), ['b/x=0']);
    equal(registry.getDevice('b/x=0'), device);
    throws(() => registry.injectDevices({}, 'a/x=0'), { reason: 'spec-in-error', path: join(own, 'a.yaml'), line: 2 });
    throws(() => setSchema(missing), { code: 'CANNOT_READ' });
    deepEqual(registry.listDevices(), ['b/x=0']);
    setSchema('builtin');
    deepEqual([...registry.getErrors().keys()], [join(own, 'c.yaml')]);
    setSchema('none');
    deepEqual(registry.listDevices(), ['a/x=0', 'b/x=0', 'c/x=0']);
  });

test('without auto-refresh, setSchema() brings no change of a directory along', () => {
  setSchema('none');
  const { registry, own } = registryOf({ autoRefresh: false });
  writeFileSync(join(own, 'd.yaml'), spec('d/x', '0'));
  setSchema('builtin');
  deepEqual(registry.listVendors(), ['a', 'b']);
  registry.refresh();
  deepEqual(registry.listVendors(), ['a', 'b', 'd']);
});

test('what a schema finds is the error of the file, with its place', () => {
  const { registry, own } = registryOf({ schema: 'builtin' });
  const [error, ...others] = registry.getErrors().get(join(own, 'c.yaml')) ?? [];
  deepEqual(others, []);
  equal(
    error?.message,
    `cannot load spec "${join(own, 'c.yaml')}": line 5, column 70: devices[0].containerEdits.hooks[0].timeout: -1 is too small (by the built-in schema); use at least 0`,
  );
  equal(error instanceof SchemaError && error.violations.length, 1);
  deepEqual(registry.refresh(), [error]);
});

test('writeSpec() judges as loading does, and writes nothing that is refused', () => {
  const { registry, own } = registryOf({ schema: onlyA });
  const devices = [{ name: '0', containerEdits: { env: ['A=1'] } }];
  const path = join(own, 'new.yaml');
  match(
    refusal(() => registry.writeSpec({ cdiVersion: '0.6.0', kind: 'b/y', devices }, 'new')),
    /^BAD_SPEC: cannot write spec ".*new\.yaml": kind: the text "b\/y" must match pattern "\^a" \(by schema "/,
  );
  equal(existsSync(path), false);
  equal(registry.writeSpec({ cdiVersion: '0.6.0', kind: 'a/y', devices }, 'new'), path);
  deepEqual(registry.listDevices(), ['a/x=0', 'a/y=0']);
});

test('a schema that does not load changes nothing', () => {
  throws(() => new Registry({ specDirs: [folder], schema: missing }), { code: 'CANNOT_READ' });
  const { registry, own } = registryOf({ schema: onlyB });
  throws(() => registry.configure({ specDirs: [folder], schema: 'https://example.com/x.json' }), {
    code: 'BAD_SCHEMA',
  });
  deepEqual([registry.getSpecDirectories(), registry.listVendors()], [[own], ['b']]);
});

test("a program's own validator judges besides the schema, when specs are loaded and written", () => {
  setSchema('none');
  const { registry, own } = registryOf();
  const seen: (string | undefined)[] = [];
  const validator = {
    validateSpec: ({ kind }: { readonly kind: string }, { path }: { readonly path?: string | undefined } = {}) => {
      seen.push(path);
      if (kind === 'b/x') throw new Error('b is not wanted here');
    },
  };
  setSpecValidator(validator);
  deepEqual(registry.listVendors(), ['a', 'c']);
  deepEqual(
    seen,
    ['a.yaml', 'b.json', 'c.yaml'].map((name) => join(own, name)),
  );
  const [error] = registry.getErrors().get(join(own, 'b.json')) ?? [];
  deepEqual(
    [error?.code, error?.message, error?.path],
    ['BAD_SPEC', `cannot load spec "${join(own, 'b.json')}": b is not wanted here`, join(own, 'b.json')],
  );
  const written = { cdiVersion: '0.6.0', kind: 'b/x', devices: [{ name: '1', containerEdits: { env: ['A=1'] } }] };
  throws(() => registry.writeSpec(written, 'n'), { code: 'BAD_SPEC', message: /n\.yaml": b is not wanted here$/ });
  setSchema(onlyA);
  deepEqual(registry.listVendors(), ['a']);
  setSchema('none');
  setSpecValidator(loadSchema(onlyB));
  deepEqual(registry.listVendors(), ['b']);
  setSpecValidator(undefined);
  deepEqual(registry.listVendors(), ['a', 'b', 'c']);
});
