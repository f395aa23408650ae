// Virtual machines: KVM, and the parts of virtio that the kernel can do for them.
import { findFixedNodes } from './fixed-nodes.ts';
import type { Generator } from './generator.ts';

const NODES = [
  ['kvm', '/dev/kvm'],
  ['vhost-net', '/dev/vhost-net'],
  ['vhost-vsock', '/dev/vhost-vsock'],
] as const;

export const kvm: Generator = {
  id: 'kvm',
  about: 'virtual machines',
  naming: 'kvm, vhost-net, vhost-vsock',
  find: (tree) =>
    findFixedNodes(tree, NODES, 'load kvm_intel or kvm_amd, and switch virtualization on in the firmware'),
};
