// Commands that inject devices offline, and explain what an injection does.
import type { Command } from '../command.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

export const INJECT_ROWS: readonly Command[] = [
  {
    name: 'inject',
    aliases: ['inj', 'in', 'oci'],
    summary: 'inject devices into an OCI document, offline',
    details: [
      'The document is a file, or - for standard input. The result goes to standard output, with all that is not edited',
      'byte for byte as it was (as YAML with --output yaml); a file is left alone. Devices are names, or patterns with *',
      'and ? over those that resolve; one that matches nothing is an error. No policy is asked: you decide.',
      'With --bundle: what the shim would do to the config.json of a bundle, by the requests in it, the policy and the',
      'trust of the settings. The file is replaced, and the audit has a record of it.',
      'With --output json, --bundle and --dry-run print what explain prints.',
    ],
    operands: { shown: 'OCI|- DEVICE...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'bundle', short: 'b', value: 'DIR', summary: 'inject what the config.json of a bundle asks for' },
      { name: 'dry-run', summary: 'change nothing: tell what would come of it; exit status 1 where nothing would' },
      { name: 'diff', summary: 'show the change as a unified diff, and change nothing' },
    ],
    examples: [
      { line: "cdictl inject config.json 'nvidia.com/gpu=*' >with-gpus.json", does: 'a document with all GPUs in it' },
      { line: 'cdictl inject - nvidia.com/gpu=0 --diff <config.json', does: 'only the change, as patch reads it' },
      { line: 'cdictl inject --bundle /run/bundle --diff', does: 'what the shim would change in a bundle' },
    ],
    load: async () => (await import('../commands/inject.ts')).run,
  },
  {
    name: 'explain',
    summary: 'explain every edit of an injection, or why there is none',
    details: [
      'Each edit with the request that caused it, its spec file and line, what it replaces, and the rule that allowed',
      'it; what does not resolve, with the reason. Instead of a bundle: an OCI document, or names and patterns of',
      'devices, which are then explained as if an annotation asked for them in an empty container.',
      'For a bundle that was started: what the audit recorded, and in what the specs of today differ.',
      'ENGINE:NAME is a container: docker:NAME, podman:NAME, ctr:[NAMESPACE/]ID, cri:ID or cri:NAMESPACE/POD/CONTAINER,',
      'oci:ID of a runtime that was called by itself; for NAME the beginning of an id will do. ps tells which there are.',
      'Exit status 1 where the container would not start. It changes nothing, and does not wait for devices.',
    ],
    operands: { shown: 'OCI|-|DEVICE...|ENGINE:NAME', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      {
        name: 'bundle',
        short: 'b',
        value: 'DIR',
        summary: 'explain what the shim does to the config.json of a bundle',
      },
      {
        name: 'runtime',
        value: 'NAME',
        summary: 'as if this were the real runtime: a name or a path, instead of that of the settings',
      },
      { name: 'verbose', short: 'v', summary: 'with all requests and edits, of a container too that would not start' },
      { name: 'id', value: 'ID', summary: 'look for this container in the audit; by default the one of the bundle' },
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl explain --bundle /run/bundle', does: 'which edit came from which line of which spec, and why' },
      { line: 'cdictl explain docker:web', does: 'the same of a container, by its name' },
      { line: 'cdictl explain nvidia.com/gpu=0', does: 'what the device would do to an empty container' },
      { line: 'cdictl explain --bundle /run/bundle --output json', does: 'all of it, for a program' },
    ],
    load: async () => (await import('../commands/explain.ts')).run,
  },
];
