// What is known of a container, and that a pod's author cannot choose it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerFacts } from '../../src/requests/container-facts.ts';
import type { Source } from '../../src/settings/settings.ts';
import { read } from './read.ts';

const CONTAINERD = {
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.sandbox-namespace': 'team-a',
  'io.kubernetes.cri.sandbox-name': 'web-0',
};
/** What CRI-O 1.33 writes, as far as it tells something. */
const CRIO = {
  'io.container.manager': 'cri-o',
  'io.kubernetes.container.name': 'main',
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.Name': 'k8s_main_web-0_team-a_8d1f_0',
  'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_team-a_8d1f_0',
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'team-a',
};
const CRIO_SANDBOX = {
  ...CRIO,
  'io.kubernetes.container.name': 'POD',
  'io.kubernetes.cri-o.ContainerType': 'sandbox',
  'io.kubernetes.cri-o.HostnamePath': '/run/containers/hostname',
  'io.kubernetes.cri-o.Name': 'k8s_web-0_team-a_8d1f_0',
};
const LIBPOD = { 'io.container.manager': 'libpod' };
/** What a pod's author may write as well, in the hope that it counts. */
const FORGED = {
  'io.kubernetes.cri-o.Namespace': 'kube-system',
  'io.kubernetes.cri-o.KubeName': 'trusted',
};
const MADE_UP = { 'io.kubernetes.cri.sandbox-namespace': 'kube-system', 'io.kubernetes.cri.sandbox-name': 'trusted' };
const OTHER_NAME = { 'io.kubernetes.cri-o.SandboxName': 'k8s_trusted_kube-system_8d1f_0' };

const PLAIN = {
  sandbox: false,
  crio: false,
  cri: false,
  mixed: false,
  engine: undefined,
  namespace: undefined,
  pod: undefined,
  disputedFacts: [],
};
const IN_CONTAINERD = { ...PLAIN, cri: true, engine: 'containerd-cri', namespace: 'team-a', pod: 'web-0' };
const IN_CRIO = { ...IN_CONTAINERD, crio: true, engine: 'cri-o' };
const NAMELESS = { ...IN_CRIO, namespace: undefined, pod: undefined, disputedFacts: ['namespace', 'pod'] };
const UNKNOWN = { ...PLAIN, cri: true, disputedFacts: ['kubernetes', 'namespace', 'pod'] };
const MIXED = { ...PLAIN, crio: true, cri: true, mixed: true, disputedFacts: ['namespace', 'pod'] };

const without = (annotations: Readonly<Record<string, string>>, key: string): object =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== key));

