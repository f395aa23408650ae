// Help: one grammar for all commands, and texts that a terminal of 80 columns has room for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOperands, GLOBAL_OPTIONS, listOptions, readArguments } from '../../src/cli/arguments.ts';
import type { Option } from '../../src/cli/command.ts';
import { COMMANDS, GROUPS } from '../../src/cli/commands.ts';
import { HOST_ROOT } from '../../src/cli/files/host-root.ts';
import { findCommand } from '../../src/cli/names.ts';
import { runCdictl } from '../support/run-cdictl.ts';

const EARLY: readonly Option[] = [...GLOBAL_OPTIONS, HOST_ROOT];
const SHOWN = COMMANDS.filter(({ hidden }) => hidden !== true);

test('every name leads to one command', () => {
  const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual(names, [...new Set(names)]);
  const single = names.filter((name) => !name.includes(' '));
  const families = names.filter((name) => name.includes(' ')).map((name) => name.split(' ')[0]);
  assert.deepEqual(
    single.filter((name) => families.includes(name)),
    [],
  );
});

for (const command of COMMANDS) {
  test(`${command.name}: a summary that goes on in lower case, and options that are told apart`, () => {
    const { summary, options = [], details = [], operands } = command;
    assert.match(summary, /^[a-z][^.]*[^. ]$/);
    for (const { summary: text, value, choices } of options) {
      assert.match(text, /^\S.*[^. ]$/);
      assert.ok(choices === undefined || value !== undefined, text);
      if (value !== undefined) assert.match(value, /^[A-Z]/);
    }
    const spelled = listOptions(command).flatMap(({ name, short }) => [name, ...(short ? [short] : [])]);
    assert.deepEqual(spelled, [...new Set(spelled)]);
    if (details.length > 0) assert.match(details.join(' '), /^[A-Za-z-].*\.$/s);
    if (operands !== undefined) assert.ok(operands.most >= operands.least && operands.most > 0);
  });

  test(`${command.name}: examples that its own options read`, () => {
    assert.ok(command.hidden === true || command.examples.length > 0);
    for (const { line, does } of command.examples) {
      assert.match(does, /^\S.*[^. ]$/);
      const words = wordsOf(line);
      assert.equal(words[0], 'cdictl');
      const { command: found, rest } = findCommand(COMMANDS, words.slice(1), EARLY);
      assert.equal(found, command, line);
      checkOperands(command, readArguments(rest, listOptions(command), command.name).operands);
    }
  });

  test(`${command.name} --help fits a terminal, and says all there is`, async () => {
    const { status, stdout, stderr } = await runCdictl([...command.name.split(' '), '--help', 'surplus']);
    assert.deepEqual([status, stderr], [0, '']);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || line.includes('cdictl '), line);
    for (const { name } of listOptions(command)) assert.ok(stdout.includes(`--${name}`), name);
    for (const { line } of command.examples) assert.ok(stdout.includes(line), line);
    assert.equal((await runCdictl(['help', ...command.name.split(' ')])).stdout, stdout);
  });
}

test('help, --help and help of a family', async () => {
  const { status, stdout } = await runCdictl(['--help']);
  assert.equal(status, 0);
  assert.equal((await runCdictl(['help'])).stdout, stdout);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  for (const { name, summary } of SHOWN)
    assert.ok(stdout.includes(`  ${name} `) && stdout.includes(summary.slice(0, 30)));
  for (const { name } of COMMANDS.filter(({ hidden }) => hidden === true)) assert.ok(!stdout.includes(name));
  const families = new Set(SHOWN.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0] ?? ''));
  for (const family of families) {
    const ofFamily = await runCdictl([family, '--help']);
    assert.equal(ofFamily.status, 0);
    for (const { name } of SHOWN) {
      const usage = new RegExp(`^  cdictl ${name}( |$)`, 'm');
      if (name.startsWith(`${family} `)) assert.match(ofFamily.stdout, usage);
    }
    assert.equal((await runCdictl(['help', family])).stdout, ofFamily.stdout);
  }
});

test('a shell redirects the output of an example, and the command does not see it', () => {
  assert.deepEqual(wordsOf('cdictl a \'b c\' --d="e" >f 2>&1'), ['cdictl', 'a', 'b c', '--d=e']);
});

/** As a shell splits a plain line: quotes, and redirections at its end. */
function wordsOf(line: string): readonly string[] {
  const [command = ''] = line.split(/ \d?>/);
  return [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/['"]/g, ''));
}

test('without a word: groups of commands, every command in one of them, and an example each', async () => {
  const { status, stdout, stderr } = await runCdictl([]);
  assert.deepEqual([status, stderr], [0, '']);
  const named = stdout
    .split('\n\n')
    .flatMap((group) => /:\n((?: {2}[a-z].*\n)+) {2}\$ cdictl \S/.exec(group)?.[1] ?? []);
  assert.equal(named.length, GROUPS.length);
  assert.deepEqual(
    named.flatMap((names) => names.trim().split(/,\s+/)),
    SHOWN.map(({ name }) => name),
  );
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test("words of other programs are known: list, and --format for --output, but where that is a command's own", async () => {
  const here = ['-d', '/nonexistent', '--config', '/dev/null'];
  const { stdout } = await runCdictl(['devices', ...here, '--output', 'json']);
  assert.equal((await runCdictl(['list', ...here, '--format', 'json'])).stdout, stdout);
  const { status, stderr } = await runCdictl(['generate', 'fuse', '--print', '--format', 'table']);
  assert.deepEqual([status, /none of yaml, json/.test(stderr)], [2, true]);
});
