import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSpec, readSpec } from '../../src/library/spec.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

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
