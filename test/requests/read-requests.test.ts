// Which sources count in which container, and in which order; and what is in no one's order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayRequest } from '../../src/host/search.ts';
import { listRequestMarkers } from '../../src/requests/read-requests.ts';
import { refusal } from '../support/edit-document.ts';
import { asking, optionsOf, read, requestsOf, type Said } from './read.ts';

const CONTAINERD = { 'io.kubernetes.cri.container-type': 'container' };
const CRIO = { 'io.kubernetes.cri-o.ContainerType': 'container' };
const A = 'vendor.com/gpu=a';
const B = 'vendor.com/gpu=b';
const C = 'other.org/net=c';
const ON: Said = { annotations: { enabled: true }, env: { enabled: true }, mounts: { enabled: true } };

const byAnnotation =
  (key: string) =>
  (device: string): string =>
    `${device} by annotation cdi.k8s.io/${key}`;
const byEnv = (device: string): string => `${device} by env CDI_DEVICES`;
const mountOf = (device: string): object => ({ source: '/dev/null', destination: `/var/run/cdi-devices/${device}` });

const taken: [title: string, document: unknown, want: string[], said?: Said][] = [
  ['an annotation', asking({ 'cdi.k8s.io/x': A }), [byAnnotation('x')(A)]],
  [
    'annotations by the bytes of their keys',
    asking({ 'cdi.k8s.io/\u{10000}': A, 'cdi.k8s.io/\uffff': B, 'cdi.k8s.io/b': C }),
    [byAnnotation('b')(C), byAnnotation('\uffff')(B), byAnnotation('\u{10000}')(A)],
  ],
  ['a variable', asking(undefined, [`CDI_DEVICES=${A},${B}`]), [A, B].map(byEnv)],
  ['annotations before env', asking({ 'cdi.k8s.io/x': B }, [`CDI_DEVICES=${A}`]), [byAnnotation('x')(B), byEnv(A)]],
  [
    'env before mounts',
    { ...asking({}, [`CDI_DEVICES=${B}`]), mounts: [mountOf('a.b/c/d')] },
    [byEnv(B), 'a.b/c=d by mount /var/run/cdi-devices/a.b/c/d'],
    ON,
  ],
  [
    'a device from everybody who asks for it, since the policy may pass over some of them',
    asking({ 'cdi.k8s.io/y': A, 'cdi.k8s.io/x': A }, [`CDI_DEVICES=${A}`]),
    [byAnnotation('x')(A), byAnnotation('y')(A), byEnv(A)],
  ],
  ['what one asker says twice once', asking({ 'cdi.k8s.io/x': `${B},${A},${B}` }), [B, A].map(byAnnotation('x'))],
  [
    'what is spelled with escapes',
    String.raw`{"annota\u0074ions":{"\u0063di.k8s.io\/x":"vendor.com\/gpu=\u0061"}}`,
    [byAnnotation('x')(A)],
  ],
  ['annotations of a container of containerd', asking({ ...CONTAINERD, 'cdi.k8s.io/x': A }), [byAnnotation('x')(A)]],
  [
    'from a container of containerd what the settings turn on',
    asking({ ...CONTAINERD, 'cdi.k8s.io/x': A }, [`CDI_DEVICES=${B}`, 'KUBERNETES_SERVICE_HOST=10.0.0.1']),
    [byAnnotation('x')(A), byEnv(B)],
    ON,
  ],
  [
    'from a container of CRI-O what the settings turn on',
    asking({ ...CRIO, 'cdi.k8s.io/x': A }, [`CDI_DEVICES=${B}`]),
    [byAnnotation('x')(A), byEnv(B)],
    ON,
  ],
];
for (const [title, document, want, said] of taken)
  test(`readRequests() takes ${title}`, () => assert.deepEqual(requestsOf(document, said), want));

