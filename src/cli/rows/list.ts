// Commands that list what the spec directories hold.
import type { Command } from '../command.ts';

export const LIST_ROWS: readonly Command[] = [
  {
    name: 'devices',
    aliases: ['devs', 'dev'],
    summary: 'list the devices that can be requested',
    options: [{ name: 'verbose', short: 'v', summary: 'with all that a device does to a container' }],
    examples: [
      { line: 'cdictl devices', does: 'every device with the spec that defines it' },
      { line: 'cdictl devices --output json', does: 'the same for a program' },
    ],
    load: async () => (await import('../commands/devices.ts')).run,
  },
];
