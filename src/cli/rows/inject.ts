// Commands that inject devices offline, and explain what an injection does.
import type { Command } from '../command.ts';

export const INJECT_ROWS: readonly Command[] = [
  {
    name: 'inject',
    aliases: ['inj', 'in', 'oci'],
    summary: 'inject devices into an OCI document, offline',
    details: [
      'The document is a file, or - for standard input; the result goes to standard output, and a file is left alone.',
      'Devices are names or patterns with * and ?; a pattern that matches nothing is an error.',
      'With --bundle: what the shim would do to the config.json of a bundle, by the requests in it; the file is replaced.',
    ],
    operands: { shown: 'OCI|- DEVICE...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'bundle', short: 'b', value: 'DIR', summary: 'inject what the config.json of a bundle asks for' },
      { name: 'dry-run', summary: 'change nothing: only tell whether it would work' },
      { name: 'diff', summary: 'show the change as a unified diff, and change nothing' },
    ],
    examples: [
      { line: "cdictl inject config.json 'nvidia.com/gpu=*' >with-gpus.json", does: 'a document with all GPUs in it' },
      { line: 'cdictl inject --bundle /run/bundle --diff', does: 'what the shim would change in a bundle' },
    ],
    load: async () => (await import('../commands/inject.ts')).run,
  },
  {
    name: 'explain',
    summary: 'explain every edit of an injection, or why there is none',
    details: [
      'Each edit with the request that caused it, its spec file and line, what it replaces, and the rule that allowed it;',
      'what does not resolve, with the reason. Instead of a bundle: an OCI document, or a list of device names.',
      'For a bundle that was started: what the audit recorded, and in what the specs of today differ.',
    ],
    operands: { shown: 'OCI|-|DEVICE...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      {
        name: 'bundle',
        short: 'b',
        value: 'DIR',
        summary: 'explain what the shim does to the config.json of a bundle',
      },
      { name: 'id', value: 'ID', summary: 'look for this container in the audit; by default the one of the bundle' },
    ],
    examples: [
      { line: 'cdictl explain --bundle /run/bundle', does: 'which edit came from which line of which spec, and why' },
      { line: 'cdictl explain nvidia.com/gpu=0', does: 'what the device would do to an empty container' },
    ],
    load: async () => (await import('../commands/explain.ts')).run,
  },
];
