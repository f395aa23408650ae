// A kind of edits more is one file and one row: tried in a copy of the sources, which is compiled and asked.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const COPY = temporaryFolder();
const KINDS = join(COPY, 'src/edits/kinds.ts');
const SPECS = join(COPY, 'cdi');
const SPEC = join(SPECS, 'vendor.yaml');
const DOCUMENT = join(COPY, 'config.json');

const FILE = `// Resource limits: replaced by type.
import { type FieldTable, recordsOf } from '../text/yaml-decode.ts';
import { text } from '../text/yaml-reader.ts';
import type { Draft } from './draft.ts';
import type { Edit } from './edit.ts';
import { makeMissingFault } from './fault.ts';
import { type Integer, int64 } from './integer.ts';
import type { EditKind } from './kind.ts';

export type Rlimit = { readonly type: string; readonly soft?: Integer | undefined };

const PATH = ['process', 'rlimits'];
const FIELDS: FieldTable<Rlimit> = { type: text, soft: int64 };

export const rlimits: EditKind<'rlimits', Rlimit> = {
  name: 'rlimits',
  word: 'limit',
  path: PATH,
  isList: true,
  isRepeated: false,
  decode: recordsOf(FIELDS, { type: '' }),
  needs: [{ version: '1.1.0', words: 'a resource limit' }],
  fields: FIELDS,
  always: ['type'],
  fault: ({ type }) => (type === '' ? makeMissingFault('type', 'limit') : undefined),
  finding: ({ type }) =>
    type === 'RLIMIT_OLD'
      ? { code: 'STALE_DEVICE', verb: 'limit', path: type, field: ['type'], why: 'the host is new', hint: 'leave it out' }
      : undefined,
  apply: applyRlimits,
  key: ({ type }) => type,
  words: ({ type, soft }) => \`\${type} of \${soft}\`,
};

function applyRlimits<N>(draft: Draft<N>, edits: readonly Edit<Rlimit>[]): void {
  const last = new Map(edits.map((edit) => [edit.value.type, edit]));
  const added = [...last.values()].map((from) => ({ value: { ...from.value, hard: from.value.soft }, from }));
  draft.setList(PATH, [...draft.list(PATH), ...added]);
}
`;

/** What a person writes into kinds.ts: what the field holds, then the row. */
const FIELD = '  readonly rlimits?: readonly Rlimit[] | undefined;\n';
const ROW = '  rlimits,\n';

function insert(text: string, before: string): void {
  const kinds = readFileSync(KINDS, 'utf8');
  assert.equal(kinds.split(before).length, 2, `${before} is there once`);
  writeFileSync(KINDS, kinds.replace(before, `${text}${before}`));
}

function specOf(version: string, ...devices: readonly string[]): string {
  const lines = devices.map((rlimits, i) => `- { name: d${i}, containerEdits: { rlimits: [${rlimits}] } }`);
  return [`cdiVersion: ${version}`, 'kind: v.com/c', 'devices:', ...lines, ''].join('\n');
}

