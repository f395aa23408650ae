// Commands that look for mistakes in specs and on the host.
import type { Command } from '../command.ts';
import { HOST_ROOT } from '../files/host-root.ts';

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
      'this host. Each finding has its rule, which docs/lint.md explains, and what to do.',
      'With --fix, cdiVersion is raised where it is too low, and the change is shown; with --rule version-too-high it is',
      'lowered, too. All else is left alone. Findings of one cause are one; -v shows each.',
      'Exit status 3 where there are warnings or errors, 1 where a file cannot be read.',
    ],
    operands: { shown: '[FILE|DIR|-]...', least: 0, most: Number.POSITIVE_INFINITY },
    options: [
      { name: 'no-host', summary: 'judge the specs alone, not this host: for the CI of a vendor' },
      { name: 'rule', value: 'ID', repeats: true, summary: 'only this rule' },
      { name: 'disable', value: 'ID', repeats: true, summary: 'without this rule' },
      {
        name: 'severity',
        value: 'LEVEL',
        choices: ['info', 'warning', 'error'],
        summary: 'only findings of this severity and above: info (default), warning or error',
      },
      { name: 'verbose', short: 'v', summary: 'each finding by itself, instead of each cause once' },
      { name: 'fix', summary: 'fix what can be fixed without knowing the device' },
      { name: 'dry-run', summary: 'with --fix: only show the change' },
    ],
    examples: [
      { line: 'cdictl lint', does: 'the specs of this host' },
      { line: 'cdictl lint --no-host --severity warning specs/', does: 'in the CI of a vendor' },
      { line: 'cdictl lint --fix --dry-run vendor.yaml', does: 'what --fix would change' },
    ],
    load: async () => (await import('../commands/lint.ts')).run,
  },
  {
    name: 'doctor',
    summary: 'find what is wrong on this host, and tell how to fix it',
    details: [
      'Settings, spec directories and specs, the real runtime, the shim and its links, engines, cgroups, rootless set-up,',
      'security modules and the audit. Nothing is changed. docs/doctor.md explains each check.',
      'Exit status 3 where there are warnings or errors.',
    ],
    options: [
      { name: 'check', value: 'ID', repeats: true, summary: 'only this check' },
      { name: 'verbose', short: 'v', summary: 'each result by itself, instead of each cause once' },
      {
        name: 'shim-path',
        value: 'FILE',
        summary: 'where the shim is (default /usr/local/bin/cdi-runtime, else /usr/bin/cdi-runtime)',
      },
      HOST_ROOT,
    ],
    examples: [
      { line: 'cdictl doctor', does: 'everything, and what to do about what is wrong' },
      { line: 'cdictl doctor --quiet', does: 'only what is wrong' },
      { line: 'cdictl doctor --check specs --check hooks --output json', does: 'two checks, for a program' },
    ],
    load: async () => (await import('../commands/doctor.ts')).run,
  },
];
