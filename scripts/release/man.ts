// The manual's pages, of the tables that the help, the settings' schema and cdictl itself are made of.
import { GLOBAL_OPTIONS } from '../../src/cli/arguments.ts';
import type { Command, Option } from '../../src/cli/command.ts';
import { STATUSES } from '../../src/cli/help.ts';
import { listSettings, type Setting } from './example-settings.ts';

/** Of a page's first line. */
export interface Edition {
  readonly version: string;
  /** of the last change, as 2026-11-28 */
  readonly day: string;
}

/** cdictl(1): every command with its options and examples. */
export function writeCommandsPage(commands: readonly Command[], edition: Edition): string {
  const shown = commands.filter(({ hidden }) => hidden !== true);
  return page('cdictl', 1, edition, [
    ...section('NAME', [text('cdictl - see, check, explain, generate and wire devices for containers')]),
    ...section('SYNOPSIS', ['.B cdictl', text('COMMAND [OPTION...] [OPERAND...]')]),
    ...section('OPTIONS OF EVERY COMMAND', GLOBAL_OPTIONS.flatMap(writeOption)),
    ...section('COMMANDS', shown.flatMap(writeCommand)),
    ...section('EXIT STATUS', [text(STATUSES)]),
    ...section('SEE ALSO', ['.BR cdi-runtime (8),', '.BR cdi-runtime.yaml (5)']),
  ]);
}

/** cdi-runtime.yaml(5): every key of the settings. */
export function writeSettingsPage(about: string, edition: Edition): string {
  return page('cdi-runtime.yaml', 5, edition, [
    ...section('NAME', [text('cdi-runtime.yaml - settings of cdi-runtime')]),
    ...section('DESCRIPTION', [text(about)]),
    ...section('SETTINGS', listSettings().flatMap(writeSetting)),
    ...section('SEE ALSO', ['.BR cdictl (1),', '.BR cdi-runtime (8)']),
  ]);
}

/** cdi-runtime(8): the shim, which says nothing of itself, since all its options are the real runtime's. */
export function writeShimPage(edition: Edition): string {
  return page('cdi-runtime', 8, edition, [
    ...section('NAME', [text('cdi-runtime - put CDI devices into containers, in front of the real runtime')]),
    ...section('SYNOPSIS', ['.B cdi-runtime', text('[OPTION...] COMMAND [OPTION...] [OPERAND...]')]),
    ...section('DESCRIPTION', [
      text('An engine calls it in place of runc, crun, youki or runsc.'),
      text('At create, run and restore, what the container asks for and may have is put into its config.json.'),
      text('Then, and for every other command at once, the process becomes the real runtime, with the same arguments.'),
      '.PP',
      text("Every option is the real runtime's, --version and --help too: engines ask by them what they work with."),
      text('The version and the licence of cdi-runtime itself are told by'),
      '.BR "cdictl \\-\\-version" ,',
      text('by cdictl doctor, by the package, and by the ELF notes of the file: readelf -p .note.cdi-runtime.'),
      '.PP',
      text('A link named cdi-crun, cdi-runc and the like names the real runtime. See cdictl engine configure.'),
    ]),
    ...section('ENVIRONMENT', [
      ...entry('.B CDI_RUNTIME_CONFIG', [text('a settings file by its absolute path, in place of all others')]),
    ]),
    ...section(
      'FILES',
      Object.entries(FILES).flatMap(([file, does]) => entry(`.I ${text(file)}`, [text(does)])),
    ),
    ...section('SEE ALSO', ['.BR cdictl (1),', '.BR cdi-runtime.yaml (5),', '.BR crun (1),', '.BR runc (8)']),
  ]);
}

const FILES: { readonly [path: string]: string } = {
  '/etc/cdi-runtime/config.yaml': 'settings',
  '/etc/cdi-runtime/config.d/*.yaml': 'settings that go over them',
  '/etc/cdi, /var/run/cdi': 'CDI specs',
  '/var/log/cdi-runtime': 'the audit: who got which device, when, and who did not',
};

function writeCommand({
  name,
  aliases = [],
  summary,
  details = [],
  operands,
  options = [],
  examples,
}: Command): string[] {
  return [
    `.SS "${text(`cdictl ${name} ${operands?.shown ?? ''}`.trimEnd())}"`,
    text(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
    ...(aliases.length === 0 ? [] : [text(`Also called: ${aliases.join(', ')}.`)]),
    ...(details.length === 0 ? [] : ['.PP', ...details.map(text)]),
    ...options.flatMap(writeOption),
    ...examples.flatMap(({ line, does }) => ['.PP', text(does), '.PP', '.EX', text(`  ${line}`), '.EE']),
  ];
}

function writeOption({ name, short, value, summary }: Option): string[] {
  const words = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return entry(`.B ${text(value === undefined ? words : `${words} ${value}`)}`, [text(summary)]);
}

function writeSetting({ path, words, examples, value }: Setting): string[] {
  return entry(`.B ${text(path)}`, [
    text(words),
    ...(value === undefined ? [] : ['.br', text(`Default: ${spread(value)}`)]),
    ...examples.flatMap((example) => ['.br', text(`Example: ${spread(example)}`)]),
  ]);
}

function page(name: string, part: number, { version, day }: Edition, lines: readonly string[]): string {
  const head = `.TH ${name.toUpperCase()} ${part} ${day} "cdi-runtime ${version}"`;
  return [head, '.\\" made of the tables of commands and settings', '.ad l', '.nh', ...lines, ''].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return [`.SH "${title}"`, ...lines];
}

function entry(head: string, lines: readonly string[]): string[] {
  return ['.TP', head, ...lines];
}

/** As roff takes it for text: no escape, no dash that may be a hyphen, no request at the beginning. */
function text(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq').replace(/^[.']/, '\\&$&');
}

/** With blanks at which a line may end. */
function spread(value: string): string {
  return value.replaceAll(/,(?=\S)/g, ', ');
}