const engines: [title: string, annotations: object, want: object][] = [
  ['docker', { a: 'sandbox' }, PLAIN],
  ['podman', LIBPOD, { ...PLAIN, engine: 'podman' }],
  ['podman, by a key of its own', { 'io.podman.annotations.autoremove': 'TRUE' }, { ...PLAIN, engine: 'podman' }],
  [
    'podman, in a pod of its own',
    { ...LIBPOD, 'io.kubernetes.cri-o.SandboxID': '8d0d' },
    { ...PLAIN, engine: 'podman' },
  ],
  ['podman, whose image has names', { ...LIBPOD, ...MADE_UP, ...OTHER_NAME }, { ...PLAIN, engine: 'podman' }],
  ['podman, whose image has the marks of containerd', { ...LIBPOD, ...CONTAINERD }, UNKNOWN],
  ['podman, whose image has the marks of CRI-O', { ...CRIO, ...LIBPOD }, { ...UNKNOWN, crio: true }],
  [
    'podman, with the marks of CRI-O and of itself',
    { ...CRIO, 'io.podman.annotations.init': 'FALSE' },
    { ...UNKNOWN, crio: true },
  ],
  [
    'podman, whose pod file says sandbox',
    { ...LIBPOD, 'io.kubernetes.cri-o.ContainerType': 'sandbox' },
    { ...UNKNOWN, crio: true, sandbox: true, disputedFacts: [...UNKNOWN.disputedFacts, 'sandbox'] },
  ],
  ['containerd', CONTAINERD, IN_CONTAINERD],
  [
    'containerd, its sandbox',
    { ...CONTAINERD, 'io.kubernetes.cri.container-type': 'sandbox' },
    { ...IN_CONTAINERD, sandbox: true },
  ],
  [
    'containerd, forged',
    { ...CONTAINERD, ...FORGED, 'io.kubernetes.pod.namespace': 'kube-system', 'io.kubernetes.container.name': 'POD' },
    IN_CONTAINERD,
  ],
  ['CRI-O', CRIO, IN_CRIO],
  ['CRI-O, which does not say who manages', without(CRIO, 'io.container.manager'), IN_CRIO],
  ['CRI-O, which alone says who manages', without(CRIO, 'io.kubernetes.cri-o.ContainerType'), IN_CRIO],
  ['CRI-O, without its name of the container', without(CRIO, 'io.kubernetes.cri-o.Name'), IN_CRIO],
  ['CRI-O, without the kubelet’s name of the pod', without(CRIO, 'io.kubernetes.pod.name'), IN_CRIO],
  ['CRI-O, its sandbox', CRIO_SANDBOX, { ...IN_CRIO, sandbox: true }],
  ['CRI-O, forged', { ...CRIO, ...FORGED, ...MADE_UP }, IN_CRIO],
  ['CRI-O, a false name of the sandbox', { ...CRIO, ...OTHER_NAME }, NAMELESS],
  ['CRI-O, a false namespace', { ...CRIO, 'io.kubernetes.pod.namespace': 'kube-system' }, NAMELESS],
  [
    'CRI-O, both false, but not the name of the container',
    { ...CRIO, ...OTHER_NAME, 'io.kubernetes.pod.namespace': 'kube-system' },
    NAMELESS,
  ],
  [
    'CRI-O, a false name of the pod',
    { ...CRIO, 'io.kubernetes.pod.name': 'trusted' },
    { ...IN_CRIO, pod: undefined, disputedFacts: ['pod'] },
  ],
  ['CRI-O, without the kubelet’s namespace', without(CRIO, 'io.kubernetes.pod.namespace'), NAMELESS],
  ['CRI-O, without its own name', without(CRIO, 'io.kubernetes.cri-o.SandboxName'), NAMELESS],
  ...['k8s_web-0_team-a', 'k8s_web-0_team-a_8d1f', 'k8s_web-0_team-a_8d1f_0_1', 'x_web-0_team-a_8d1f_0'].map(
    (name): [string, object, object] => [
      `CRI-O with a name that is none of its own: ${name}`,
      { ...CRIO, 'io.kubernetes.cri-o.SandboxName': name },
      NAMELESS,
    ],
  ),
  ['CRI-O without any name', { 'io.kubernetes.cri-o.ContainerType': 'container' }, NAMELESS],
  ['containerd’s names without its mark', MADE_UP, PLAIN],
  ['a mark that is no text', { 'io.kubernetes.cri-o.ContainerType': 5 }, NAMELESS],
  ['the marks of both', { ...CONTAINERD, ...CRIO }, MIXED],
  [
    'the marks of both, where one says sandbox',
    { ...CONTAINERD, ...CRIO, 'io.kubernetes.cri.container-type': 'sandbox' },
    { ...MIXED, sandbox: true, disputedFacts: [...MIXED.disputedFacts, 'sandbox'] },
  ],
];
for (const [title, annotations, want] of engines)
  test(`readContainerFacts() knows ${title}`, () => {
    const { withhold, ...facts } = read({ annotations }).facts;
    assert.deepEqual(facts, { ...want, userNamespace: false, privileged: false });
    assert.equal(withhold('annotation')?.by, facts.sandbox ? 'sandbox' : undefined);
  });

/** Whether it is a sandbox, and whether all marks say so: else policy and record take no notice of it. */
const sandboxes: [title: string, annotations: object, want: 'no' | 'sandbox' | 'disputed'][] = [
  ['a container', CRIO, 'no'],
  ['a sandbox', CRIO_SANDBOX, 'sandbox'],
  ['the type alone', { 'io.kubernetes.cri-o.ContainerType': 'sandbox' }, 'sandbox'],
  [
    'a pod’s author writes that it is a container',
    { ...CRIO_SANDBOX, 'io.kubernetes.cri-o.ContainerType': 'container' },
    'disputed',
  ],
  [
    'a pod’s author writes that it is a container of that name',
    {
      ...CRIO_SANDBOX,
      'io.kubernetes.cri-o.ContainerType': 'container',
      'io.kubernetes.cri-o.Name': 'k8s_main_web-0_team-a_8d1f_0',
    },
    'disputed',
  ],
  [
    'only the file of the name of the host tells',
    { ...CRIO, 'io.kubernetes.cri-o.HostnamePath': '/run/containers/hostname' },
    'disputed',
  ],
  ['only the kubelet’s name tells', { ...CRIO, 'io.kubernetes.container.name': 'POD' }, 'disputed'],
  [
    'a checkpoint image writes that its container is one',
    { ...CRIO, 'io.kubernetes.cri-o.ContainerType': 'sandbox' },
    'disputed',
  ],
  ['a word of another case', { ...CRIO, 'io.kubernetes.cri-o.ContainerType': 'Sandbox' }, 'no'],
];
for (const [title, annotations, want] of sandboxes)
  test(`readContainerFacts() tells sandboxes of CRI-O: ${title}`, () => {
    const { sandbox, disputedFacts } = read({ annotations }).facts;
    assert.equal(sandbox ? (disputedFacts.includes('sandbox') ? 'disputed' : 'sandbox') : 'no', want);
  });

