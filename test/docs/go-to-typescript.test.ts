// docs/go-to-typescript.md has a row for every name of the Go library, and each name of ours in it is there, is
// explained in its source, and is used by a test.
import { deepEqual, match, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AT_HEAD, BEFORE } from './go-names.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const PAPER = read('docs/go-to-typescript.md');
const INDEX = read('src/index.ts');

interface Row {
  readonly go: string;
  /** undefined: there is no counterpart */
  readonly ours: string | undefined;
  readonly remark: string;
}

const rows: readonly Row[] = PAPER.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, go = '', ours = '', remark = ''] = line.split('|').map((cell) => cell.trim());
    return { go: go.replaceAll('`', ''), ours: ours === '–' ? undefined : ours.replaceAll('`', ''), remark };
  });

/** Each public name, with the source that has it and its name there. */
const exported = new Map(
  [...INDEX.matchAll(/export (?:type )?\{([^}]+)\} from '\.\/([^']+)'/g)].flatMap(([, names = '', source = '']) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => {
        const [inside = '', outside = inside] = name.split(' as ');
        return [outside, { source: `src/${source}`, inside }] as const;
      }),
  ),
);

/** The lines of a source up to the one that declares something and is not indented; its docstring is the end. */
function before(source: string, declaration: RegExp): string | undefined {
  const found = declaration.exec(source);
  return found === null ? undefined : source.slice(0, found.index).trimEnd();
}

/** What is wrong with a public name, or a member of one: `Registry.refresh`. */
function fault(name: string): string | undefined {
  const [outside = '', member] = name.split('.');
  const place = exported.get(outside);
  if (place === undefined) return `${name} is no public name`;
  const source = read(place.source);
  const kinds = 'const|(?:async )?function|class|interface|type';
  const start = new RegExp(`^export (?:${kinds}) ${place.inside}\\b`, 'm');
  const own = before(source, start);
  if (own === undefined) return `${name} is not declared in ${place.source}`;
  if (!own.endsWith('*/')) return `${outside} has no docstring in ${place.source}`;
  if (member === undefined) return undefined;
  const whole = source.slice(own.length);
  const body = whole.slice(0, whole.search(/^\}/m));
  const above = before(body, new RegExp(`^ {2}(?:readonly |async |get )*${member}\\b(?! =)`, 'm'));
  if (above === undefined) return `${outside} has no ${member} in ${place.source}`;
  return above.endsWith('*/') ? undefined : `${name} has no docstring in ${place.source}`;
}

const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('docs/'))
  .map((path) => read(join('test', path)));

test('there is a row for each exported name of Go, and for no other', () => {
  const known = [AT_HEAD, BEFORE].flatMap((packages) =>
    Object.entries(packages).flatMap(([name, list]) =>
      list
        .trim()
        .split(/\s+/)
        .map((each) => `${name}.${each}`),
    ),
  );
  ok(known.length > 150);
  deepEqual(rows.map(({ go }) => go).sort(), known.sort());
});

test('a row without a counterpart says why there is none', () => {
  for (const { go, ours, remark } of rows) if (ours === undefined) match(remark, /\w .*\w/, go);
});

test('every public name is in a table, or in the list of what is only here', () => {
  const inTables = rows.map(({ ours }) => ours?.split('.')[0]);
  const others = [...(/^## Only here\n([^#]+)/m.exec(PAPER)?.[1] ?? '').matchAll(/`([A-Za-z_]+)`/g)].map(
    ([, name]) => name,
  );
  const named = new Set([...inTables, ...others]);
  deepEqual(
    [...exported.keys()].filter((name) => !named.has(name)),
    [],
  );
  deepEqual(
    others.filter(
      (name) =>
        name !== undefined && name !== 'using' && name !== 'reason' && name !== 'reasons' && !exported.has(name),
    ),
    [],
  );
});

for (const name of new Set([...rows.flatMap(({ ours }) => ours ?? []), ...exported.keys()]))
  test(`${name} is public, has a docstring, and is in a test`, () => {
    deepEqual(fault(name), undefined);
    const word = new RegExp(`\\b${name.split('.').at(-1)}\\b`);
    ok(
      tests.some((text) => word.test(text)),
      `no test has ${name}`,
    );
  });

const faults: [name: string, want: RegExp][] = [
  ['Register', /is no public name/],
  ['Registry.getNothing', /Registry has no getNothing/],
  ['RegistryOptions.specDir', /RegistryOptions has no specDir/],
];
for (const [name, want] of faults)
  test(`fault() finds that ${name} is not there`, () => match(fault(name) ?? '', want));

test('fault() finds a declaration without a docstring', () => {
  deepEqual(
    before('/** x */\nexport const A = 1;\nexport const B = 2;\n', /^export const B\b/m)?.endsWith('*/'),
    false,
  );
  deepEqual(before('/** x */\nexport const A = 1;\n', /^export const A\b/m)?.endsWith('*/'), true);
});
