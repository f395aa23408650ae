// File systems in user space.
import { findFixedNodes } from './fixed-nodes.ts';
import type { Generator } from './generator.ts';

export const fuse: Generator = {
  id: 'fuse',
  about: 'file systems in user space',
  naming: 'fuse',
  find: (tree) => findFixedNodes(tree, [['fuse', '/dev/fuse']], 'load the module fuse'),
};
