import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft } from '../../src/edits/draft.ts';
import { type RequestOptions, readRequests, requestMarkers } from '../../src/requests/read-requests.ts';
import { parseJson } from '../../src/text/json-syntax.ts';
import { refusal } from '../support/edit-document.ts';

const AUTO: RequestOptions = { annotations: 'auto', env: 'auto' };
const CRI = { 'io.kubernetes.cri.container-type': 'container' };
const CRIO = { 'io.kubernetes.cri-o.ContainerType': 'container' };
const A = 'vendor.com/gpu=a';
const B = 'vendor.com/gpu=b';
const C = 'other.org/net=c';

function requestsOf(text: string, options: RequestOptions = AUTO): string[] {
  const tree = parseJson(text);
  if ('syntax' in tree) return assert.fail(tree.syntax);
  return readRequests(new Draft(tree, 0), options).map(({ device, source, key }) => `${device} by ${source} ${key}`);
}

function document(annotations: unknown, env?: unknown): string {
  return JSON.stringify({ annotations, process: { env } });
}

const from =
  (key: string) =>
  (device: string): string =>
    `${device} by annotation cdi.k8s.io/${key}`;
const byEnv = (device: string): string => `${device} by env CDI_DEVICES`;

const taken: [title: string, text: string, want: string[]][] = [
  ['an annotation', document({ 'cdi.k8s.io/x': A }), [from('x')(A)]],
  ['several devices of an annotation in order', document({ 'cdi.k8s.io/x': `${B},${A}` }), [B, A].map(from('x'))],
  ['an annotation with nothing after its prefix', document({ 'cdi.k8s.io/': A }), [from('')(A)]],
  [
    'annotations by the bytes of their keys',
    document({ 'cdi.k8s.io/\u{10000}': A, 'cdi.k8s.io/\uffff': B, 'cdi.k8s.io/b': C }),
    [from('b')(C), from('\uffff')(B), from('\u{10000}')(A)],
  ],
  ['a variable', document(undefined, [`CDI_DEVICES=${A},${B}`]), [A, B].map(byEnv)],
  ['the last entry of a variable', document(null, [`CDI_DEVICES=${A}`, 'X=1', `CDI_DEVICES=${B}`]), [byEnv(B)]],
  ['annotations before the variable', document({ 'cdi.k8s.io/x': B }, [`CDI_DEVICES=${A}`]), [from('x')(B), byEnv(A)]],
  [
    'each device once, by its first mention',
    document({ 'cdi.k8s.io/y': `${B},${A}`, 'cdi.k8s.io/x': `${A},${A}` }, [`CDI_DEVICES=${B},${C}`]),
    [from('x')(A), from('y')(B), byEnv(C)],
  ],
  ['a name with a colon', document({ 'cdi.k8s.io/x': 'a/b=0:1' }), [from('x')('a/b=0:1')]],
  [
    'what is spelled with escapes',
    String.raw`{"annota\u0074ions":{"\u0063di.k8s.io\/x":"vendor.com\/gpu=\u0061"}}`,
    [from('x')(A)],
  ],
  ['annotations of a container of containerd', document({ ...CRI, 'cdi.k8s.io/x': A }), [from('x')(A)]],
  ['annotations beside null and odd ones', document({ 'cdi.k8s.io/n': null, y: 5, 'cdi.k8s.io/x': A }), [from('x')(A)]],
  ['annotations whose keys differ by case only', document({ y: '1', Y: '2', 'cdi.k8s.io/x': A }), [from('x')(A)]],
  ['a variable among odd entries', document({}, [5, null, `CDI_DEVICES=${A}`, {}]), [byEnv(A)]],
];
for (const [title, text, want] of taken)
  test(`readRequests() takes ${title}`, () => assert.deepEqual(requestsOf(text), want));

const ignored: [title: string, text: string, options?: Partial<RequestOptions>][] = [
  ['an empty document', '{}'],
  ['sections that are null', '{"annotations":null,"process":null}'],
  ['other prefixes', document({ 'xcdi.k8s.io/x': A, 'cdi.k8s.io': A, 'CDI.k8s.io/x': A, 'optional.cdi.k8s.io/x': A })],
  [
    'other variables',
    document({}, [`CDI_DEVICES_OPTIONAL=${A}`, `XCDI_DEVICES=${A}`, `cdi_devices=${A}`, `CDI_DEVICES =${A}`]),
  ],
  ['a variable without a value', document({}, ['CDI_DEVICES', 'CDI_DEVICES='])],
  ['a variable that is emptied later', document({}, [`CDI_DEVICES=${A}`, 'CDI_DEVICES='])],
  ['annotations that are off', document({ 'cdi.k8s.io/x': A }), { annotations: false }],
  ['env that is off', document({}, [`CDI_DEVICES=${A}`]), { env: false }],
  [
    'malformed annotations that are off',
    document({ 'cdi.k8s.io/x': 'bad', 'cdi.k8s.io/y': 5 }),
    { annotations: false },
  ],
  ['malformed env that is off', document({}, ['CDI_DEVICES=bad']), { env: false }],
  ['annotations of a container of CRI-O', document({ ...CRIO, 'cdi.k8s.io/x': A })],
  ['malformed annotations of a container of CRI-O', document({ ...CRIO, 'cdi.k8s.io/x': 'bad', 'cdi.k8s.io/y': 5 })],
  ['env of a container of CRI-O', document(CRIO, [`CDI_DEVICES=${A}`])],
  ['env of a container of containerd', document(CRI, [`CDI_DEVICES=${A}`])],
  ['env of a pod', document({}, [`CDI_DEVICES=${A}`, 'KUBERNETES_SERVICE_HOST=10.0.0.1'])],
  ['malformed env of a pod', document({}, ['KUBERNETES_SERVICE_HOST=', 'CDI_DEVICES=bad'])],
];
for (const [title, text, options] of ignored)
  test(`readRequests() ignores ${title}`, () => assert.deepEqual(requestsOf(text, { ...AUTO, ...options }), []));