/** A container of CRI-O with all marks of its own, and what the kubelet gave it. */
const kubeletGave = (annotations: object, more: object = {}): object => ({
  'io.container.manager': 'cri-o',
  'io.kubernetes.container.name': 'main',
  'io.kubernetes.cri-o.Annotations': JSON.stringify(annotations),
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.Name': 'k8s_main_web-0_team-a_8d1f_0',
  'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_team-a_8d1f_0',
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'team-a',
  'io.kubernetes.pod.uid': '8d1f',
  ...annotations,
  ...more,
});
const GIVEN = { 'cdi.k8s.io/plugin': A };
const TENANT = { 'cdi.k8s.io/own': B };
const tellWho = (annotations: object, said?: Said): string[] =>
  read(asking(annotations), said).requests.map(({ key, ofKubelet = false }) => `${key} ${ofKubelet}`);

test('readRequests() tells what the kubelet asks for in a container of CRI-O from what a pod’s author does', () => {
  const both = kubeletGave(GIVEN, TENANT);
  assert.deepEqual(tellWho(both), ['cdi.k8s.io/plugin true'], 'auto takes no other');
  const { off } = read(asking(both));
  assert.deepEqual(
    off.map(({ request, by }) => `${request.key} ${by}`),
    ['cdi.k8s.io/own requests.annotations.enabled'],
  );
  assert.deepEqual(tellWho(both, ON), ['cdi.k8s.io/own false', 'cdi.k8s.io/plugin true']);
  assert.deepEqual(tellWho(both, { annotations: { enabled: false } }), []);
});

const doubtful: [title: string, made: object][] = [
  ['another value', kubeletGave(GIVEN, { 'cdi.k8s.io/plugin': B })],
  ['a UID that is not the pod’s, as in a checkpoint image', kubeletGave(GIVEN, { 'io.kubernetes.pod.uid': '0000' })],
  ['no UID', kubeletGave(GIVEN, { 'io.kubernetes.pod.uid': undefined })],
  ['names that do not agree', kubeletGave(GIVEN, { 'io.kubernetes.pod.namespace': 'kube-system' })],
  ['the marks of Podman besides', kubeletGave(GIVEN, { 'io.podman.annotations.init': 'FALSE' })],
  ['a list that is no JSON', kubeletGave(GIVEN, { 'io.kubernetes.cri-o.Annotations': '{' })],
  ['a list that is null', kubeletGave(GIVEN, { 'io.kubernetes.cri-o.Annotations': 'null' })],
  ['a container of containerd', { ...kubeletGave(GIVEN), ...without(kubeletGave(GIVEN)) }],
];
function without(annotations: object): object {
  const names = Object.keys(annotations).filter((key) => key.startsWith('io.'));
  return { ...Object.fromEntries(names.map((key) => [key, undefined])), ...CONTAINERD };
}
for (const [title, made] of doubtful)
  test(`readRequests() takes no request for the kubelet’s with ${title}`, () =>
    assert.ok(tellWho(made, ON).every((told) => told.endsWith(' false')) && tellWho(made, ON).length > 0));

const ignored: [title: string, document: unknown, said?: Said][] = [
  ['an empty document', {}],
  ['sections that are null', { annotations: null, process: null, mounts: null }, ON],
  ['annotations that are off', asking({ 'cdi.k8s.io/x': A }), { annotations: { enabled: false } }],
  [
    'malformed annotations that are off',
    asking({ 'cdi.k8s.io/x': 'bad', 'cdi.k8s.io/y': 5 }),
    { annotations: { enabled: false } },
  ],
  ['env that is off', asking({}, [`CDI_DEVICES=${A}`]), { env: { enabled: false } }],
  ['malformed env that is off', asking({}, ['CDI_DEVICES=bad']), { env: { enabled: false } }],
  ['mounts, which are off', { mounts: [mountOf('vendor.com/gpu/a')] }],
  ['malformed mounts that are off', { mounts: [mountOf('vendor.com'), 5, {}] }],
  ['annotations of a container of CRI-O', asking({ ...CRIO, 'cdi.k8s.io/x': A })],
  ['malformed annotations of a container of CRI-O', asking({ ...CRIO, 'cdi.k8s.io/x': 'bad', 'cdi.k8s.io/y': 5 })],
  ['env of a container of CRI-O', asking(CRIO, [`CDI_DEVICES=${A}`])],
  ['env of a container of containerd', asking(CONTAINERD, [`CDI_DEVICES=${A}`])],
  ['env of a pod, whatever made it', asking({}, [`CDI_DEVICES=${A}`, 'KUBERNETES_SERVICE_HOST=10.0.0.1'])],
  ['malformed env of a pod', asking({}, ['KUBERNETES_SERVICE_HOST=', 'CDI_DEVICES=bad'])],
  ['env of a container with the marks of two engines', asking({ ...CONTAINERD, ...CRIO }, [`CDI_DEVICES=${A}`])],
];
for (const [title, document, said] of ignored)
  test(`readRequests() ignores ${title}`, () => assert.deepEqual(requestsOf(document, said), []));

