// Commands that help at the command line itself.
import type { Command } from '../command.ts';

export const SHELL_ROWS: readonly Command[] = [
  {
    name: 'completion',
    summary: 'print the completions of cdictl for a shell',
    operands: { shown: 'bash|zsh|fish', least: 1, most: 1 },
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
