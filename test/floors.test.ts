// The floors of src/ as they are: every import is read here, without the linter, and held against the table.
import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, matchesGlob, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FLOORS, NODE_SIDE } from '../scripts/floors.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NOT_OURS = ['.git', 'node_modules', 'dist', 'build'];

/** Where folders that belong to nobody lie: such a parent of the checkout says nothing of this machine. */
const ORDINARY = ['/', '/app', '/code', '/home', '/mnt', '/opt', '/repo', '/root', '/src', '/srv', '/tmp', '/usr/src'];

const ROOMS = FLOORS.flatMap((rooms, floor) => rooms.map((room) => ({ ...room, floor })));

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const sources = filesBelow('src').filter((path) => path.endsWith('.ts') || path.endsWith('.js'));
const folders = new Set(sources.map(roomOf));

function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Every module that a source names: by import, export … from, import() and import types. */
function importsOf(source: string): string[] {
  const statements = /^\s*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])(.*?)\1/gm;
  const calls = /\b(?:import|require)\s*\(\s*(['"`])(.*?)\1/g;
  return [...source.matchAll(statements), ...source.matchAll(calls)].map((match) => match[2] ?? '');
}

/** What is wrong with an import, or undefined. */
function trespass(from: string, specifier: string): string | undefined {
  const here = ROOMS.find((room) => room.name === roomOf(from));
  if (here === undefined) return `${from} is in no room of the table`;
  if (specifier.startsWith('node:')) {
    return NODE_SIDE.some((glob) => matchesGlob(from, glob)) ? undefined : `${from} imports ${specifier}`;
  }
  if (!specifier.startsWith('.')) {
    return here.packages?.includes(specifier) ? undefined : `${from} imports the package ${specifier}`;
  }
  const target = posix.join(posix.dirname(from), specifier);
  if (!target.startsWith('src/')) return `${from} leaves src/ for ${target}`;
  const there = ROOMS.find((room) => room.name === roomOf(target));
  if (there === undefined) return `${from} imports ${target}, which is in no room of the table`;
  if (there.name === here.name || there.floor < here.floor) return undefined;
  return `${from} (floor ${here.floor}) imports ${target} (floor ${there.floor})`;
}

test('importsOf() sees every way to name a module', () => {
  const source = [
    "import 'a';",
    "import b from 'b';",
    "import type { C } from 'c';",
    'import {',
    '  d,',
    '} from "d";',
    "export * from 'e';",
    "export { f } from 'f';",
    "type G = import('g').G;",
    'const h = await import(`h`);',
    "// copied from 'nowhere'",
    "export const i = 'i from';",
  ];
  deepEqual(importsOf(source.join('\n')).sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
});

const cases: [title: string, from: string, specifier: string, right: boolean][] = [
  ['lets a file import its neighbour', 'src/cdi/a.ts', './b.ts', true],
  ['lets a file import a lower floor', 'src/inject/a.ts', '../text/b.ts', true],
  ['refuses the floor above', 'src/text/a.ts', '../cdi/b.ts', false],
  ['refuses a room on the same floor', 'src/host/a.ts', '../oci/b.ts', false],
  ['refuses a detour', 'src/host/a.ts', '../text/../oci/b.ts', false],
  ['refuses the way out of src/', 'src/cdi/a.ts', '../../scripts/floors.ts', false],
  ['refuses a package that is not of the room', 'src/cdi/a.ts', 'yaml', false],
  ['knows the packages of a room', 'src/library/a.ts', 'ajv', true],
  ['refuses Node below floor 5', 'src/registry/a.ts', 'node:fs', false],
  ['lets the Node host use Node', 'src/host/node.ts', 'node:fs', true],
  ['refuses Node beside the Node host', 'src/host/memory.ts', 'node:fs', false],
  ['lets the library see the floors below', 'src/index.ts', './registry/a.ts', true],
  ['refuses a door behind another door', 'src/library/a.ts', '../cli/b.ts', false],
  ['lets the list of public names see the library', 'src/index.ts', './library/a.ts', true],
  ['refuses a folder that nobody planned', 'src/helpers/a.ts', './b.ts', false],
];
for (const [title, from, specifier, right] of cases) {
  test(`trespass() ${title}`, () => ok((trespass(from, specifier) === undefined) === right));
}

test('every import in src/ keeps to its floor', () => {
  const found = sources.flatMap((path) =>
    importsOf(readFileSync(join(ROOT, path), 'utf8')).map((specifier) => trespass(path, specifier)),
  );
  deepEqual(
    found.filter((one) => one !== undefined),
    [],
  );
});

test('every folder of src/ is in the table, and so is each inside a room', () => {
  deepEqual(
    [...folders].filter((name) => !ROOMS.some((room) => room.name === name)),
    [],
  );
  const inner = sources.flatMap((path) => {
    const parts = path.split('/');
    return parts.length > 3 ? [parts.slice(1, -1).join('/')] : [];
  });
  const known = ROOMS.flatMap(({ name, folders: own = [] }) => own.map((folder) => `${name}/${folder}`));
  deepEqual(
    inner.filter((folder) => !known.includes(folder)),
    [],
  );
});

test('every room of the table is there', () => {
  deepEqual(
    ROOMS.filter((room) => !folders.has(room.name)).map((room) => room.name),
    [],
  );
});

test('ARCHITECTURE.md names every folder of src/', () => {
  const paper = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  deepEqual(
    [...folders].filter((name) => !paper.includes(`\`${name}\``)),
    [],
  );
});

test('no file names a path of this machine', () => {
  const here = ROOT.replace(/\/$/, '');
  const telling = [here, dirname(here), homedir()].filter((path) => !ORDINARY.includes(path));
  const found = filesBelow('.').filter((path) => {
    const text = readFileSync(join(ROOT, path), 'latin1');
    return telling.some((folder) => names(text, folder));
  });
  deepEqual(found, []);
});

/** Whether a text has the folder as the beginning of a path, not as a part of a longer one. */
function names(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + folder.length] ?? ' ';
    if (!/[\w.~-]/.test(before) && /[^\w.-]/.test(after)) return true;
  }
  return false;
}
