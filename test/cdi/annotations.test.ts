import assert from 'node:assert/strict';
import test from 'node:test';
import {
  ANNOTATION_PREFIX,
  annotationKey,
  annotationValue,
  parseAnnotations,
  updateAnnotations,
} from '../../src/cdi/annotations.ts';

const MARKS = 'use ASCII letters, digits and . _ - with a letter or digit first and last';
const DEVICE_HINT = 'write it as vendor.com/class=name';

test('annotationKey() joins plugin and ID', () => {
  assert.equal(ANNOTATION_PREFIX, 'cdi.k8s.io/');
  assert.equal(annotationKey('vendor.gpu', 'ctr-1'), 'cdi.k8s.io/vendor.gpu_ctr-1');
  assert.equal(annotationKey('9', '/a/b//c'), 'cdi.k8s.io/9__a_b__c');
  assert.equal(annotationKey('p', 'x'.repeat(61)), `cdi.k8s.io/p_${'x'.repeat(61)}`);
});

const badKeys: [title: string, plugin: string, id: string, why: string][] = [
  ['an empty plugin', '', 'a', 'the plugin is empty; give both'],
  ['an empty ID', 'a', '', 'the device ID is empty; give both'],
  ['64 bytes', 'p', 'x'.repeat(62), 'together they have 64 bytes; use at most 63 with the "_" between them'],
  [
    '64 bytes in few characters',
    'p',
    'é'.repeat(31),
    'together they have 64 bytes; use at most 63 with the "_" between them',
  ],
  ['a mark at the start', '-p', 'a', `annotation name "-p_a" starts with "-"; ${MARKS}`],
  ['a slash at the end', 'p', 'a/', `annotation name "p_a_" ends with "_"; ${MARKS}`],
  ['a slash in the plugin', 'p/q', 'a', `annotation name "p/q_a" contains "/"; ${MARKS}`],
  ['a colon', 'p', 'a:b', `annotation name "p_a:b" contains ":"; ${MARKS}`],
];
for (const [title, plugin, id, why] of badKeys) {
  test(`annotationKey() refuses ${title}`, () => {
    const message = `cannot make an annotation key for plugin "${plugin}" and device ID "${id}": ${why}`;
    assert.throws(() => annotationKey(plugin, id), { name: 'CdiError', code: 'BAD_ANNOTATION', message });
  });
}

test('annotationValue() joins qualified names as given', () => {
  assert.equal(annotationValue([]), '');
  assert.equal(annotationValue(['v/c=b', 'v/c=a', 'v/c=b']), 'v/c=b,v/c=a,v/c=b');
  const message = `cannot make an annotation value: device "bad": it has no "="; ${DEVICE_HINT}`;
  assert.throws(() => annotationValue(['v/c=a', 'bad']), { code: 'BAD_ANNOTATION', message });
});

test('updateAnnotations() adds to a copy', () => {
  const before = Object.freeze({ z: 'y' });
  const after = updateAnnotations(before, 'p', 'd', ['v/c=a', 'v/c=b']);
  assert.deepEqual(after, { z: 'y', 'cdi.k8s.io/p_d': 'v/c=a,v/c=b' });
  assert.deepEqual(before, { z: 'y' });
  assert.deepEqual(updateAnnotations(null, 'p', 'd', []), { 'cdi.k8s.io/p_d': '' });
});

test('updateAnnotations() keeps a key "__proto__"', () => {
  const before: Record<string, string> = JSON.parse('{"__proto__": "x", "constructor": "y"}');
  const after = updateAnnotations(before, 'p', 'd', ['v/c=a']);
  assert.deepEqual(Object.keys(after), ['__proto__', 'constructor', 'cdi.k8s.io/p_d']);
  assert.equal(JSON.stringify(after), '{"__proto__":"x","constructor":"y","cdi.k8s.io/p_d":"v/c=a"}');
  const bare: Record<string, string> = Object.assign(Object.create(null), { a: 'b' });
  assert.deepEqual(Object.keys(updateAnnotations(bare, 'p', 'd', [])), ['a', 'cdi.k8s.io/p_d']);
});

test('updateAnnotations() refuses a key in use, even with an empty value', () => {
  const message = 'cannot add annotation "cdi.k8s.io/p_d": the key is in use; use another device ID';
  const update = () => updateAnnotations({ 'cdi.k8s.io/p_d': '' }, 'p', 'd', []);
  assert.throws(update, { code: 'BAD_ANNOTATION', message });
  assert.throws(() => updateAnnotations({}, 'p', 'd', ['bad']), { code: 'BAD_ANNOTATION' });
  assert.throws(() => updateAnnotations({}, '', 'd', []), { code: 'BAD_ANNOTATION' });
});

test('parseAnnotations() collects keys by bytes and their devices in that order', () => {
  const annotations = {
    other: 'bad',
    'cdi.k8s.io/\u{1f600}': 'v/c=4',
    'cdi.k8s.io/\uffee': 'v/c=3',
    'cdi.k8s.io/b': 'v/c=2,v/c=1',
    'cdi.k8s.io/': 'v/c=0',
    'CDI.k8s.io/x': 'bad',
  };
  assert.deepEqual(parseAnnotations(annotations), {
    keys: ['cdi.k8s.io/', 'cdi.k8s.io/b', 'cdi.k8s.io/\uffee', 'cdi.k8s.io/\u{1f600}'],
    devices: ['v/c=0', 'v/c=2', 'v/c=1', 'v/c=3', 'v/c=4'],
  });
  assert.deepEqual(parseAnnotations({}), { keys: [], devices: [] });
  assert.deepEqual(parseAnnotations(null), { keys: [], devices: [] });
});

const badValues: [title: string, value: string, why: string][] = [
  ['an empty value', '', 'device "": it has no "="'],
  ['a comma at the end', 'v/c=a,', 'device "": it has no "="'],
  ['a blank after a comma', 'v/c=a, v/c=b', 'device " v/c=b": vendor " v" starts with a space'],
  ['a name that is not qualified', 'v/c=a,gpu0', 'device "gpu0": it has no "="'],
];
for (const [title, value, why] of badValues) {
  test(`parseAnnotations() refuses ${title}`, () => {
    const parse = () => parseAnnotations({ 'cdi.k8s.io/a': 'v/c=a', 'cdi.k8s.io/b': value });
    assert.throws(parse, { code: 'BAD_ANNOTATION', why });
  });
}

test('parseAnnotations() names the annotation', () => {
  const message = `cannot read annotation "cdi.k8s.io/a": device "x": it has no "="; ${DEVICE_HINT}`;
  assert.throws(() => parseAnnotations({ 'cdi.k8s.io/b': '', 'cdi.k8s.io/a': 'x' }), { message });
});
