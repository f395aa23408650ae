// Network interfaces in user space: tun and tap.
import { findFixedNodes } from './fixed-nodes.ts';
import type { Generator } from './generator.ts';

export const netTun: Generator = {
  id: 'net-tun',
  about: 'network interfaces in user space',
  naming: 'tun',
  find: (tree) => findFixedNodes(tree, [['tun', '/dev/net/tun']], 'load the module tun'),
};