const SANDBOXES: [engine: string, key: string][] = [
  ['containerd', 'io.kubernetes.cri.container-type'],
  ['CRI-O', 'io.kubernetes.cri-o.ContainerType'],
];
for (const [engine, key] of SANDBOXES)
  test(`readRequests() ignores all that a sandbox of ${engine} asks for`, () => {
    const on: RequestOptions = { annotations: true, env: true };
    const env = [`CDI_DEVICES=${A}`];
    assert.deepEqual(requestsOf(document({ [key]: 'sandbox', 'cdi.k8s.io/x': A }, env), on), []);
    assert.deepEqual(requestsOf(document({ [key]: 'sandbox', 'cdi.k8s.io/x': 'bad' }, ['CDI_DEVICES=bad']), on), []);
    assert.deepEqual(requestsOf(document({ [key]: 'Sandbox', 'cdi.k8s.io/x': A }), on), [from('x')(A)]);
  });

test('readRequests() takes from CRI what the administrator turned on', () => {
  const env = [`CDI_DEVICES=${B}`, 'KUBERNETES_SERVICE_HOST=10.0.0.1'];
  for (const facts of [CRI, CRIO])
    assert.deepEqual(requestsOf(document({ ...facts, 'cdi.k8s.io/x': A }, env), { annotations: true, env: true }), [
      from('x')(A),
      byEnv(B),
    ]);
});

const HINT = 'write it as vendor.com/class=name';
const names: [value: string, why: string][] = [
  ['', 'it names no device; name devices as vendor.com/class=name'],
  [`${A},`, 'device "": a name between commas is missing'],
  [`,${A}`, 'device "": a name between commas is missing'],
  [`${A},,${B}`, 'device "": a name between commas is missing'],
  ['gpu0', `device "gpu0": it has no "="; ${HINT}`],
  ['vendor.com/gpu', `device "vendor.com/gpu": it has no "="; ${HINT}`],
  [
    `${A}, ${B}`,
    'device " vendor.com/gpu=b": vendor " vendor.com" starts with a space; use ASCII letters, digits and . _ - with a letter first and a letter or digit last',
  ],
  [
    'a/b=c\n',
    'device "a/b=c\\n": device name "c\\n" ends with "\\n"; use ASCII letters, digits and . _ - : with a letter or digit first and last',
  ],
];
for (const [value, why] of names)
  test(`readRequests() refuses ${JSON.stringify(value)}`, () => {
    const say = (text: string): string => refusal(() => requestsOf(text));
    assert.equal(
      say(document({ 'cdi.k8s.io/x': value })),
      `BAD_REQUEST: cannot read the device request of annotation "cdi.k8s.io/x": ${why}`,
    );
    if (value !== '')
      assert.equal(
        say(document({}, [`CDI_DEVICES=${value}`])),
        `BAD_REQUEST: cannot read the device request of env "CDI_DEVICES": ${why}`,
      );
  });

const odd: [title: string, text: string, want: string][] = [
  [
    'an annotation that is a number',
    document({ 'cdi.k8s.io/x': 5 }),
    'BAD_REQUEST: cannot read the device request of annotation "cdi.k8s.io/x": its value is not a text',
  ],
  [
    'annotations that are a list',
    document([]),
    'BAD_BUNDLE: cannot edit the container configuration: "annotations" is not an object; the OCI runtime specification says its form',
  ],
  [
    'an annotation twice',
    `{"annotations":{"cdi.k8s.io/x":"${A}","cdi.k8s.io/x":"${B}"}}`,
    'BAD_BUNDLE: cannot edit the container configuration: "annotations" has "cdi.k8s.io/x" twice, which runtimes read differently; leave one of them',
  ],
  [
    'annotations twice',
    `{"annotations":{},"annotations":{"cdi.k8s.io/x":"${A}"}}`,
    'BAD_BUNDLE: cannot edit the container configuration: the document has "annotations" twice, which runtimes read differently; leave one of them',
  ],
  [
    'annotations in another case',
    `{"Annotations":{"cdi.k8s.io/x":"${A}"}}`,
    'BAD_BUNDLE: cannot edit the container configuration: the document has "Annotations", which only some runtimes read as "annotations"; write it as annotations',
  ],
  [
    'env that is a text',
    document({}, `CDI_DEVICES=${A}`),
    'BAD_BUNDLE: cannot edit the container configuration: "process.env" is not a list; the OCI runtime specification says its form',
  ],
  [
    'a document that is a list',
    '[]',
    'BAD_BUNDLE: cannot edit the container configuration: the document is not an object; the OCI runtime specification says its form',
  ],
];
for (const [title, text, want] of odd)
  test(`readRequests() refuses ${title}`, () =>
    assert.equal(
      refusal(() => requestsOf(text)),
      want,
    ));

const markers: [options: RequestOptions, want: string[]][] = [
  [AUTO, ['cdi.k8s.io/', 'CDI_DEVICES']],
  [{ annotations: true, env: false }, ['cdi.k8s.io/']],
  [{ annotations: false, env: 'auto' }, ['CDI_DEVICES']],
  [{ annotations: false, env: false }, []],
];
for (const [options, want] of markers)
  test(`requestMarkers() of ${JSON.stringify(options)}`, () => assert.deepEqual(requestMarkers(options), want));