const restored: [title: string, annotations: object, want: [annotation: string, env: string]][] = [
  ['docker', {}, ['counts', 'counts']],
  ['podman', LIBPOD, ['counts', 'counts']],
  ['containerd', CONTAINERD, ['checkpoint', 'counts']],
  ['CRI-O', CRIO, ['checkpoint', 'counts']],
  ['CRI-O, forged as podman', { ...CRIO, ...LIBPOD }, ['checkpoint', 'counts']],
  ['what says that it is a sandbox', CRIO_SANDBOX, ['sandbox', 'sandbox']],
];
for (const [title, annotations, want] of restored)
  test(`in a container that comes from a checkpoint an image cannot ask: ${title}`, () => {
    const { facts } = read({ annotations }, {}, true);
    const by = (source: Source): string => facts.withhold(source)?.by ?? 'counts';
    assert.deepEqual([by('annotation'), by('env')], want);
    assert.equal(facts.disputedFacts.includes('sandbox'), facts.sandbox, 'no sandbox comes from a checkpoint');
  });

const fact = (linux: unknown, bounding: unknown): Pick<ContainerFacts, 'userNamespace' | 'privileged'> =>
  read({ linux, process: { capabilities: { bounding } } }).facts;

const namespaces: [title: string, list: unknown, want: boolean][] = [
  ['none', undefined, false],
  ['others', [{ type: 'pid' }, { type: 'User' }, 5, {}], false],
  ['a new one', [{ type: 'pid' }, { type: 'user' }], true],
  ['one that is joined', [{ type: 'user', path: '/proc/1/ns/user' }], true],
];
for (const [title, list, want] of namespaces)
  test(`a container has a user namespace of its own: ${title}`, () =>
    assert.equal(fact({ namespaces: list }, undefined).userNamespace, want));

const ADMIN = ['CAP_CHOWN', 'CAP_SYS_ADMIN'];
const ALL = { allow: true, access: 'rwm' };
const privileged: [title: string, devices: unknown, bounding: unknown, want: boolean][] = [
  ['as engines make it', [ALL], ADMIN, true],
  ['with the type that stands for all', [{ ...ALL, type: 'a' }], ADMIN, true],
  ['with numbers that stand for all', [{ ...ALL, major: -1, minor: -1 }], ADMIN, true],
  ['without the capability', [ALL], ['CAP_CHOWN'], false],
  ['without any capability', [ALL], undefined, false],
  ['without rules', undefined, ADMIN, false],
  ['denied again', [ALL, { allow: false, access: 'rwm' }], ADMIN, false],
  ['allowed at last', [{ allow: false, access: 'rwm' }, ALL], ADMIN, true],
  ['not every access', [{ allow: true, access: 'm' }], ADMIN, false],
  ['no access named', [{ allow: true }], ADMIN, false],
  ['only one device', [{ ...ALL, type: 'c', major: 10, minor: 229 }], ADMIN, false],
  ['only one kind', [{ ...ALL, type: 'c' }], ADMIN, false],
  ['only the other kind', [{ ...ALL, type: 'b' }], ADMIN, false],
  [
    'a rule for each kind',
    [
      { ...ALL, type: 'c' },
      { ...ALL, type: 'b', major: -1, minor: -1 },
    ],
    ADMIN,
    true,
  ],
  [
    'a rule for each kind, without the capability',
    [
      { ...ALL, type: 'c' },
      { ...ALL, type: 'b' },
    ],
    [],
    false,
  ],
  [
    'unbuffered devices are character devices',
    [
      { ...ALL, type: 'u' },
      { ...ALL, type: 'b' },
    ],
    ADMIN,
    true,
  ],
  ['one kind denied again', [ALL, { allow: false, type: 'b', access: 'rwm' }], ADMIN, false],
  ['one access denied again', [ALL, { allow: false, access: 'w' }], ADMIN, false],
  [
    'each access by a rule of its own',
    [
      { allow: true, access: 'm' },
      { allow: true, access: 'rw' },
    ],
    ADMIN,
    true,
  ],
  ['a kind that there is not', [{ ...ALL, type: 'x' }], ADMIN, false],
  ['a kind of Object.prototype', [{ ...ALL, type: 'constructor' }], ADMIN, false],
  ['only one number', [{ ...ALL, major: 10 }], ADMIN, false],
  ['odd entries', [5, null, 'a', ALL], ADMIN, true],
];
for (const [title, devices, bounding, want] of privileged)
  test(`a container is privileged: ${title}`, () =>
    assert.equal(fact({ resources: { devices } }, bounding).privileged, want));