const SANDBOXES: [engine: string, key: string][] = [
  ['containerd', 'io.kubernetes.cri.container-type'],
  ['CRI-O', 'io.kubernetes.cri-o.ContainerType'],
];
for (const [engine, key] of SANDBOXES)
  test(`readRequests() ignores all that a sandbox of ${engine} asks for`, () => {
    const mounts = [mountOf('vendor.com/gpu/a')];
    const sandbox = asking({ [key]: 'sandbox', 'cdi.k8s.io/x': A }, [`CDI_DEVICES=${A}`]);
    assert.deepEqual(requestsOf({ ...sandbox, mounts }, ON), []);
    const malformed = asking({ [key]: 'sandbox', 'cdi.k8s.io/x': 'bad' }, ['CDI_DEVICES=bad']);
    assert.deepEqual(requestsOf({ ...malformed, mounts: [mountOf('bad')] }, ON), []);
    assert.deepEqual(requestsOf(asking({ [key]: 'Sandbox', 'cdi.k8s.io/x': A }), ON), [byAnnotation('x')(A)]);
  });

test('readRequests() takes what a container asks for that some mark calls a sandbox: it is judged and on record', () => {
  const forged = { ...CRIO, 'io.kubernetes.container.name': 'POD', 'cdi.k8s.io/x': A };
  assert.deepEqual(requestsOf(asking(forged), ON), [byAnnotation('x')(A)]);
});

test('readRequests() finds nothing in what no runtime reads', () => {
  const documents: unknown[] = [
    asking([]),
    asking({}, `CDI_DEVICES=${A}`),
    { process: [] },
    { mounts: [5] },
    { mounts: {} },
  ];
  for (const document of documents) assert.deepEqual(requestsOf(document, ON), []);
});

const odd: [title: string, document: unknown, want: string, said?: Said][] = [
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
    'a document that is a list',
    '[]',
    'BAD_BUNDLE: cannot edit the container configuration: the document is not an object; the OCI runtime specification says its form',
  ],
  [
    'a request of a container with the marks of two engines',
    asking({ ...CONTAINERD, ...CRIO, 'cdi.k8s.io/x': A }),
    'BAD_REQUEST: cannot read the device request of annotation "cdi.k8s.io/x": the container has the marks of containerd and of CRI-O, ' +
      'so that no one can tell which of them made it; take the annotations of the other engine out of the pod',
    ON,
  ],
];
for (const [title, document, want, said] of odd)
  test(`readRequests() refuses ${title}`, () =>
    assert.equal(
      refusal(() => requestsOf(document, said)),
      want,
    ));

