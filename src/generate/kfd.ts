// The compute side of AMD's graphics cards, which comes besides the nodes of a card.
import { findFixedNodes } from './fixed-nodes.ts';
import type { Generator } from './generator.ts';

export const kfd: Generator = {
  id: 'kfd',
  about: "computing on AMD's graphics cards, beside the card itself",
  naming: 'kfd',
  find: (tree) => findFixedNodes(tree, [['kfd', '/dev/kfd']], 'load the module amdgpu'),
};
