// The container that a person means by an engine and a name, on hosts as trees of files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findContainer, parseHandle } from '../../../src/cli/containers/find-container.ts';
import { CdiError } from '../../../src/text/error.ts';
import { crun, document, ID, makeTree, runc, type Tree } from './host-tree.ts';

const TASKS = '/run/containerd/io.containerd.runtime.v2.task';
const OTHER = 'abc'.repeat(22).slice(0, 64);
const STORE = '/var/lib/containers/storage/overlay-containers';

function task(namespace: string, id: string, pid: number, annotations: object = {}): Tree {
  const bundle = `${TASKS}/${namespace}/${id}`;
  const state = runc(`/run/containerd/runc/${namespace}`, id, bundle, pid);
  return { ...state, [`${bundle}/config.json`]: document([], { annotations }) };
}

function docker(id: string, name: string): Tree {
  const folder = `/var/lib/docker/containers/${id}`;
  return {
    [`${folder}/config.v2.json`]: {
      Name: `/${name}`,
      State: { Running: false },
      Config: { Env: ['CDI_DEVICES=v.com/gpu=0'] },
      MountPoints: { '/x': { Destination: '/x', Source: '/y' } },
    },
    [`${folder}/hostconfig.json`]: { Annotations: { 'cdi.k8s.io/a': 'v.com/gpu=1' } },
  };
}

function pod(namespace: string, name: string, container: string): object {
  const keys = { 'sandbox-namespace': namespace, 'sandbox-name': name, 'container-name': container };
  return Object.fromEntries(Object.entries(keys).map(([key, value]) => [`io.kubernetes.cri.${key}`, value]));
}

const HOST: Tree = {
  ...docker(ID, 'web'),
  ...docker(OTHER, 'worker'),
  ...task('team-a', 'job', 11),
  ...task('team-b', 'job', 12),
  ...task('team-b', 'other', 13),
  ...task('k8s.io', ID, 14, pod('ml', 'train-0', 'main')),
  ...task('k8s.io', OTHER, 15, pod('ml', 'train-1', 'main')),
  ...crun('/run/crun', OTHER, `${STORE}/${OTHER}/userdata`, 16),
  [`${STORE}/containers.json`]: [
    { id: ID, names: ['stopped'] },
    { id: OTHER, names: ['pod-infra'] },
  ],
  [`${STORE}/${ID}/userdata/config.json`]: document([], { annotations: { 'io.container.manager': 'libpod' } }),
  [`${STORE}/${OTHER}/userdata/config.json`]: document([], { annotations: { 'io.container.manager': 'libpod' } }),
  ...runc('/run/runc', 'alone', '/b', 17),
};

const found: readonly (readonly [word: string, name: string, bundle: string | undefined])[] = [
  ['docker:web', 'web', undefined],
  [`docker:${OTHER}`, 'worker', undefined],
  ['docker:abab', 'web', undefined],
  ['podman:stopped', 'stopped', `${STORE}/${ID}/userdata`],
  ['podman:pod-infra', 'pod-infra', `${STORE}/${OTHER}/userdata`],
  ['ctr:team-b/job', 'team-b/job', `${TASKS}/team-b/job`],
  ['ctr:other', 'team-b/other', `${TASKS}/team-b/other`],
  ['ctr:oth', 'team-b/other', `${TASKS}/team-b/other`],
  ['cri:ml/train-1/main', 'ml/train-1/main', `${TASKS}/k8s.io/${OTHER}`],
  ['cri:abab', 'ml/train-0/main', `${TASKS}/k8s.io/${ID}`],
  ['oci:alone', 'alone', '/b'],
];

const root = makeTree(HOST);

for (const [word, name, bundle] of found)
  test(`findContainer() finds ${word}`, () => {
    const container = findContainer(parseHandle(word) ?? assert.fail(), root);
    assert.deepEqual([container.name, container.bundle], [name, bundle]);
  });

const refused: readonly (readonly [word: string, message: string])[] = [
  ['docker:wbe', 'cannot find container "docker:wbe": none has this name or id; did you mean "web"?'],
  ['podman:stop', 'cannot find container "podman:stop": none has this name or id; known are "pod-infra" and "stopped"'],
  ['ctr:job', 'cannot find container "ctr:job": it may be any of "team-a/job" and "team-b/job"; write more of it'],
  [
    'cri:main',
    `cannot find container "cri:main": it may be any of "ml/train-0/main (${ID})" and "ml/train-1/main (${OTHER})"; write more of it`,
  ],
  [
    'docker:ab',
    `cannot find container "docker:ab": it may be any of "web (${ID})" and "worker (${OTHER})"; write more of it`,
  ],
];

for (const [word, message] of refused)
  test(`findContainer() does not find ${word}`, () => {
    const find = (): unknown => findContainer(parseHandle(word) ?? assert.fail(), root);
    assert.throws(
      find,
      (error) => error instanceof CdiError && error.code === 'CANNOT_READ' && error.message === message,
    );
  });

test('findContainer() says where those that are gone are told of, where there is none at all', () => {
  assert.throws(() => findContainer({ maker: 'oci', name: 'x' }, makeTree({})), {
    message:
      'cannot find container "oci:x": no container of oci is here; cdictl audit --all tells of those that are gone',
  });
});

test('what docker keeps of a container that does not run has all by which one asks', () => {
  const { kept } = findContainer({ maker: 'docker', name: 'web' }, root);
  assert.deepEqual(kept, {
    path: `/var/lib/docker/containers/${ID}/config.v2.json`,
    document: {
      process: { env: ['CDI_DEVICES=v.com/gpu=0'] },
      annotations: { 'cdi.k8s.io/a': 'v.com/gpu=1' },
      mounts: [{ destination: '/x', source: '/y' }],
    },
  });
});

for (const word of ['docker:', ':web', 'docker', 'v.com/gpu=0', './docker:web', 'Docker:web', 'config.json'])
  test(`parseHandle() takes ${word} for no container`, () => assert.equal(parseHandle(word), undefined));
