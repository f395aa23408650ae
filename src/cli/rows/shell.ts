// Commands that help at the command line itself.
import type { Command } from '../command.ts';

export const SHELL_ROWS: readonly Command[] = [
  {
    name: 'errors',
    summary: 'explain errors by their codes: what went wrong, and what to do about it',
    details: ['The code of an error stands in --output json, in the audit, and below the error on a terminal.'],
    operands: { shown: '[CODE]...', least: 0, most: Number.POSITIVE_INFINITY },
    examples: [
      { line: 'cdictl errors', does: 'every code' },
      { line: 'cdictl errors UNRESOLVED_DEVICE', does: 'what it means, how it looks, and what to do' },
    ],
    load: async () => (await import('../commands/errors.ts')).run,
  },
  {
    name: 'completion',
    summary: 'print the completions of cdictl for a shell',
    operands: { shown: 'bash|zsh|fish', least: 1, most: 1 },
    details: [
      'What Tab offers has a line about each word: commands, options, devices, kinds, containers, rules and error codes,',
      'from the very tables that cdictl works by. In bash the second Tab shows them.',
    ],
    examples: [
      { line: 'cdictl completion bash >/etc/bash_completion.d/cdictl', does: 'for all users of bash' },
      { line: 'cdictl completion fish >~/.config/fish/completions/cdictl.fish', does: 'for yourself, in fish' },
    ],
    load: async () => (await import('../commands/completion.ts')).run,
  },
  {
    name: '__complete',
    summary: 'print what a word may become',
    hidden: true,
    operands: { shown: 'WORD...', least: 0, most: Number.POSITIVE_INFINITY },
    examples: [],
    load: async () => (await import('../commands/complete.ts')).run,
  },
  {
    name: 'help',
    summary: 'show the help of a command',
    operands: { shown: '[COMMAND]', least: 0, most: 2 },
    examples: [{ line: 'cdictl help explain', does: 'the same as cdictl explain --help' }],
    load: async () => (await import('../commands/help.ts')).run,
  },
];
