// Cases to begin with.
import type { Case } from './case.ts';
import { ENGINE_DOCUMENTS } from './engine-documents.ts';
import { writeChoice } from './request-text.ts';

const GPU = `cdiVersion: "0.7.0"
kind: vendor.com/gpu
# of every container that gets one of these devices
containerEdits:
  env:
    - VENDOR_VISIBLE=cdi
  deviceNodes:
    - path: /dev/vendor-ctl
  mounts:
    - hostPath: /usr/lib/vendor/libvendor.so.1
      containerPath: /usr/lib/vendor/libvendor.so.1
      options: [ro, nosuid, nodev, rbind]
      type: bind
  hooks:
    - hookName: createContainer
      path: /usr/bin/vendor-hook
      args: [vendor-hook, update-ldcache]
devices:
  - name: gpu-4f1c
    containerEdits:
      deviceNodes:
        - path: /dev/vendor0
          permissions: rw
      additionalGids: [44]
  - name: gpu-90ab
    containerEdits:
      deviceNodes:
        - path: /dev/vendor1
          permissions: rw
      additionalGids: [44]
`;

const NIC = `cdiVersion: "1.1.0"
kind: net.example/nic
devices:
  - name: port0
    containerEdits:
      netDevices:
        - hostInterfaceName: enp3s0f0
          name: eth1
      deviceNodes:
        - path: /dev/infiniband/uverbs0
          permissions: rw
`;

const FAULTY = `cdiVersion: "0.3.0"
kind: vendor.com/cam
devices:
  - name: front cam
    containerEdits:
      deviceNodes:
        - path: dev/video0
          hostPath: /dev/v4l/by-id/front
          permissions: rwx
  - name: rear
    containerEdits: {}
`;

/** What a new file begins with. */
export const NEW_SPEC = `cdiVersion: "0.5.0"
kind: vendor.com/class
devices:
  - name: one
    containerEdits:
      env:
        - VENDOR_DEVICE=one
`;

function ask(engine: string, devices: readonly string[]): string {
  const document = ENGINE_DOCUMENTS[engine] ?? '{}';
  return writeChoice(document, devices) ?? document;
}

/** By what they show. */
export const EXAMPLES: Readonly<Record<string, Case>> = {
  'A GPU and its driver': {
    specs: [{ name: 'vendor.yaml', text: GPU }],
    config: ask('docker', ['vendor.com/gpu=gpu-4f1c']),
    settings: '',
    host: 'complete',
  },
  'Two vendors, in Kubernetes': {
    specs: [
      { name: 'vendor.yaml', text: GPU },
      { name: 'nic.yaml', text: NIC },
    ],
    config: ask('containerd', ['vendor.com/gpu=gpu-4f1c', 'vendor.com/gpu=gpu-90ab', 'net.example/nic=port0']),
    settings: '',
    host: 'complete',
  },
  'A name that does not resolve': {
    specs: [{ name: 'vendor.yaml', text: GPU }],
    config: ask('podman', ['vendor.com/gpu=gpu-4f1d']),
    settings: '',
    host: 'complete',
  },
  'A device that the policy denies': {
    specs: [{ name: 'vendor.yaml', text: GPU }],
    config: ask('docker', ['vendor.com/gpu=gpu-4f1c']),
    settings: `policy:
  rules:
    - devices: vendor.com/gpu=*
      action: deny
      reason: GPUs are for the batch queue
`,
    host: 'complete',
  },
  'A device that the host lacks': {
    specs: [{ name: 'vendor.yaml', text: GPU }],
    config: ask('docker', ['vendor.com/gpu=gpu-4f1c']),
    settings: '',
    host: 'bare',
  },
  'A request that CRI-O answers itself': {
    specs: [{ name: 'vendor.yaml', text: GPU }],
    config: ask('cri-o', ['vendor.com/gpu=gpu-4f1c']),
    settings: '',
    host: 'complete',
  },
  'A spec with faults': {
    specs: [{ name: 'cam.yaml', text: FAULTY }],
    config: ask('docker', ['vendor.com/cam=rear']),
    settings: '',
    host: 'complete',
  },
};
