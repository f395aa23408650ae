// Commands that list what the spec directories hold.
import type { Command } from '../command.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

export const LIST_ROWS: readonly Command[] = [
  {
    name: 'devices',
    aliases: ['devs', 'dev', 'list', 'ls'],
    summary: 'list the devices that can be requested',
    details: [
      'PATTERN is a device, a kind, a vendor, or a pattern with * and ? over names or kinds. Names of one node stand on',
      'one line: ALSO. LINE is where the spec defines it. STALE: missing or changed, where the host does not have a node,',
      'file or hook as the spec says. Who holds a device is looked at only where it is asked for.',
      'Exit status 1 where a directory cannot be read, so that devices may be missing from the list. Specs in error, and',
      'devices that several of them define, are named on standard error. With --quiet: names only.',
    ],
    operands: { shown: '[PATTERN]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      {
        name: 'output',
        short: 'o',
        aliases: ['format'],
        value: 'FORMAT',
        choices: ['table', 'wide', 'name', 'json', 'yaml'],
        summary: 'table, wide (with --seen and --held), name (names only), json or yaml',
      },
      {
        name: 'filter',
        short: 'f',
        value: 'FILTER',
        repeats: true,
        summary: 'only those that are stale, held or free, or have kind=GLOB, spec=GLOB or node=GLOB; each must hold',
      },
      {
        name: 'sort',
        value: 'KEY',
        choices: ['name', 'spec', 'stale'],
        summary: 'within a kind: by name (default), as in the spec, or what is stale first',
      },
      { name: 'tree', short: 't', summary: 'kinds, their devices, and the nodes, mounts, hooks and variables of each' },
      { name: 'held', summary: 'with who holds each device or a part of it, as ps tells' },
      { name: 'seen', summary: 'with the engines that see each device by their own CDI, as doctor DEVICE tells' },
      { name: 'verbose', short: 'v', summary: 'with all that a device does to a container' },
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl devices', does: 'every device, by kind and spec' },
      { line: 'cdictl devices nvidia.com/gpu --tree', does: 'what the devices of a kind bring' },
      { line: 'cdictl devices --filter free -o name', does: 'the names of those that nobody holds' },
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
