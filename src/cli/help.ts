// Help texts, all of one grammar: what it does, how it is written, its options, examples.
import { GLOBAL_OPTIONS } from './arguments.ts';
import type { Command, Option } from './command.ts';

const INDENT = '  ';

/** Help of one command. */
export function commandHelp(command: Command): string {
  const { name, aliases = [], summary, details = [], operands, options = [], examples } = command;
  const usage = ['cdictl', name, ...(options.length > 0 ? ['[OPTION...]'] : []), operands?.shown ?? '']
    .join(' ')
    .trimEnd();
  return [
    `${capital(summary)}.`,
    '',
    'Usage:',
    `${INDENT}${usage}`,
    ...(aliases.length === 0 ? [] : ['', `Also called: ${aliases.join(', ')}`]),
    ...(details.length === 0 ? [] : ['', ...details]),
    ...(options.length === 0 ? [] : ['', 'Options:', ...optionLines(options)]),
    '',
    'Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Examples:',
    ...examples.flatMap(({ line, does }) => [`${INDENT}${line}`, `${INDENT}${INDENT}${does}`]),
    '',
  ].join('\n');
}

/** Help of the whole program. */
export function overview(commands: readonly Command[]): string {
  const shown = commands.filter((command) => command.hidden !== true);
  const width = Math.max(...shown.map(({ name }) => name.length));
  return [
    'See, check, explain, generate and configure devices for containers (Container Device Interface).',
    '',
    'Usage:',
    `${INDENT}cdictl COMMAND [OPTION...] [OPERAND...]`,
    '',
    'Commands:',
    ...shown.map(({ name, summary }) => `${INDENT}${name.padEnd(width)}${INDENT}${summary}`),
    '',
    'Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Exit status: 0 fine, 1 failed, 2 wrong usage, 3 findings (lint, doctor, validate).',
    'See cdictl COMMAND --help for a command.',
    '',
  ].join('\n');
}

function optionLines(options: readonly Option[]): string[] {
  const spelt = options.map(({ name, short, value }) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return short === undefined ? `    ${long}` : `-${short}, ${long}`;
  });
  const width = Math.max(...spelt.map((text) => text.length));
  return options.map(({ summary }, index) => `${INDENT}${(spelt[index] ?? '').padEnd(width)}${INDENT}${summary}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
