// Writes the manual pages to dist/man, from the table of commands, the schema of the settings, and docs/; with
// --out DIR they go there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { GLOBAL_OPTIONS } from '../src/cli/arguments.ts';
import type { Command, Option } from '../src/cli/command.ts';
import { GROUPS } from '../src/cli/commands.ts';
import { listShown, PURPOSE, STATUSES } from '../src/cli/help.ts';
import { bold, escapeRoff, explainTerm, head, keepLines, writeMarkdown } from './roff.ts';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { version } = JSON.parse(read('package.json'));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(ROOT, 'dist/man') } } });

/** Pages by their names, each with what it is about. */
const PAGES: readonly (readonly [name: string, section: number, about: string, body: readonly string[]])[] = [
  ['cdictl', 1, 'devices for containers, by the Container Device Interface', writeProgram()],
  ['cdi-runtime', 8, 'OCI runtime that injects CDI devices and becomes the real one', writeShim()],
  ['cdi-runtime.yaml', 5, 'settings of cdi-runtime', writeSettings()],
];

mkdirSync(values.out, { recursive: true });
for (const [name, section, about, body] of PAGES) {
  const others = PAGES.filter(([other]) => other !== name).map(([other, of]) => `${bold(other)}(${of})`);
  const lines = [
    `.TH "${name.toUpperCase()}" "${section}" "" "cdi-runtime ${version}"`,
    // No name is broken, and no line is stretched.
    '.nh',
    '.ad l',
    head('SH', 'Name'),
    `${escapeRoff(name)} \\- ${escapeRoff(about)}`,
    ...body,
    head('SH', 'See also'),
    others.join(', '),
  ];
  writeFileSync(join(values.out, `${name}.${section}`), `${lines.join('\n')}\n`);
}

function writeProgram(): readonly string[] {
  return [
    head('SH', 'Synopsis'),
    `${bold('cdictl')} COMMAND [OPTION...] [OPERAND...]`,
    head('SH', 'Description'),
    escapeRoff(PURPOSE),
    head('SH', 'Options of every command'),
    ...GLOBAL_OPTIONS.flatMap(writeOption),
    ...GROUPS.flatMap(({ title, commands }) => [head('SH', title), ...listShown(commands).flatMap(writeCommand)]),
    head('SH', 'Exit status'),
    escapeRoff(STATUSES),
  ];
}

function writeCommand({
  name,
  aliases = [],
  summary,
  details = [],
  operands,
  options = [],
  examples,
}: Command): readonly string[] {
  const others = aliases.length === 0 ? '' : ` Also called ${aliases.join(', ')}.`;
  return [
    head('SS', `cdictl ${name}`),
    `${bold(`cdictl ${name}`)} ${escapeRoff(`[OPTION...] ${operands?.shown ?? ''}`.trimEnd())}`,
    '.PP',
    escapeRoff(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${others}`),
    ...(details.length === 0 ? [] : ['.PP', escapeRoff(details.join(' '))]),
    ...options.flatMap(writeOption),
    ...examples.flatMap(({ line, does }) => ['.PP', `Example: ${escapeRoff(does)}`, ...keepLines(line)]),
  ];
}

function writeOption({ name, short, value, summary }: Option): readonly string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map(bold).join(', ');
  return explainTerm(value === undefined ? names : `${names} \\fI${escapeRoff(value)}\\fR`, [escapeRoff(summary)]);
}

function writeShim(): readonly string[] {
  return [
    head('SH', 'Synopsis'),
    `${bold('cdi-runtime')} ${escapeRoff('[OPTION...] COMMAND [OPTION...] [OPERAND...]')}`,
    '.PP',
    'Options, commands and operands are those of the real runtime.',
    ...writeMarkdown(read('docs/requests.md')),
    ...writeMarkdown(read('docs/errors.md')),
  ];
}

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

function writeSettings(): readonly string[] {
  const schema: Schema & { readonly $defs: Readonly<Record<string, Schema>> } = JSON.parse(
    read('schemas/config.schema.json'),
  );
  const resolveRef = ({ $ref, ...own }: Schema): Schema =>
    $ref === undefined ? own : { ...schema.$defs[$ref.slice('#/$defs/'.length)], ...own };
  const writeKeys = (of: Schema, path: string): readonly string[] =>
    Object.entries(of.properties ?? {}).flatMap(([key, given]) => {
      const node = resolveRef(given);
      const items = resolveRef(node.items ?? {});
      const words = [node.description, ...writeTypes(node, resolveRef)].join(' ');
      return [
        ...explainTerm(bold(`${path}${key}`), [escapeRoff(words)]),
        ...writeKeys(node, `${path}${key}.`),
        ...writeKeys(items, `${path}${key}[].`),
      ];
    });
  return [
    head('SH', 'Description'),
    escapeRoff(schema.description ?? ''),
    head('SH', 'Keys'),
    ...writeKeys(schema, ''),
  ];
}

/** What a key takes, as sentences. */
function writeTypes(node: Schema, resolveRef: (schema: Schema) => Schema): readonly string[] {
  const choices =
    node.enum ?? node.anyOf?.flatMap((one) => resolveRef(one).enum ?? []) ?? resolveRef(node.items ?? {}).enum ?? [];
  const bounds =
    node.minimum === undefined || node.maximum === undefined ? [] : [`From ${node.minimum} to ${node.maximum}.`];
  return [
    ...(choices.length === 0 ? [] : [`One of ${choices.join(', ')}.`]),
    ...bounds,
    ...(node.default === undefined || node.properties !== undefined ? [] : [`Default: ${spell(node.default)}.`]),
    ...(node.examples === undefined ? [] : [`For example ${node.examples.map((one) => spell(one)).join(', ')}.`]),
  ];
}

/** With blanks at which a line may end. */
function spell(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\s+/g, ' ');
}
