// Devices that are chosen on the page, in the text of a document.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { findRequest, readChoice, writeChoice } from '../../web/request-text.ts';

const DEVICES = ['a.b/c=d', 'a.b/c=e'];

const cases: [title: string, text: string][] = [
  ['an empty document', '{}'],
  ['one without annotations', '{\n  "ociVersion": "1.2.0"\n}\n'],
  ['one with no annotation', '{\n  "annotations": {},\n  "x": 18446744073709551615\n}\n'],
  ['one with another annotation', '{"annotations":{"k":"v"}}'],
  ['one with annotations of both sides', '{"annotations": {"a": "1", "cdi.k8s.io/playground": "q/r=s", "z": "2"}}'],
];
for (const [title, text] of cases)
  test(`writeChoice() puts devices into ${title}, and takes them out`, () => {
    const chosen = writeChoice(text, DEVICES) ?? '';
    deepEqual(readChoice(chosen), DEVICES);
    const without = writeChoice(chosen, []) ?? '';
    deepEqual(readChoice(without), []);
    const { annotations: wanted = {}, ...rest } = JSON.parse(text);
    const { annotations: got = {}, ...others } = JSON.parse(without);
    delete wanted['cdi.k8s.io/playground'];
    deepEqual([got, others], [wanted, rest]);
  });

test('writeChoice() leaves every other byte', () => {
  const text = '{ "a": 1.50, "annotations": { "k" : "v" } }';
  equal(writeChoice(writeChoice(text, DEVICES) ?? '', DEVICES.slice(1))?.includes('"a": 1.50,'), true);
  equal(writeChoice(text, []), text);
});

test('writeChoice() has nothing to say of what is no document', () => {
  for (const text of ['', '[]', '{"a"']) equal(writeChoice(text, DEVICES), undefined);
});

test('findRequest() finds each way to ask', () => {
  const text = JSON.stringify({
    annotations: { 'cdi.k8s.io/x': 'a.b/c=d' },
    process: { env: ['PATH=/bin', 'VISIBLE=1'] },
    mounts: [{ destination: '/proc' }, { destination: '/var/run/cdi-devices/a' }],
  });
  const at = (source: 'annotation' | 'env' | 'mount', key: string): string => {
    const offset = findRequest(text, { source, key });
    return offset === undefined ? '' : text.slice(offset, offset + 16);
  };
  equal(at('annotation', 'cdi.k8s.io/x'), '"cdi.k8s.io/x":"');
  equal(at('env', 'VISIBLE'), '"VISIBLE=1"]},"m');
  equal(at('mount', '/var/run/cdi-devices/a'), '{"destination":"');
  equal(at('env', 'VISIBL'), '');
});
