// The floors of src/ and web/, and the rooms inside cli: a file imports from its own room and from lower floors, never from a
// neighbour, never up, and no two files need each other. What may use Node is said by the projects of TypeScript.
import { deepEqual } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { test } from 'node:test';
import { FLOORS } from './support/floors.ts';

/** Of cli, the only room that the page stands on. */
const OF_CLI_FOR_WEB = 'lint';

/** What a room imports from npm; all others import nothing from there. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  engines: ['smol-toml', '@decimalturn/toml-patch'],
  library: ['ajv'],
  web: ['@codemirror', '@lezer/highlight', 'diff'],
  cli: ['@grpc/grpc-js', 'ajv', 'diff', 'execa', 'minimist', 'pino', 'prom-client', 'protobufjs', 'yaml'],
};

/** The rooms of the only floor that has some; a file of cli itself may import from all, and they from it. */
const INSIDE_CLI: readonly (readonly string[])[] = [
  ['files'],
  ['terminal'],
  ['document', 'audit', 'engine', 'plugin', 'cri', 'start'],
  ['containers'],
  ['lint', 'explain', 'devices'],
  ['doctor', 'snapshot'],
  ['commands'],
  ['rows'],
];

const ROOT = resolve(import.meta.dirname, '..');
const sources = globSync(['src/**/*.ts', 'web/*.ts'], { cwd: ROOT }).sort();

/** Every module that a source names: by import, export … from, import(), require() and import types. */
function importsOf(source: string): string[] {
  const statements = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])(.*?)\1/gm;
  const calls = /\b(?:import|require)\s*\(\s*(['"`])(.*?)\1/g;
  return [...source.matchAll(statements), ...source.matchAll(calls)].map((match) => match[2] ?? '');
}

function floorOf(name: string, floors: readonly (readonly string[])[]): number {
  return floors.findIndex((rooms) => rooms.includes(name));
}

function roomsOf(path: string): string[] {
  return path.replace(/^src\//, '').split('/');
}

function mayImport(from: string, to: string): boolean {
  const [here, there] = [roomsOf(from), roomsOf(to)];
  if (here[0] === 'web' && there[0] === 'cli') return there[1] === OF_CLI_FOR_WEB;
  if (here[0] !== there[0]) return isBelow(there[0], here[0], FLOORS);
  if (here[0] !== 'cli' || here.length < 3 || there.length < 3 || here[1] === there[1]) return true;
  return isBelow(there[1], here[1], INSIDE_CLI);
}

function isBelow(lower = '', upper = '', floors: readonly (readonly string[])[]): boolean {
  const floor = floorOf(lower, floors);
  return floor >= 0 && floor < floorOf(upper, floors);
}

/** By file: the files that it imports, after what it may not import has been told. */
function readArrows(): { readonly arrows: ReadonlyMap<string, readonly string[]>; readonly wrong: readonly string[] } {
  const wrong: string[] = [];
  const arrows = new Map<string, readonly string[]>();
  for (const from of sources) {
    const specifiers = importsOf(readFileSync(join(ROOT, from), 'utf8'));
    const packages = specifiers.filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
    const known = PACKAGES[roomsOf(from)[0] ?? ''] ?? [];
    for (const name of packages)
      if (!known.some((own) => name === own || name.startsWith(`${own}/`))) wrong.push(`${from} imports ${name}`);
    const targets = specifiers
      .filter((specifier) => specifier.startsWith('.') && !specifier.endsWith('.json'))
      .map((specifier) => posix.join(posix.dirname(from), specifier));
    for (const to of targets) if (!mayImport(from, to)) wrong.push(`${from} imports ${to}`);
    arrows.set(from, targets);
  }
  return { arrows, wrong };
}

/** Files that are left when all are taken away, again and again, that import nothing of what is left. */
function circular(arrows: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = new Map(arrows);
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const [from, targets] of left) if (!targets.some((to) => left.has(to))) left.delete(from);
  }
  return [...left.keys()];
}

test('readImports() sees every way to name a module', () => {
  const source = [
    "import 'a';",
    "import type { B } from 'b';",
    'import {',
    '  c,',
    '} from "c";',
    "export * from 'd';",
    "type E = import('e').E;",
    'const f = await import(`f`);',
    "// copied from 'nowhere'",
    "export const g = 'g from';",
  ];
  deepEqual(importsOf(source.join('\n')).sort(), ['a', 'b', 'c', 'd', 'e', 'f']);
});

const cases: [title: string, from: string, to: string, right: boolean][] = [
  ['lets a file import its neighbour', 'src/cdi/a.ts', 'src/cdi/b.ts', true],
  ['lets a file import a lower floor', 'src/inject/a.ts', 'src/text/b.ts', true],
  ['refuses the floor above', 'src/text/a.ts', 'src/cdi/b.ts', false],
  ['refuses a room on the same floor', 'src/host/a.ts', 'src/oci/b.ts', false],
  ['refuses the way out of src/', 'src/cdi/a.ts', 'scripts/a.ts', false],
  ['refuses a door behind another door', 'src/library/a.ts', 'src/cli/b.ts', false],
  ['lets the list of public names see the library', 'src/index.ts', 'src/library/a.ts', true],
  ['refuses a folder that no one planned', 'src/cli/a.ts', 'src/helpers/b.ts', false],
  ['lets the page see what cdictl knows of specs', 'web/a.ts', 'src/cli/lint/b.ts', true],
  ['refuses the page the rest of cdictl', 'web/a.ts', 'src/cli/files/b.ts', false],
  ['refuses cdictl the page', 'src/cli/lint/a.ts', 'web/b.ts', false],
  ['refuses a command another command', 'src/cli/lint/a.ts', 'src/cli/commands/b.ts', false],
];
for (const [title, from, to, right] of cases) test(`mayImport() ${title}`, () => deepEqual(mayImport(from, to), right));

test('every import in src/ keeps to its floor, and no two files need each other', () => {
  const { arrows, wrong } = readArrows();
  deepEqual(wrong, []);
  deepEqual(circular(arrows), []);
  deepEqual(
    circular(
      new Map([
        ['a', ['b']],
        ['b', ['a', 'c']],
        ['c', []],
      ]),
    ),
    ['a', 'b'],
  );
});

test('ARCHITECTURE.md names every room of src/', () => {
  const paper = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const rooms = new Set(sources.flatMap((path) => roomsOf(path).slice(0, -1)));
  deepEqual(
    [...rooms].filter((name) => !paper.includes(`\`${name}\``)),
    [],
  );
});
