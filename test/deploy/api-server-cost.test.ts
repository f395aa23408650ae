// What docs/kubernetes.md says about 5,000 nodes with 16 devices each: sizes of what the API server gets to see.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { ResourceClaim } from 'kubernetes-1.36/resource.k8s.io/v1/ResourceClaim';
import { ResourceSlice } from 'kubernetes-1.36/resource.k8s.io/v1/ResourceSlice';
import { writeUnits } from '../../src/cli/plugin/messages.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8');
const NODES = 5000;
const DEVICES = 16;
const UID = '00000000-0000-0000-0000-000000000000';
const size = (value: object): number => Buffer.byteLength(JSON.stringify(value));
const inThousands = (bytes: number): string => bytes.toLocaleString('en-US');
const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
const list = <T>(make: (place: number) => T): T[] => Array.from({ length: DEVICES }, (_, place) => make(place));

function assertRow(what: string, one: number, all: number): void {
  const row = `| ${what} | ${inThousands(one)} B | ${inMegabytes(all)} MB |`;
  assert.ok(PAGE.includes(row), `the page lacks: ${row}`);
}

test('a device plugin tells the API server numbers alone', () => {
  const count = { 'vendor.com/gpu': String(DEVICES) };
  const patch = size({ status: { allocatable: count, capacity: count } });
  assertRow('a node’s count of devices, when it changes', patch, NODES * patch);
  const label = size({ metadata: { labels: { 'cdi-runtime.dev/ready': 'true' } } });
  assertRow('a label of the installer', label, NODES * label);
  const units = writeUnits(list((place) => ({ id: `gpu-${place}`, isHealthy: true, numaNode: place % 2 }))).length;
  assert.ok(PAGE.includes(`${units} bytes`), `the page lacks: ${units} bytes`);
});

test('a DRA driver tells it each device, and each claim is an object', () => {
  const owner = { apiVersion: 'v1', controller: true, name: 'node-0001', uid: UID };
  const slice = {
    apiVersion: 'resource.k8s.io/v1' as const,
    kind: 'ResourceSlice' as const,
    metadata: { name: 'node-0001-gpu.vendor.com-abcde', uid: UID, ownerReferences: [{ ...owner, kind: 'Node' }] },
    spec: {
      driver: 'gpu.vendor.com',
      nodeName: 'node-0001',
      pool: { name: 'node-0001', generation: 1, resourceSliceCount: 1 },
      devices: list((place) => ({
        name: `gpu-${place}`,
        attributes: {
          uuid: { string: `GPU-${UID}` },
          model: { string: 'Vendor Model 80GB' },
          driverVersion: { version: '1.2.3' },
          numa: { int: place % 2 },
        },
        capacity: { memory: { value: '80Gi' } },
      })),
    },
  };
  new ResourceSlice(slice).validate();
  assertRow('a `ResourceSlice` of 16 devices with four attributes', size(slice), NODES * size(slice));
  const claim = {
    apiVersion: 'resource.k8s.io/v1' as const,
    kind: 'ResourceClaim' as const,
    metadata: { name: 'pod-0-gpu-abcde', namespace: 'train', uid: UID, ownerReferences: [{ ...owner, kind: 'Pod' }] },
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.vendor.com', count: 1 } }] } },
    status: {
      allocation: {
        devices: { results: [{ request: 'gpu', driver: 'gpu.vendor.com', pool: 'node-0001', device: 'gpu-0' }] },
      },
      reservedFor: [{ resource: 'pods', name: 'pod-0', uid: UID }],
    },
  };
  new ResourceClaim(claim).validate();
  assertRow('a `ResourceClaim` of one device, allocated', size(claim), NODES * DEVICES * size(claim));
});
