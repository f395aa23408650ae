// SPI chips without a driver of their own, by the controller and the line that selects them.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const spi: Generator = makeClassGenerator({
  id: 'spi',
  about: 'SPI chips without a driver of their own',
  naming: 'the place of the controller with -cs-N (platform-fe204000.spi-cs-0)',
  devices: 'spidev',
  names: (_, { name }, place) => [place && `${place}-cs-${name.slice(name.indexOf('.') + 1)}`],
  nothing: { why: 'there is no SPI device', hint: 'have the device tree name a spidev, and load the module spidev' },
});