const USUAL = ['cdi.k8s.io/', 'CDI_DEVICES', 'CDI_DEVICES_OPTIONAL', 'cdi-devices'];
const markers: [said: Said, want: string[], counting?: string[]][] = [
  [{}, USUAL, ['cdi.k8s.io/', 'CDI_DEVICES', 'CDI_DEVICES_OPTIONAL']],
  [
    { env: { enabled: false, presets: ['amd'] } },
    ['cdi.k8s.io/', 'CDI_DEVICES', 'CDI_DEVICES_OPTIONAL', 'AMD_VISIBLE_DEVICES', 'cdi-devices'],
    ['cdi.k8s.io/'],
  ],
  [{ annotations: { enabled: false } }, USUAL, ['CDI_DEVICES', 'CDI_DEVICES_OPTIONAL']],
  [{ annotations: { enabled: false }, env: { enabled: false } }, USUAL, []],
  [
    { annotations: { prefixes: ['a.example/', 'b.example/'] } },
    ['a.example/', 'b.example/', 'CDI_DEVICES', 'CDI_DEVICES_OPTIONAL', 'cdi-devices'],
  ],
  [
    { env: { presets: ['nvidia', 'habana'], variables: { MINE: { kind: null } } } },
    [
      'cdi.k8s.io/',
      'MINE',
      'NVIDIA_VISIBLE_DEVICES',
      'CUDA_VERSION',
      'HABANA_VISIBLE_DEVICES',
      'nvidia-container-devices',
      'cdi-devices',
    ],
  ],
  [{ mounts: { enabled: true } }, USUAL, USUAL],
  [
    { mounts: { enabled: true, prefix: '/long-name/x' } },
    ['cdi.k8s.io/', 'CDI_DEVICES', 'CDI_DEVICES_OPTIONAL', 'long-name'],
  ],
];
for (const [said, want, counting] of markers)
  test(`listRequestMarkers() of ${JSON.stringify(said)}`, () => {
    assert.deepEqual(listRequestMarkers(optionsOf(said)), want);
    if (counting !== undefined) assert.deepEqual(listRequestMarkers(optionsOf(said), true), counting);
  });

test('listRequestMarkers() are in every document that asks, also where slashes are escaped', () => {
  const said: Said = { ...ON, env: { enabled: true, presets: ['nvidia', 'amd', 'habana', 'ascend'] } };
  const documents = [
    asking({ 'cdi.k8s.io/x': A }),
    asking({ 'optional.cdi.k8s.io/x': A }),
    ...['CDI_DEVICES', 'CDI_DEVICES_OPTIONAL'].map((name) => asking({}, [`${name}=${A}`])),
    ...['NVIDIA', 'AMD', 'HABANA', 'ASCEND'].map((name) => asking({}, [`${name}_VISIBLE_DEVICES=0`])),
    asking({}, ['CUDA_VERSION=9.0']),
    { mounts: [mountOf('vendor.com/gpu/a')] },
  ];
  for (const document of documents) {
    const text = JSON.stringify(document).replaceAll('/', String.raw`\/`);
    assert.equal(requestsOf(text, said).length, 1, text);
    assert.ok(mayRequest(text, listRequestMarkers(optionsOf(said))), text);
  }
});

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `vendor.com/gpu=${index}`);
const spread = (count: number): object =>
  asking(Object.fromEntries(many(count).map((device, index) => [`cdi.k8s.io/${index}`, device])));

test('as many requests as any machine has devices are read', () => {
  assert.equal(requestsOf(asking({ 'cdi.k8s.io/x': many(1024).join() })).length, 1024);
  assert.equal(requestsOf(spread(1024)).length, 1024);
});