function node(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: COPY, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function compile(): { readonly status: number | null; readonly output: string } {
  return node('node_modules/typescript/bin/tsc', '-b', 'src');
}

function cdictl(...args: readonly string[]): string {
  return node('src/cli/main.ts', '--config', join(COPY, 'settings.yaml'), '-d', SPECS, ...args).output;
}

const GOOD = specOf('1.1.0', '{ type: RLIMIT_A, soft: 5 }', '{ type: RLIMIT_A, soft: 6 }, { type: RLIMIT_B, soft: 7 }');

before(() => {
  cpSync(join(ROOT, 'src'), join(COPY, 'src'), { recursive: true });
  for (const name of ['package.json', 'tsconfig.base.json']) {
    cpSync(join(ROOT, name), join(COPY, name));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(COPY, 'node_modules'));
  mkdirSync(SPECS);
  writeFileSync(join(COPY, 'settings.yaml'), 'stale: skip\n');
  writeFileSync(DOCUMENT, '{"process":{"rlimits":[]}}');
  writeFileSync(join(COPY, 'src/edits/rlimit.ts'), FILE);
  insert("import { type Rlimit, rlimits } from './rlimit.ts';\n", '\n/** What changes in a container. */');
  insert(FIELD, '}\n\nexport type KindName');
});

test('without its row a new kind does not compile', () => {
  const { status, output } = compile();
  assert.notEqual(status, 0);
  assert.match(output, /kinds\.ts.*'rlimits' is missing/);
});

test('with its row a new kind compiles, and is everywhere', async (context) => {
  insert(ROW, '};\n\nexport const KINDS');
  assert.deepEqual(compile(), { status: 0, output: '' });
  const cases: [where: string, spec: string, args: readonly string[], want: RegExp][] = [
    ['reading', specOf('1.1.0', '{ typ: X }'), ['validate', '-s', 'none', SPEC], /field "typ" is unknown/],
    ['validation', specOf('1.1.0', '{ soft: 1 }'), ['validate', '-s', 'none', SPEC], /the limit has no type/],
    ['versions', specOf('1.0.0', '{ type: X }'), ['validate', '-s', 'none', SPEC], /a resource limit needs 1\.1\.0/],
    ['emptiness', specOf('1.1.0', ''), ['validate', '-s', 'none', SPEC], /device "d0" has no edits/],
    ['a good spec', GOOD, ['validate', '-s', 'none', SPEC], /valid/],
    [
      'trust',
      specOf('1.1.0', '{ type: RLIMIT_OLD }'),
      ['inject', DOCUMENT, 'v.com/c=d0'],
      /left out: cannot limit "RLIMIT_OLD"/,
    ],
    ['injection', GOOD, ['inject', DOCUMENT, 'v.com/c=d0'], /"rlimits":\[\{"type":"RLIMIT_A","soft":5,"hard":5\}\]/],
    [
      'explain',
      GOOD,
      ['explain', 'v.com/c=d0', 'v.com/c=d1'],
      /4 +overridden +limit +RLIMIT_A of 5\n +by v\.com\/c=d1/,
    ],
    ['explain as JSON', GOOD, ['explain', '-o', 'json', 'v.com/c=d0'], /"kind": "rlimits",\s+"key": "RLIMIT_A"/],
    ['devices -v', GOOD, ['devices', '-v'], /rlimits:\n +- type: RLIMIT_A\n +soft: 5\n/],
    ['devices as JSON', GOOD, ['devices', '-v', '-o', 'json'], /"rlimits": \[\s+\{\s+"type": "RLIMIT_A",\s+"soft": 5/],
    ['the written spec', GOOD, ['specs', '-v'], /rlimits:\n +- type: RLIMIT_A\n +soft: 5\n/],
  ];
  for (const [where, spec, args, want] of cases)
    await context.test(`in ${where}`, () => {
      writeFileSync(SPEC, spec);
      assert.match(cdictl(...args), want);
    });
  await context.test('in the library: joined, and injected into an object', () => {
    writeFileSync(SPEC, GOOD);
    const program = `
      import { joinEdits, Registry } from './dist/index.js';
      const registry = new Registry({ specDirs: [${JSON.stringify(SPECS)}], schema: 'none' });
      const document = registry.injectDevices({}, 'v.com/c=d0', 'v.com/c=d1');
      console.log(JSON.stringify([joinEdits([{ rlimits: [{ type: 'A' }] }, { rlimits: [{ type: 'B' }] }]).rlimits, document.process.rlimits]));`;
    const limits = [
      { type: 'RLIMIT_A', soft: 6, hard: 6 },
      { type: 'RLIMIT_B', soft: 7, hard: 7 },
    ];
    const { output } = node('--input-type=module', '--eval', program);
    assert.equal(output, `${JSON.stringify([[{ type: 'A' }, { type: 'B' }], limits])}\n`);
  });
});
