import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerFacts, containerFacts } from '../../src/requests/container-facts.ts';

const CRI = 'io.kubernetes.cri.container-type';
const CRIO = 'io.kubernetes.cri-o.ContainerType';

const cases: [title: string, annotations: Record<string, string | undefined>, want: ContainerFacts][] = [
  ['docker or podman', { a: 'sandbox' }, { sandbox: false, crio: false, cri: false }],
  ['containerd', { [CRI]: 'container' }, { sandbox: false, crio: false, cri: true }],
  ['containerd, its sandbox', { [CRI]: 'sandbox' }, { sandbox: true, crio: false, cri: true }],
  ['CRI-O', { [CRIO]: 'container' }, { sandbox: false, crio: true, cri: true }],
  ['CRI-O, its sandbox', { [CRIO]: 'sandbox' }, { sandbox: true, crio: true, cri: true }],
  ['both, where one says sandbox', { [CRI]: 'sandbox', [CRIO]: 'container' }, { sandbox: true, crio: true, cri: true }],
  ['a value that is no text', { [CRIO]: undefined }, { sandbox: false, crio: true, cri: true }],
];
for (const [title, annotations, want] of cases)
  test(`containerFacts() knows ${title}`, () => {
    assert.deepEqual(containerFacts(new Map(Object.entries(annotations))), want);
  });
