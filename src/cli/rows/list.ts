// Commands that list what the spec directories hold.
import type { Command } from '../command.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

export const LIST_ROWS: readonly Command[] = [
  {
    name: 'devices',
    aliases: ['devs', 'dev'],
    summary: 'list the devices that can be requested',
    details: [
      'Exit status 1 where a directory cannot be read, so that devices may be missing from the list. Specs in error, and',
      'devices that several of them define, are named on standard error.',
    ],
    options: [{ name: 'verbose', short: 'v', summary: 'with all that a device does to a container' }, SNAPSHOT],
    examples: [
      { line: 'cdictl devices', does: 'every device with the spec that defines it' },
      { line: 'cdictl devices --output json', does: 'the same for a program' },
    ],
    load: async () => (await import('../commands/devices.ts')).run,
  },
  {
    name: 'vendors',
    summary: 'list the vendors of all specs',
    options: [SNAPSHOT],
    examples: [{ line: 'cdictl vendors', does: 'every vendor with the number of its specs and devices' }],
    load: async () => (await import('../commands/vendors.ts')).run,
  },
  {
    name: 'classes',
    summary: 'list the classes of devices',
    options: [SNAPSHOT],
    examples: [{ line: 'cdictl classes', does: 'every class with its vendors and the number of its devices' }],
    load: async () => (await import('../commands/classes.ts')).run,
  },
  {
    name: 'specs',
    summary: 'list the spec files, all or those of some vendors',
    details: [
      'shadowed: files of higher priority define its devices, and this one does not count. in conflict: a file of the same',
      'priority defines a device, too, and it does not resolve. A vendor without a spec is an error.',
    ],
    operands: { shown: '[VENDOR...]', least: 0, most: Number.POSITIVE_INFINITY },
    options: [{ name: 'verbose', short: 'v', summary: 'with all that the specs say' }, SNAPSHOT],
    examples: [
      { line: 'cdictl specs', does: 'every spec file, and whether it is in error' },
      { line: 'cdictl specs nvidia.com --verbose', does: 'what the specs of one vendor say' },
    ],
    load: async () => (await import('../commands/specs.ts')).run,
  },
  {
    name: 'dirs',
    summary: 'list the spec directories',
    details: ['Exit status 1 where one cannot be read; one that is missing is fine.'],
    options: [SNAPSHOT],
    examples: [{ line: 'cdictl dirs', does: 'the directories in rising priority, with what is wrong with them' }],
    load: async () => (await import('../commands/dirs.ts')).run,
  },
  {
    name: 'resolve',
    aliases: ['res'],
    summary: 'tell what a device name means, or why it means nothing',
    details: [
      'Instead of names: OCI documents (files, or - for standard input). Entries of linux.devices whose path is a',
      'device name are replaced by what the device means, and the document is printed; one whose devices do not all',
      'resolve is left out. Exit status 1 where a device does not resolve.',
    ],
    operands: { shown: 'DEVICE...|OCI...|-', least: 1, most: Number.POSITIVE_INFINITY },
    options: [SNAPSHOT],
    examples: [
      { line: 'cdictl resolve nvidia.com/gpu=0', does: 'the spec, the line and the edits of the device' },
      { line: 'cdictl resolve config.json >resolved.json', does: 'a document with the devices that it names' },
    ],
    load: async () => (await import('../commands/resolve.ts')).run,
  },
  {
    name: 'monitor',
    summary: 'watch the spec directories and print what changes',
    details: [
      'What is there comes first, and with --quiet only what changes. Without operands: specs and devices.',
      'Ends with Ctrl-C. With --output json: one line of JSON for each change.',
      'What befalls the monitor itself goes to standard error: as lines of JSON, for a journal, where that is no terminal.',
    ],
    operands: { shown: '[all|specs|vendors|classes|devices]...', least: 0, most: 5 },
    examples: [
      { line: 'cdictl monitor', does: 'devices and specs as they come and go' },
      { line: 'cdictl monitor devices --output json', does: 'only devices, for a program' },
    ],
    load: async () => (await import('../commands/monitor.ts')).run,
  },
];
