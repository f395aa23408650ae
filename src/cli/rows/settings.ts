// Commands that show the settings, the policy's decisions and the audit.
import type { Command } from '../command.ts';

export const SETTINGS_ROWS: readonly Command[] = [
  {
    name: 'config show',
    summary: 'show the settings that hold',
    details: [
      'As a settings file would say them, so that the output can be one. As JSON: settings, and origins by key',
      '("policy.rules"), each "default" or a file with line and column.',
    ],
    options: [{ name: 'origin', summary: 'with the file and line that each value comes from' }],
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
    examples: [
      { line: 'cdictl config check', does: 'the settings of this host' },
      { line: 'cdictl config check deploy/config.yaml', does: 'one file, before it is put in its place' },
    ],
    load: async () => (await import('../commands/config-check.ts')).run,
  },
];