const floods: [title: string, document: object, why: RegExp, said?: Said][] = [
  ['names in one annotation', asking({ 'cdi.k8s.io/x': many(1025).join() }), /more than 1024 devices/],
  ['annotations', spread(20_000), /more than 1024 devices/],
  ['names in a variable', asking({}, [`CDI_DEVICES=${many(1025).join()}`]), /more than 1024 devices/],
  [
    'mounts',
    { mounts: many(1025).map((device) => mountOf(`a.b/c/${device.slice(15)}`)) },
    /more than 1024 devices/,
    ON,
  ],
  [
    'names in all',
    asking({ 'cdi.k8s.io/x': many(600).join() }, [`CDI_DEVICES=${many(600).join()}`]),
    /env "CDI_DEVICES": the container asks for more than 1024 devices/,
  ],
  ['characters of an annotation', asking({ 'cdi.k8s.io/x': 'a'.repeat(65_537) }), /more than 65536 characters/],
  ['characters of a variable', asking({}, [`CDI_DEVICES=${'a'.repeat(65_537)}`]), /more than 65536 characters/],
  [
    'characters of a variable of a preset',
    asking({}, [`NVIDIA_VISIBLE_DEVICES=${'0,'.repeat(40_000)}`]),
    /more than 65536 characters/,
    { env: { presets: ['nvidia'] } },
  ],
  [
    'ranges of one variable',
    asking({}, [`AMD_VISIBLE_DEVICES=${'0-1023,'.repeat(9000)}`]),
    /more than 1024 devices/,
    { env: { presets: ['amd'] } },
  ],
  [
    'ranges of other devices each',
    asking({}, ['ASCEND_VISIBLE_DEVICES=0-1023,1024-2047,2048-3071']),
    /more than 1024 devices/,
    { env: { presets: ['ascend'] } },
  ],
  [
    'characters in all',
    asking(Object.fromEntries(many(5).map((name, i) => [`cdi.k8s.io/${i}`, name + 'a'.repeat(60_000)]))),
    /annotation "cdi\.k8s\.io\/4": the container asks for devices by more than 262144 characters/,
  ],
];
for (const [title, document, why, said] of floods)
  test(`a flood of ${title} is refused, and says where it comes from`, () => {
    const message = refusal(() => requestsOf(document, said));
    assert.match(message, /^(?:BAD_REQUEST: )?cannot read the device request of /);
    assert.match(message, why);
  });

const HIDDEN: [title: string, document: object, said: Said, want: string[]][] = [
  [
    'names beside a variable',
    asking({}, [`CDI_DEVICES=${A}`, `CDI_DEVICES_OPTIONAL=${many(2000).join()}`]),
    { env: { enabled: false } },
    [A, 'vendor.com/gpu=1023', 'vendor.com/gpu=1024'],
  ],
  [
    'characters beside a variable',
    asking({}, [`CDI_DEVICES=${A}`, `CDI_DEVICES_OPTIONAL=${'b'.repeat(70_000)}`]),
    { env: { enabled: false } },
    [A, 'b'.repeat(160)],
  ],
  [
    'ranges of a vendor’s variable',
    asking({}, [`CDI_DEVICES=${A}`, 'AMD_VISIBLE_DEVICES=0-1023,1024-1025']),
    { env: { enabled: false, presets: ['amd'] } },
    [A, '0-1023,1024-1025'],
  ],
  [
    'words of a vendor’s variable',
    asking({}, [`CDI_DEVICES=${A}`, `NVIDIA_VISIBLE_DEVICES=${many(3000).join()}`]),
    { env: { enabled: false, presets: ['nvidia'] } },
    [A, 'vendor.com/gpu=1023', 'vendor.com/gpu=1024'],
  ],
  ['annotations', spread(3000), { annotations: { enabled: false } }, ['vendor.com/gpu=0']],
  [
    'characters of one annotation',
    asking({ 'cdi.k8s.io/x': 'b'.repeat(70_000), 'cdi.k8s.io/y': A }),
    { annotations: { enabled: false } },
    [A, 'b'.repeat(160)],
  ],
  ['mounts', { mounts: many(3000).map((_, i) => mountOf(`a.b/c/${i}`)) }, {}, ['a.b/c=0', 'a.b/c=1024']],
];
for (const [title, document, said, want] of HIDDEN)
  test(`a flood of ${title} does not hide that a source which is off was asked`, () => {
    const { requests, off } = read(document, said);
    assert.deepEqual(requests, []);
    const devices = off.map(({ request }) => request.device);
    assert.ok(devices.length <= 1026, `${devices.length}`);
    for (const device of want) assert.ok(devices.includes(device), `${device} in ${devices.slice(0, 3)}`);
  });
