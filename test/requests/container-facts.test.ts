// What is known of a container, and that a pod's author cannot choose it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerFacts } from '../../src/requests/container-facts.ts';
import { read } from './read.ts';

const CONTAINERD = {
  'io.kubernetes.cri.container-type': 'container',
  'io.kubernetes.cri.sandbox-namespace': 'team-a',
  'io.kubernetes.cri.sandbox-name': 'web-0',
};
const CRIO = {
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.SandboxName': 'k8s_web-0_team-a_8d1f_0',
};
/** What a pod's author may write as well, in the hope that it counts. */
const FORGED = {
  'io.kubernetes.cri-o.Namespace': 'kube-system',
  'io.kubernetes.cri-o.KubeName': 'trusted',
  'io.kubernetes.pod.namespace': 'kube-system',
  'io.kubernetes.pod.name': 'trusted',
};
const MADE_UP = { 'io.kubernetes.cri.sandbox-namespace': 'kube-system', 'io.kubernetes.cri.sandbox-name': 'trusted' };

const PLAIN = {
  sandbox: false,
  crio: false,
  cri: false,
  disputed: false,
  engine: undefined,
  namespace: undefined,
  pod: undefined,
};
const IN_CONTAINERD = { ...PLAIN, cri: true, engine: 'containerd-cri', namespace: 'team-a', pod: 'web-0' };
const IN_CRIO = { ...IN_CONTAINERD, crio: true, engine: 'cri-o' };

const engines: [title: string, annotations: object, want: object][] = [
  ['docker', { a: 'sandbox' }, PLAIN],
  ['podman', { 'io.container.manager': 'libpod' }, { ...PLAIN, engine: 'podman' }],
  ['containerd', CONTAINERD, IN_CONTAINERD],
  [
    'containerd, its sandbox',
    { ...CONTAINERD, 'io.kubernetes.cri.container-type': 'sandbox' },
    { ...IN_CONTAINERD, sandbox: true },
  ],
  ['CRI-O', CRIO, IN_CRIO],
  ['CRI-O, which says who manages too', { ...CRIO, 'io.container.manager': 'cri-o' }, IN_CRIO],
  ['CRI-O, its sandbox', { ...CRIO, 'io.kubernetes.cri-o.ContainerType': 'sandbox' }, { ...IN_CRIO, sandbox: true }],
  ['containerd with a podman’s mark', { ...CONTAINERD, 'io.container.manager': 'libpod' }, IN_CONTAINERD],
  ['containerd, forged', { ...CONTAINERD, ...FORGED }, IN_CONTAINERD],
  ['CRI-O, forged', { ...CRIO, ...FORGED, ...MADE_UP }, IN_CRIO],
  [
    'CRI-O without a name of its own form',
    { ...CRIO, 'io.kubernetes.cri-o.SandboxName': 'k8s_web_team-a' },
    { ...IN_CRIO, namespace: undefined, pod: undefined },
  ],
  ...['k8s_web-0_team-a_8d1f', 'k8s_web-0_team-a_8d1f_0_1', 'x_web-0_team-a_8d1f_0'].map(
    (name): [string, object, object] => [
      `CRI-O with a name that is none of its own: ${name}`,
      { ...CRIO, 'io.kubernetes.cri-o.SandboxName': name },
      { ...IN_CRIO, namespace: undefined, pod: undefined },
    ],
  ),
  [
    'CRI-O without a name',
    { 'io.kubernetes.cri-o.ContainerType': 'container' },
    { ...IN_CRIO, namespace: undefined, pod: undefined },
  ],
  ['containerd’s names without its mark', MADE_UP, PLAIN],
  [
    'a mark that is no text',
    { 'io.kubernetes.cri-o.ContainerType': 5 },
    { ...IN_CRIO, namespace: undefined, pod: undefined },
  ],
  ['the marks of both', { ...CONTAINERD, ...CRIO }, { ...PLAIN, crio: true, cri: true, disputed: true }],
  [
    'the marks of both, where one says sandbox',
    { ...CONTAINERD, ...CRIO, 'io.kubernetes.cri.container-type': 'sandbox' },
    { ...PLAIN, crio: true, cri: true, disputed: true, sandbox: true },
  ],
];
for (const [title, annotations, want] of engines)
  test(`readContainerFacts() knows ${title}`, () => {
    const facts = read({ annotations }).facts;
    assert.deepEqual({ ...facts }, { ...want, userNamespace: false, privileged: false });
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
