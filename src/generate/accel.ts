// Accelerators that are no graphics cards, such as NPUs.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

/** Several containers may have one: the driver keeps their work apart, as that of graphics cards. */
export const accel: Generator = makeClassGenerator({
  id: 'accel',
  about: 'accelerators that are no graphics cards, such as NPUs',
  naming: 'the place (pci-0000:00:0b.0); accel0 for what is plugged in nowhere',
  devices: 'accel',
  matching: /^accel\d+$/,
  folder: '/dev/accel',
  nothing: { why: 'there is no accelerator', hint: 'load the driver of the card' },
});
