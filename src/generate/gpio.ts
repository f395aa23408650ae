// Chips with lines for general purposes. A line that one container has taken, no other can take until it gives it back.
import { listBusDevices } from './class-devices.ts';
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const gpio: Generator = makeClassGenerator({
  id: 'gpio',
  about: 'chips with lines for general purposes',
  naming: 'the place of the chip (platform-fe200000.gpio); gpiochip0 for what is plugged in nowhere',
  devices: (tree) => listBusDevices(tree, 'gpio', /^gpiochip\d+$/),
  nothing: { why: 'there is no GPIO chip', hint: 'load its driver' },
});
