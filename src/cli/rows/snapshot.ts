// Commands about another host, or another time: snapshots and their differences.
import type { Command } from '../command.ts';
import { HOST_ROOT } from '../files/host-root.ts';

export const SNAPSHOT_ROWS: readonly Command[] = [
  {
    name: 'snapshot',
    summary: 'write what matters of this host into one file, for another one or for a bug report',
    details: [
      'Spec directories, settings, device nodes and owners, what specs name, PCI devices, configuration of engines, versions,',
      'and what doctor and engine status say; without FILE to standard output. It is JSON, for jq and for people; device',
      'nodes are in it as data. Commands that only look take it: cdictl explain --snapshot FILE DEVICE.',
      'Left out, and listed on standard error and in the file: containers, the audit, programs, credentials of engines',
      '(registries, proxies, headers, environments), and what looks like a credential in specs and settings.',
    ],
    operands: { shown: '[FILE]', least: 0, most: 1 },
    options: [HOST_ROOT],
    examples: [
      { line: 'cdictl snapshot host.json', does: 'this host in a file, to attach to a report' },
      { line: 'cdictl snapshot --host-root /host >host.json', does: 'from a container, the host around it' },
    ],
    load: async () => (await import('../commands/snapshot.ts')).run,
  },
  {
    name: 'diff',
    summary: 'show what a container would get differently on two hosts, or now against then',
    details: [
      'Operands are snapshots; with one of them, this host as it is now is the other. Devices that are gone or new, that',
      'would be refused, and whose edits are others; settings, configuration of engines, versions and hardware. What',
      'befalls many devices by one cause is one line.',
      'Exit status 3 where there are differences.',
    ],
    operands: { shown: 'FILE [FILE]', least: 1, most: 2 },
    examples: [
      { line: 'cdictl diff node1.json node2.json', does: 'why a container runs on one of two nodes' },
      { line: 'cdictl diff before.json', does: 'what has changed on this host since' },
    ],
    load: async () => (await import('../commands/diff.ts')).run,
  },
];
