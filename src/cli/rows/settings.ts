// Commands that show the settings, the policy's decisions and the audit.
import { SOURCES } from '../../settings/table.ts';
import type { Command } from '../command.ts';
import { HOST_ROOT } from '../files/host-root.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

export const SETTINGS_ROWS: readonly Command[] = [
  {
    name: 'config show',
    summary: 'show the settings that hold',
    details: [
      'As a settings file would say them, so that the output can be one. As JSON: settings, and origins by key',
      '("policy.rules"), each "default" or a file with line and column.',
    ],
    options: [{ name: 'origin', summary: 'with the file and line that each value comes from' }, SNAPSHOT],
    examples: [
      { line: 'cdictl config show --origin', does: 'every setting with its origin' },
      { line: 'cdictl config show --config /tmp/new.yaml', does: 'what would hold with another file' },
    ],
    load: async () => (await import('../commands/config-show.ts')).run,
  },
  {
    name: 'config check',
    summary: 'check settings, with line and column of the first mistake',
    details: [
      'Without a file: what the shim reads on this host, drop-ins and owners included. With files: what they say.',
    ],
    operands: { shown: '[FILE...]', least: 0, most: Number.POSITIVE_INFINITY },
    options: [SNAPSHOT],
    examples: [
      { line: 'cdictl config check', does: 'the settings of this host' },
      { line: 'cdictl config check deploy/config.yaml', does: 'one file, before it is put in its place' },
    ],
    load: async () => (await import('../commands/config-check.ts')).run,
  },
  {
    name: 'policy test',
    summary: 'test what the policy says to the requests of a container',
    details: [
      'Each request with how it is asked for, the verdict and the line of the settings that decides. The container is a',
      'bundle, a document (- for standard input), or one that only the options describe; --device asks besides.',
      'off: the request does not count in this container. Whether the devices are there is not looked at: see explain.',
      'Exit status 1 where a request is denied.',
    ],
    operands: { shown: '[OCI|-]', least: 0, most: 1 },
    options: [
      { name: 'bundle', short: 'b', value: 'DIR', summary: 'the container of this bundle' },
      { name: 'device', value: 'DEVICE', repeats: true, summary: 'as if it asked for this device besides' },
      {
        name: 'source',
        value: 'SOURCE',
        choices: Object.keys(SOURCES),
        summary: 'how --device is asked for',
      },
      { name: 'namespace', value: 'NAME', summary: 'with --device: a container of this Kubernetes namespace' },
      { name: 'pod', value: 'NAME', summary: 'with --device: a container of a pod of this name' },
      { name: 'kubernetes', summary: 'with --device: a container of Kubernetes' },
      { name: 'user-namespace', summary: 'with --device: a container with a user namespace of its own' },
      { name: 'privileged', summary: 'with --device: a privileged container' },
      SNAPSHOT,
    ],
    examples: [
      {
        line: 'cdictl policy test --bundle /run/bundle',
        does: 'what a container asks for, and whether it may have it',
      },
      {
        line: 'cdictl policy test --device vendor.com/gpu=0 --source env --namespace team-a',
        does: 'whether a pod of this namespace may have a device by its environment',
      },
    ],
    load: async () => (await import('../commands/policy-test.ts')).run,
  },
  {
    name: 'audit',
    summary: 'show who got which device, when, and who did not',
    details: [
      'Options that are given more than once match if one of them does. As JSON: one line a record, as it was written.',
      'What is broken in the audit is left out, and counted on standard error.',
    ],
    options: [
      {
        name: 'container',
        short: 'c',
        value: 'CONTAINER',
        repeats: true,
        summary: 'of a container, by its id or the beginning',
      },
      { name: 'device', value: 'DEVICE|GLOB', repeats: true, summary: 'about a device that was asked for' },
      {
        name: 'outcome',
        value: 'OUTCOME',
        repeats: true,
        choices: ['intended', 'injected', 'already', 'ignored', 'refused', 'failed'],
        summary: 'intended (without an outcome), injected, already, ignored, refused or failed',
      },
      { name: 'since', value: 'TIME', summary: 'not older than a time, or than a duration such as 90m, 12h or 7d' },
      { name: 'last', short: 'n', value: 'N', summary: 'only the last N of them' },
      { name: 'follow', short: 'f', summary: 'go on with those that come' },
      { name: 'all', short: 'a', summary: 'from the files that logrotate put aside too' },
      { name: 'file', value: 'PATH', summary: 'from this file, instead of the one of the settings' },
    ],
    examples: [
      { line: "cdictl audit --device 'nvidia.com/gpu=*' --since 7d", does: 'who asked for a GPU in the last week' },
      { line: 'cdictl audit --outcome refused --last 5', does: 'the last five refusals, each with its reason' },
      { line: 'cdictl audit --follow --output json', does: 'every record as it comes, for a program' },
    ],
    load: async () => (await import('../commands/audit.ts')).run,
  },
  {
    name: 'ps',
    summary: 'show which container holds which device now',
    details: [
      'Containers of every engine that run now, by what their runtimes write down. A device is held by the shim (the audit',
      'has the record), by the engine that injected it itself, or by the bundle as it was written; open: no container is',
      'known to hold it, but a process has its node open. OPEN counts the processes that have one of its nodes open.',
      'SHARE, of a device that policy.share limits: how many containers have a lease of it, of how many that may; no lease:',
      'this one holds it without, as what an engine injected itself, and the shim may give it to another.',
      'Below a line: in what the device is not what it was as the container was made. HOLDER is what explain takes.',
      'As another user than root: only what that user may read, and what is not shown is told on standard error.',
    ],
    options: [
      {
        name: 'device',
        value: 'DEVICE|GLOB',
        repeats: true,
        summary: 'only of a device, by whichever of its names, or as a part of one',
      },
      {
        name: 'stale',
        summary: 'only what is not as it was: the spec, the device or what it mounts is another today, or gone',
      },
      { name: 'watch', short: 'w', summary: 'go on with what is taken and freed; with --quiet only that' },
      HOST_ROOT,
    ],
    examples: [
      { line: "cdictl ps --device 'nvidia.com/gpu=*'", does: 'who holds a GPU' },
      { line: 'cdictl ps --stale', does: 'which containers need a restart after an update of the driver' },
      { line: 'cdictl ps --watch --output json', does: 'each change as it comes, for a program' },
    ],
    load: async () => (await import('../commands/ps.ts')).run,
  },
];
