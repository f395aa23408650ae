// Graphics cards: the nodes for display and for rendering of one card together.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const dri: Generator = makeClassGenerator({
  id: 'dri',
  about: 'graphics cards',
  naming: 'by-path, without -card and -render (pci-0000:00:02.0); card0 for what is plugged in nowhere',
  devices: 'drm',
  // Not the connectors (`card0-HDMI-A-1`), which have no nodes.
  matching: /^(?:card|renderD)\d+$/,
  folder: '/dev/dri',
  suffix: /-(?:card|render)$/,
  nothing: { why: 'there is no graphics card', hint: 'load the driver of the card' },
});
