// Help texts, all of one grammar: what it does, how it is written, its options, examples.
import { GLOBAL_OPTIONS } from './arguments.ts';
import type { Command, Option } from './command.ts';
import { findByName, listFamily, makeCommandError } from './names.ts';
import { breakLines } from './terminal/wrap.ts';

const WIDTH = 80;
const INDENT = '  ';

/** Help of the command that some words name, of a family of commands, or of the whole program where there are none. */
export function writeHelp(commands: readonly Command[], words: readonly string[]): string {
  if (words.length === 0) return writeOverview(commands);
  const [first = ''] = words;
  const command = findByName(commands, words.join(' '));
  const found = command !== undefined ? [command] : words.length === 1 ? listFamily(commands, first) : [];
  if (found.length === 0) throw makeCommandError(commands, words);
  return found.map(writeCommandHelp).join('\n');
}

/** Help of one command. */
export function writeCommandHelp({ name, aliases = [], ...command }: Command): string {
  const { summary, details = [], operands, options = [], examples } = command;
  return [
    ...breakLines(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, WIDTH),
    '',
    'Usage:',
    ...writeEntry(`${INDENT}cdictl ${name} `, `[OPTION...] ${operands?.shown ?? ''}`.trimEnd()),
    ...(aliases.length === 0 ? [] : ['', `Also called: ${aliases.join(', ')}`]),
    ...(details.length === 0 ? [] : ['', ...breakLines(details.join(' '), WIDTH)]),
    ...(options.length === 0 ? [] : ['', 'Options:', ...writeOptions(options)]),
    '',
    'Options of every command:',
    ...writeOptions(GLOBAL_OPTIONS),
    ...(examples.length === 0 ? [] : ['', 'Examples:']),
    ...examples.flatMap(({ line, does }) => [`${INDENT}${line}`, ...writeEntry(INDENT + INDENT, does)]),
    '',
  ].join('\n');
}

function writeOverview(commands: readonly Command[]): string {
  const shown = commands.filter((command) => command.hidden !== true);
  const width = Math.max(...shown.map(({ name }) => name.length));
  return [
    ...breakLines('See, check, explain, generate and wire devices for containers (Container Device Interface).', WIDTH),
    '',
    'Usage:',
    `${INDENT}cdictl COMMAND [OPTION...] [OPERAND...]`,
    '',
    'Commands:',
    ...shown.flatMap(({ name, summary }) => writeEntry(`${INDENT}${name.padEnd(width)}${INDENT}`, summary)),
    '',
    'Options of every command:',
    ...writeOptions(GLOBAL_OPTIONS),
    '',
    ...breakLines('Exit status: 0 fine, 1 failed, 2 wrong usage, 3 findings (lint, doctor, validate, diff).', WIDTH),
    'See cdictl COMMAND --help for a command.',
    '',
  ].join('\n');
}

function writeOptions(options: readonly Option[]): string[] {
  const entries = options.map(({ name, short, value, summary }) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return { head: short === undefined ? `    ${long}` : `-${short}, ${long}`, summary };
  });
  const width = Math.max(...entries.map(({ head }) => head.length));
  return entries.flatMap(({ head, summary }) => writeEntry(`${INDENT}${head.padEnd(width)}${INDENT}`, summary));
}

/** A text behind a head; what does not fit on the line goes on below itself. */
function writeEntry(head: string, text: string): string[] {
  const [first = '', ...rest] = breakLines(text, WIDTH - head.length);
  return [`${head}${first}`, ...rest.map((line) => ' '.repeat(head.length) + line)];
}
