// What does not count although a document asks for it: sources that are off, and those that give way to others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../support/edit-document.ts';
import { asking, read, requestsOf, type Said } from './read.ts';

const ZERO = 'nvidia.com/gpu=0';
const ALL = 'nvidia.com/gpu=all';
const NIC = 'example.com/nic=0';
const annotated = (device: string, env: string[] = []): object => asking({ 'cdi.k8s.io/x': device }, env);
const mounting = (document: object, ...paths: string[]): object => ({
  ...document,
  mounts: paths.map((path) => ({ destination: `/var/run/${path}`, source: '/dev/null' })),
});
const OURS = 'cdi-devices/example.com/nic/1';
const NVIDIA: Said = { env: { presets: ['nvidia'] }, mounts: { enabled: true } };
const PRECEDENCE = 'requests.precedence';

/** Those that count; each that does not as `DEVICE by SOURCE KEY: SETTING: REASON`. */
const cases: [title: string, document: object, said: Said, want: string[], off: string[]][] = [
  [
    'with a preset, an annotation goes before what an image says',
    annotated(ZERO, ['NVIDIA_VISIBLE_DEVICES=all']),
    NVIDIA,
    [`${ZERO} by annotation cdi.k8s.io/x`],
    [`${ALL} by env NVIDIA_VISIBLE_DEVICES: ${PRECEDENCE}: annotation asks, which goes before env`],
  ],
  [
    'so it does before the rest of the environment, and mounts',
    mounting(annotated(ZERO, [`CDI_DEVICES=${NIC}`]), OURS),
    NVIDIA,
    [`${ZERO} by annotation cdi.k8s.io/x`],
    [
      `${NIC} by env CDI_DEVICES: ${PRECEDENCE}: annotation asks, which goes before env`,
      `example.com/nic=1 by mount /var/run/${OURS}: ${PRECEDENCE}: annotation asks, which goes before mount`,
    ],
  ],
  [
    'mounts go before the environment',
    mounting(asking({}, ['AMD_VISIBLE_DEVICES=all']), OURS),
    { env: { presets: ['amd'] }, mounts: { enabled: true } },
    [`example.com/nic=1 by mount /var/run/${OURS}`],
    [`amd.com/gpu=all by env AMD_VISIBLE_DEVICES: ${PRECEDENCE}: mount asks, which goes before env`],
  ],
  [
    'what is malformed in a source that gives way stops no one',
    annotated(ZERO, ['AMD_VISIBLE_DEVICES=;', 'NVIDIA_VISIBLE_DEVICES=-1']),
    { env: { presets: ['amd', 'nvidia'] } },
    [`${ZERO} by annotation cdi.k8s.io/x`],
    [
      `; by env AMD_VISIBLE_DEVICES: ${PRECEDENCE}: annotation asks, which goes before env`,
      `nvidia.com/gpu=-1 by env NVIDIA_VISIBLE_DEVICES: ${PRECEDENCE}: annotation asks, which goes before env`,
    ],
  ],
  [
    'a source that asks for nothing, or is off, gives way',
    { ...annotated('', ['NVIDIA_VISIBLE_DEVICES=1']), annotations: {} },
    { ...NVIDIA, annotations: { enabled: false } },
    ['nvidia.com/gpu=1 by env NVIDIA_VISIBLE_DEVICES'],
    [],
  ],
  [
    'CDI_DEVICES goes before a variable of a vendor whose kind it names',
    asking({}, [`CDI_DEVICES=${ZERO}`, 'NVIDIA_VISIBLE_DEVICES=all', 'AMD_VISIBLE_DEVICES=0']),
    { env: { presets: ['nvidia', 'amd'] } },
    [`${ZERO} by env CDI_DEVICES`, 'amd.com/gpu=0 by env AMD_VISIBLE_DEVICES'],
    [
      `${ALL} by env NVIDIA_VISIBLE_DEVICES: ${PRECEDENCE}: env CDI_DEVICES asks for nvidia.com/gpu, and goes before a vendor's variable`,
    ],
  ],
  [
    'without a preset all count together',
    annotated(ZERO, [`CDI_DEVICES=${NIC}`]),
    {},
    [`${ZERO} by annotation cdi.k8s.io/x`, `${NIC} by env CDI_DEVICES`],
    [],
  ],
  [
    'by the settings all count together',
    mounting(annotated(ZERO, ['NVIDIA_VISIBLE_DEVICES=all', `CDI_DEVICES=${ZERO}`]), OURS),
    { ...NVIDIA, precedence: 'all' },
    [
      `${ZERO} by annotation cdi.k8s.io/x`,
      `${ZERO} by env CDI_DEVICES`,
      `${ALL} by env NVIDIA_VISIBLE_DEVICES`,
      `example.com/nic=1 by mount /var/run/${OURS}`,
    ],
    [],
  ],
  [
    'by the settings the environment goes before annotations, and mounts count beside',
    mounting(annotated(ZERO, [`CDI_DEVICES=${NIC}`]), OURS),
    { mounts: { enabled: true }, precedence: ['env', 'annotation'] },
    [`${NIC} by env CDI_DEVICES`, `example.com/nic=1 by mount /var/run/${OURS}`],
    [`${ZERO} by annotation cdi.k8s.io/x: ${PRECEDENCE}: env asks, which goes before annotation`],
  ],
  [
    'a variable that replaces one of a vendor that is not on asks for nothing',
    asking({}, ['DOCKER_RESOURCE_GPUS=0']),
    { env: { variables: { DOCKER_RESOURCE_GPUS: { kind: null, replaces: 'NVIDIA_VISIBLE_DEVICES' } } } },
    [],
    [],
  ],
  [
    'sources that are off',
    mounting(annotated('bad', [`CDI_DEVICES=${ZERO}`]), OURS, 'cdi-devices/x'),
    { annotations: { enabled: false }, env: { enabled: false } },
    [],
    [
      'bad by annotation cdi.k8s.io/x: requests.annotations.enabled: this source is off',
      `${ZERO} by env CDI_DEVICES: requests.env.enabled: this source is off`,
      `example.com/nic=1 by mount /var/run/${OURS}: requests.mounts.enabled: this source is off`,
      'x by mount /var/run/cdi-devices/x: requests.mounts.enabled: this source is off',
    ],
  ],
  [
    'what an image turns off by a variable of Kubernetes',
    asking({}, ['KUBERNETES_SERVICE_HOST=x', `CDI_DEVICES=${ZERO}`]),
    {},
    [],
    [
      `${ZERO} by env CDI_DEVICES: requests.env.enabled: auto: the container has KUBERNETES_SERVICE_HOST, and in Kubernetes an image or a tenant sets the environment`,
    ],
  ],
  [
    'annotations of CRI-O, and the environment in Kubernetes',
    asking({ 'io.kubernetes.cri-o.ContainerType': 'container', 'cdi.k8s.io/x': ZERO }, [`CDI_DEVICES=${ZERO}`]),
    {},
    [],
    [
      `${ZERO} by annotation cdi.k8s.io/x: requests.annotations.enabled: auto: CRI-O hands every annotation of a pod through`,
      `${ZERO} by env CDI_DEVICES: requests.env.enabled: auto: in Kubernetes an image or a tenant sets the environment`,
    ],
  ],
  [
    'of a source that is off, a part that cannot be read is no matter',
    { annotations: {}, process: { env: 'CDI_DEVICES' }, mounts: [5] },
    { env: { enabled: false } },
    [],
    [],
  ],
];
for (const [title, document, said, want, off] of cases)
  test(`precedence: ${title}`, () => {
    assert.deepEqual(requestsOf(document, said), want);
    const shown = read(document, said).off.map(
      ({ request: { device, source, key }, by, reason }) => `${device} by ${source} ${key}: ${by}: ${reason}`,
    );
    assert.deepEqual(shown, off);
  });

test('precedence: what is malformed in the first source that asks is refused, and no other takes its place', () => {
  assert.match(
    refusal(() => requestsOf(annotated('bad', ['NVIDIA_VISIBLE_DEVICES=0']), NVIDIA)),
    /^BAD_REQUEST: .*annotation "cdi.k8s.io\/x"/,
  );
});

test("the mounts of a vendor's plugin are its own, also below the folder of ours", () => {
  const document = mounting({}, 'nvidia-container-devices/0', OURS);
  const want = ['nvidia.com/gpu=0 by mount /var/run/nvidia-container-devices/0'];
  const nic = `example.com/nic=1 by mount /var/run/${OURS}`;
  assert.deepEqual(requestsOf(document, NVIDIA), [...want, nic]);
  assert.deepEqual(requestsOf(document, { mounts: { enabled: true } }), [nic]);
  assert.deepEqual(
    requestsOf(mounting({}, 'nvidia-container-devices/0'), {
      ...NVIDIA,
      mounts: { enabled: true, prefix: '/var/run' },
    }),
    want,
  );
});
