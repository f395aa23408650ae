// I²C buses. Whoever has a bus speaks to every chip on it, also to those that a driver of the kernel has in use.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const i2c: Generator = makeClassGenerator({
  id: 'i2c',
  about: 'I2C buses',
  naming: "the adapter's place (pci-0000:00:1f.4), with its name where there are several",
  devices: 'i2c-dev',
  group: ({ name }) => name,
  names: (tree, { hardware }, place) => [place, `${place ?? 'virtual'}:${tree.attribute(`${hardware}/name`)}`],
  nothing: { why: 'there is no I2C bus', hint: 'load the module i2c-dev' },
});
