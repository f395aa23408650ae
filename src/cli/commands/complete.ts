// cdictl __complete: what the last of some words may become, a line each; for the scripts of `completion`.
import { GLOBAL_OPTIONS } from '../arguments.ts';
import type { Command, Option, Run } from '../command.ts';
import type { Context } from '../context.ts';
import { look } from '../look.ts';

/** Prints the candidates; whatever goes wrong, there are none then. */
export const run: Run = (context, { operands }) => {
  const last = operands.at(-1) ?? '';
  const before = operands.slice(0, -1);
  const fitting = candidates(context, before, last).filter((word) => word.startsWith(last));
  for (const word of fitting) context.stdout.write(`${word}\n`);
  return 0;
};

function candidates(context: Context, before: readonly string[], last: string): readonly string[] {
  const { command, used } = commandOf(context.commands, before);
  const options = [...(command?.options ?? []), ...GLOBAL_OPTIONS];
  const waiting = waitingOption(options, before.at(-1));
  if (waiting !== undefined) return waiting.choices ?? [];
  if (last.startsWith('-')) return options.map(({ name }) => `--${name}`);
  if (command === undefined) {
    const family = before.at(-1);
    const shown = context.commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
    const inner = shown.filter((name) => family !== undefined && name.startsWith(`${family} `));
    return inner.length > 0
      ? inner.map((name) => name.slice(name.indexOf(' ') + 1))
      : shown.map((name) => name.split(' ')[0] ?? '');
  }
  return operandsOf(context, command, before.slice(used));
}

function commandOf(
  commands: readonly Command[],
  words: readonly string[],
): { readonly command: Command | undefined; readonly used: number } {
  const named = words.filter((word) => !word.startsWith('-'));
  for (const count of [2, 1]) {
    const name = named.slice(0, count).join(' ');
    const command = commands.find((one) => one.name === name || one.aliases?.includes(name));
    if (command !== undefined && named.length >= count) return { command, used: count };
  }
  return { command: undefined, used: 0 };
}

/** The option before the cursor whose value is still to come. */
function waitingOption(options: readonly Option[], word: string | undefined): Option | undefined {
  return options.find(
    ({ name, short, value }) => value !== undefined && (word === `--${name}` || word === `-${short}`),
  );
}

function operandsOf(context: Context, command: Command, given: readonly string[]): readonly string[] {
  const shown = command.operands?.shown ?? '';
  // Choices are spelt out in the operands themselves: `bash|zsh|fish`.
  const choices = shown.replace(/[[\].]/g, '').split('|');
  if (choices.every((choice) => /^[a-z]/.test(choice))) return choices.filter((choice) => !given.includes(choice));
  if (command.name === 'help')
    return context.commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name.split(' ')[0] ?? '');
  if (/VENDOR/.test(shown)) return [...new Set(look(context).scan.specs.map((spec) => spec.vendor))];
  return /NAME|DEVICE/.test(shown) ? [...look(context).index.devices.keys()] : [];
}
