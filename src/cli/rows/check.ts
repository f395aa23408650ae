// Commands that look for mistakes in specs and on the host.
import type { Command } from '../command.ts';
import { HOST_ROOT } from '../files/host-root.ts';
import { SNAPSHOT } from '../snapshot/snapshot.ts';

export const CHECK_ROWS: readonly Command[] = [
  {
    name: 'validate',
    summary: 'validate specs, with line and column of all that is wrong',
    details: [
      'By the rules of CDI, by a schema, and by the rules of Kubernetes for annotations; JSON and YAML alike.',
      'Operands are files, directories for the specs in them, or - for standard input. Without operands: the specs of',
      'this host, and then also who could have written them and which devices are there twice.',
      'Exit status 3 where a file is not valid, 1 where one cannot be read.',
    ],
    operands: { shown: '[FILE|DIR|-]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      {
        name: 'schema',
        short: 's',
        value: 'SCHEMA',
        summary: 'builtin (default), none, or the file of a JSON schema',
      },
      { name: 'minimum-version', summary: 'with the lowest cdiVersion that holds each spec' },
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl validate /etc/cdi/vendor.yaml', does: 'what is wrong with one file' },
      { line: 'cdictl validate --minimum-version specs/', does: 'a directory, in a pipeline of its vendor' },
    ],
    load: async () => (await import('../commands/validate.ts')).run,
  },
  {
    name: 'lint',
    summary: 'give advice about specs: what works by chance, and what could be better',
    details: [
      'Operands are files, directories for the specs in them, or - for standard input; without operands: the specs of',
      'this host. Each finding has its rule, which --explain RULE explains, and what to do.',
      'With --fix, cdiVersion is raised where it is too low, and the change is shown; with --rule version-too-high it is',
      'lowered, too. All else is left alone. Findings of one cause are one; -v shows each.',
      'A comment # cdictl-ignore RULE: reason hides what the rule finds in the next line, or in its own.',
      'Exit status 3 where there are warnings or errors, 1 where a file cannot be read.',
    ],
    operands: { shown: '[FILE|DIR|-]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'no-host', summary: 'judge the specs alone, not this host: for the CI of a vendor' },
      { name: 'rule', value: 'RULE', repeats: true, summary: 'only this rule' },
      { name: 'disable', value: 'RULE', repeats: true, summary: 'without this rule' },
      {
        name: 'severity',
        value: 'LEVEL',
        choices: ['info', 'warning', 'error'],
        summary: 'only findings of this severity and above: info (default), warning or error',
      },
      {
        name: 'target',
        value: 'TARGET',
        repeats: true,
        summary: 'what an engine or a runtime would refuse or ignore: podman@4.9, crun@1.21',
      },
      {
        name: 'output',
        short: 'o',
        aliases: ['format'],
        value: 'FORMAT',
        choices: ['table', 'json', 'yaml', 'sarif', 'github'],
        summary: 'table, json or yaml; for CI: sarif or github (workflow commands)',
      },
      { name: 'explain', value: 'RULE', repeats: true, summary: 'only explain a rule, as docs/lint.md does' },
      { name: 'verbose', short: 'v', summary: 'each finding by itself, instead of each cause once' },
      { name: 'fix', summary: 'fix what can be fixed without knowing the device' },
      { name: 'dry-run', summary: 'with --fix: only show the change' },
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl lint', does: 'the specs of this host' },
      { line: 'cdictl lint --no-host --severity warning specs/', does: 'in the CI of a vendor' },
      { line: 'cdictl lint --no-host --target podman@4.9 -o sarif specs/', does: 'for code scanning of hosted CI' },
      { line: 'cdictl lint --explain stale-node', does: 'what a rule is about, and what to do' },
      { line: 'cdictl lint --fix --dry-run vendor.yaml', does: 'what --fix would change' },
    ],
    load: async () => (await import('../commands/lint.ts')).run,
  },
  {
    name: 'doctor',
    summary: 'find what is wrong on this host, and tell how to fix it',
    details: [
      'Settings, spec directories and specs, hardware and drivers, the real runtime, the shim and its links, engines and',
      'their own CDI, cgroups, rootless set-up, security modules and the audit. docs/doctor.md explains each check.',
      'With DEVICE: whether the engines see it by themselves or by the shim, and if not, why.',
      'It changes nothing: each warning and error says what to do, where it can by a command.',
      'Exit status 3 where there are warnings or errors.',
    ],
    operands: { shown: '[DEVICE]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      {
        name: 'engine',
        value: 'ENGINE',
        repeats: true,
        summary: 'with DEVICE: only this one; an engine, buildah or buildkit',
      },
      { name: 'check', value: 'CHECK', repeats: true, summary: 'only this check' },
      { name: 'verbose', short: 'v', summary: 'each result by itself, instead of each cause once' },
      {
        name: 'shim-path',
        value: 'FILE',
        summary: 'where the shim is (default /usr/local/bin/cdi-runtime, else /usr/bin/cdi-runtime)',
      },
      HOST_ROOT,
      SNAPSHOT,
    ],
    examples: [
      { line: 'cdictl doctor', does: 'everything, and what to do about what is wrong' },
      { line: 'cdictl doctor --quiet', does: 'only what is wrong' },
      { line: 'cdictl doctor nvidia.com/gpu=0 --engine podman', does: 'whether Podman sees it, and if not, why' },
      { line: 'cdictl doctor --check specs --check hooks --output json', does: 'two checks, for a program' },
    ],
    load: async () => (await import('../commands/doctor.ts')).run,
  },
];
