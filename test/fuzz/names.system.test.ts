// Device names and annotations of any form: taken or refused as a pattern says, and always in one plain line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationKey, annotationValue, parseAnnotations, updateAnnotations } from '../../src/cdi/annotations.ts';
import {
  isQualifiedName,
  parseDevice,
  parseQualifiedName,
  parseQualifier,
  qualifiedName,
  validateClassName,
  validateDeviceName,
  validateVendorName,
} from '../../src/cdi/device-name.ts';
import { CdiError } from '../../src/text/error.ts';
import { fuzz } from './fuzz.ts';

const VENDOR = /^[A-Za-z](?:[\w.-]*[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/;
const QUALIFIED =
  /^([A-Za-z](?:[\w.-]*[A-Za-z0-9])?)\/([A-Za-z](?:[\w.-]*[A-Za-z0-9])?)=([A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?)$/;
const KEY = /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/;
const LONGEST_KEY = 63;

/** Holds that something works or not; the error has to be one of ours, its message one line that does no harm. */
function holds(works: boolean, work: () => unknown): void {
  let said: unknown;
  try {
    work();
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    said = error.message;
  }
  assert.equal(said === undefined, works, String(said));
  if (typeof said !== 'string') return;
  assert.match(said, /^cannot [^\p{Cc}\p{Cs}\u2028\u2029]+$/u);
  assert.ok(said.length < 2000);
}

function checkName(name: string): void {
  const parts = QUALIFIED.exec(name);
  assert.equal(isQualifiedName(name), parts !== null);
  holds(parts !== null, () => parseQualifiedName(name));
  const split = parseDevice(name);
  if (parts !== null) assert.deepEqual(Object.values(split), parts.slice(1));
  assert.equal(split.vendor === '' ? split.name : qualifiedName(split.vendor, split.class, split.name), name);
  const { vendor, class: className } = parseQualifier(name);
  assert.equal(vendor === '' ? className : `${vendor}/${className}`, name);
  for (const [validate, pattern] of [
    [validateVendorName, VENDOR],
    [validateClassName, VENDOR],
    [validateDeviceName, NAME],
  ] as const)
    holds(pattern.test(name), () => validate(name));
}

function checkAnnotations(lines: readonly string[]): void {
  const [plugin = '', id = '', ...devices] = lines;
  const value = devices.join(',');
  const request = { 'cdi.k8s.io/x': value, other: 'x' };
  const areAll = (names: readonly string[]): boolean => names.every((name) => QUALIFIED.test(name));
  holds(areAll(value.split(',')), () => assert.deepEqual(parseAnnotations(request).devices, value.split(',')));
  holds(areAll(devices), () => annotationValue(devices));
  const name = `${plugin}_${id.replaceAll('/', '_')}`;
  const fits = plugin !== '' && id !== '' && KEY.test(name) && name.length <= LONGEST_KEY;
  holds(fits, () => assert.equal(annotationKey(plugin, id), `cdi.k8s.io/${name}`));
  const made = { [`cdi.k8s.io/${name}`]: value };
  holds(fits && areAll(devices), () => assert.deepEqual(updateAnnotations(null, plugin, id, devices), made));
}

const PIECES =
  'vendor.com class device a Z 0 9 / = . _ - : , vendor.com/class=device a/b=c é \u212a \u{1f600} \u2028 \u202e ' +
  '\x1b[1m __proto__ " \\ \u0130 \u0660';
const words = [
  ...PIECES.split(' '),
  ...[' ', '\t', '\0', '\n', '\n\n', '\r', 'x'.repeat(63), '=='.repeat(20), 'v/c='.repeat(9), Buffer.of(0xff)],
];

test('device names and annotations are taken or refused as the patterns say', (t) => {
  const check = (inputs: readonly Buffer[]): void => {
    for (const input of inputs) {
      const lines = input.toString('utf8').split('\n');
      for (const line of lines) checkName(line);
      checkName(input.toString('utf16le'));
      checkAnnotations(lines);
    }
  };
  fuzz(t, { name: 'names', executions: 3000, batch: 500, words, check });
});
