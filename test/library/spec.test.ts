import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { setSchema } from '../../src/library/active-schema.ts';
import { minimumRequiredVersion, newSpec, parseSpec, readSpec, validateSpec } from '../../src/library/spec.ts';
import { setSpecValidator } from '../../src/library/spec-validator.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

beforeEach(() => setSchema('none'));

test('readSpec() reads, checks, and reports the path with an ending', () => {
  for (const [name, reported] of [
    ['a.yaml', 'a.yaml'],
    ['a.json', 'a.json'],
    ['a.yml', 'a.yml.yaml'],
    ['a', 'a.yaml'],
  ] as const) {
    writeFileSync(join(folder, name), spec('vendor.com/gpu', '0'));
    const file = readSpec(`${folder}//${name}`, 3);
    assert.deepEqual(
      [file.path, file.priority, file.vendor, file.class],
      [join(folder, reported), 3, 'vendor.com', 'gpu'],
    );
    assert.equal(file.spec.devices[0]?.name, '0');
  }
});

const unreadable: [title: string, name: string, text: string | undefined, want: RegExp][] = [
  [
    'missing',
    'none.yaml',
    undefined,
    /^CANNOT_READ: cannot load spec ".*none\.yaml": it is missing, or its link leads nowhere$/,
  ],
  ['empty', 'empty.yaml', '', /^EMPTY_SPEC: cannot load spec ".*empty\.yaml": there is no document in it; /],
  [
    'invalid',
    'bad.yaml',
    spec('gpu', '0'),
    /^BAD_SPEC: cannot load spec ".*bad\.yaml": line 2, column 7: kind "gpu" lacks /,
  ],
];
for (const [title, name, text, want] of unreadable)
  test(`readSpec() refuses a file that is ${title}`, () => {
    if (text !== undefined) writeFileSync(join(folder, name), text);
    assert.match(
      refusal(() => readSpec(join(folder, name))),
      want,
    );
  });

test('parseSpec() reads the form, and judges no content', () => {
  assert.deepEqual(parseSpec('kind: x\n'), { cdiVersion: '', kind: 'x', devices: [] });
  assert.equal(parseSpec('# x'), undefined);
  assert.match(
    refusal(() => parseSpec('kind: [\n')),
    /^BAD_SPEC: cannot parse the spec: line 2, column 1: /,
  );
  assert.match(
    refusal(() => parseSpec('kinds: x')),
    /^BAD_SPEC: cannot parse the spec: line 1, column 1: field "kinds" is unknown; /,
  );
});

test('parseSpec() gives no caller a value by which it could change what others get', () => {
  const devices: unknown[] = Reflect.get(parseSpec('kind: x\n') ?? {}, 'devices');
  assert.throws(() => devices.push({}), TypeError);
  assert.deepEqual(parseSpec('kind: y\n')?.devices, []);
});

test('readSpec() judges by the schema in use and by the validator of the program', () => {
  const path = join(folder, 'judged.yaml');
  writeFileSync(
    path,
    'cdiVersion: 0.6.0\nkind: a/x\ndevices: [{ name: y, containerEdits: { hooks: [\n  { hookName: prestart, path: /h, timeout: -1 }] } }]\n',
  );
  readSpec(path);
  setSchema('builtin');
  assert.equal(
    refusal(() => readSpec(path)),
    `BAD_SPEC: cannot load spec "${path}": line 4, column 44: devices[0].containerEdits.hooks[0].timeout: -1 is too small (by the built-in schema); use at least 0`,
  );
  setSchema('none');
  const validator = {
    validateSpec: () => {
      throw new Error('it is Friday');
    },
  };
  setSpecValidator(validator);
  assert.equal(
    refusal(() => readSpec(path)),
    `BAD_SPEC: cannot load spec "${path}": it is Friday`,
  );
  setSpecValidator(undefined);
  readSpec(path);
});

test('newSpec() makes a spec of one in memory what a loaded one is, after the same checks', () => {
  const own = { cdiVersion: '0.6.0', kind: 'a.com/x', devices: [{ name: 'y', containerEdits: { env: ['A=1'] } }] };
  const made = newSpec(own, `${folder}//made`, 2);
  assert.deepEqual([made.path, made.priority, made.vendor, made.class], [join(folder, 'made.yaml'), 2, 'a.com', 'x']);
  assert.deepEqual(made.spec, own);
  assert.notEqual(made.spec, own, 'what a program changes in its own later is not taken over');
  assert.equal(made.getDevice('y')?.applyEdits('{"process":{"env":[]}}'), '{"process":{"env":["A=1"]}}');
  assert.match(
    refusal(() => newSpec({ ...own, devices: [] }, '/x')),
    /^BAD_SPEC: cannot make spec "\/x": devices: the spec has no devices; /,
  );
  const hooks = [{ hookName: 'prestart', path: '/h', timeout: -1 }];
  setSchema('builtin');
  assert.match(
    refusal(() => newSpec({ ...own, devices: [{ name: 'y', containerEdits: { hooks } }] }, '/x')),
    /^BAD_SPEC: cannot make spec "\/x": devices\[0\]\.containerEdits\.hooks\[0\]\.timeout: /,
  );
});

test('validateSpec() judges by the rules of CDI, not by the schema in use', () => {
  const own = { cdiVersion: '0.6.0', kind: 'a.com/x', devices: [{ name: 'y', containerEdits: { env: ['A'] } }] };
  assert.equal(
    refusal(() => validateSpec(own, { what: 'load it', path: '/x' })),
    'BAD_EDITS: cannot load it: devices[0].containerEdits.env[0]: environment entry "A" has no name before a "="; write it as NAME=value',
  );
});

test('minimumRequiredVersion() is what the content needs', () => {
  const own = { cdiVersion: '', kind: 'a.com/x', devices: [{ name: '0', containerEdits: { env: ['A=1'] } }] };
  assert.equal(minimumRequiredVersion(own), '0.5.0');
  assert.equal(minimumRequiredVersion({ ...own, kind: 'a.com/x.y' }), '0.6.0');
});
