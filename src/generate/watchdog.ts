// Watchdogs. One that is opened and no longer fed restarts the whole host, and only one program can have it.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

export const watchdog: Generator = makeClassGenerator({
  id: 'watchdog',
  about: 'watchdogs, which restart the host',
  naming: 'the place (platform-iTCO_wdt), else what the watchdog calls itself',
  devices: 'watchdog',
  names: (tree, { path }, place) => [place, tree.attribute(`${path}/identity`)],
  nothing: { why: 'there is no watchdog', hint: 'load the module of the board, or softdog' },
});
