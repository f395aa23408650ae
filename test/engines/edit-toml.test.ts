// Edits of TOML files, in every form in which a table can be written.
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editToml, type TomlEdit } from '../../src/engines/edit-toml.ts';
import { getToml, parseToml } from '../../src/engines/toml-file.ts';

const MARK = '# Added by cdictl engine configure; cdictl engine unconfigure removes it.';
const edit = (text: string, ...edits: TomlEdit[]): string => editToml({ path: '/f.toml', text }, edits);

const sets: [title: string, text: string, path: string[], value: TomlEdit['value'], want: string][] = [
  ['sets a new table at the end', 'a = 1\n', ['t', 'x.y'], { k: 'v' }, `a = 1\n\n${MARK}\n[t."x.y"]\nk = "v"\n`],
  ['gives a blank text no blank line', '', ['t'], { k: 1n }, `${MARK}\n[t]\nk = 1\n`],
  ['keeps a text without a last line break so', 'a = 1', ['t'], { k: true }, `a = 1\n\n${MARK}\n[t]\nk = true`],
  [
    'writes lists, and tables in them',
    'a = 1\n',
    ['t'],
    { k: ['v', { append: true }] },
    `a = 1\n\n${MARK}\n[t]\nk = ["v", {append = true}]\n`,
  ],
  ['uses the line breaks of the text', 'a = 1\r\n', ['t'], { k: 'v' }, `a = 1\r\n\r\n${MARK}\r\n[t]\r\nk = "v"\r\n`],
  [
    'escapes keys and strings',
    'a = 1\n',
    ['t', 'é'],
    { 'k "q"': 'v\\\n' },
    `a = 1\n\n${MARK}\n[t."é"]\n"k \\"q\\"" = "v\\\\\\n"\n`,
  ],
  ['leaves a text alone that says it already', '[t]\nk="v" # c\n', ['t'], { k: 'v' }, '[t]\nk="v" # c\n'],
  [
    'replaces one value and keeps its comment',
    '[t]\n  k = "a"   # why\n  l = 2\n',
    ['t', 'k'],
    'b',
    '[t]\n  k = "b"   # why\n  l = 2\n',
  ],
  [
    'adds a key to a table under a header',
    '[t]\nk = 1 # one\n\n[u]\n',
    ['t', 'l'],
    'b',
    '[t]\nk = 1 # one\nl = "b"\n\n[u]\n',
  ],
  [
    'gives a table that only its parts name a header',
    '[t.u]\nk = 1\n',
    ['t', 'l'],
    'b',
    `[t.u]\nk = 1\n\n${MARK}\n[t]\nl = "b"\n`,
  ],
  ['adds to an inline table', 't = {k = 1}\n', ['t', 'l'], 'b', 't = {k = 1, l = "b"}\n'],
  [
    'adds a table to an inline table',
    't = { k = 1 } # c\n',
    ['t', 'l'],
    { m: 'b' },
    't = { k = 1, l = { m = "b" } } # c\n',
  ],
  ['adds to a table of dotted keys', 't.k = 1\n[u]\n', ['t', 'l'], 'b', 't.k = 1\nt.l = "b"\n[u]\n'],
  ['adds a key before the first table', '# c\nk = 1\n[t]\n', ['l'], 'b', '# c\nk = 1\nl = "b"\n[t]\n'],
  [
    'merges a table into one that is there',
    '[t]\nk = 1\n[t.u]\n',
    ['t'],
    { k: 1n, u: { l: 'b' } },
    '[t]\nk = 1\n[t.u]\nl = "b"\n',
  ],
  [
    'keeps line breaks of both kinds',
    '[t]\r\nk = "a"\n# c\r\n[u]\nl = 1\r\n',
    ['t', 'k'],
    'b',
    '[t]\r\nk = "b"\n# c\r\n[u]\nl = 1\r\n',
  ],
  ['keeps a byte order mark', '\uFEFF[t]\nk = "a"\n', ['t', 'k'], 'b', '\uFEFF[t]\nk = "b"\n'],
  [
    'is not led astray by what looks like a header',
    's = """\n[t]\nk = 1\n"""\n',
    ['t'],
    { l: 2n },
    `s = """\n[t]\nk = 1\n"""\n\n${MARK}\n[t]\nl = 2\n`,
  ],
];
for (const [title, text, path, value, want] of sets) {
  test(`editToml() ${title}`, () => {
    const edited = edit(text, { path, value });
    equal(edited, want);
    equal(edit(edited, { path, value }), want);
  });
}

const removals: [title: string, text: string, path: string[], want: string][] = [
  ['removes what is not there', '[t]\nk = 1\n', ['u'], '[t]\nk = 1\n'],
  [
    'takes a table out as it was set',
    `a = 1\n\n${MARK}\n[t.u]\nk = "v"\n\n[w]\nl = 1\n`,
    ['t', 'u'],
    'a = 1\n\n[w]\nl = 1\n',
  ],
  [
    'takes a table out that was laid out again',
    `${MARK}\n[t.u]\n  k="v"\n\n[t.u.o]\nl = [\n  1,\n]\n[w]\n`,
    ['t', 'u'],
    '\n[w]\n',
  ],
  [
    'keeps comments of others inside a table',
    `[a]\n\n${MARK}\n[t.u]\n# mind the gap\nk = "v" # c\n\n# the end\n`,
    ['t', 'u'],
    '[a]\n\n# mind the gap\n\n# the end\n',
  ],
  [
    'keeps the mark of another table',
    `${MARK}\n[t.u]\nk = 2 # c\n\n${MARK}\n[t.w]\nk = 1\n`,
    ['t', 'u'],
    `\n${MARK}\n[t.w]\nk = 1\n`,
  ],
  ['removes from an inline table', 't = {k = 1, l = "b"}\n', ['t', 'l'], 't = {k = 1}\n'],
  ['removes a key with its comment', '[t]\nk = 1 # c\nl = 2\n', ['t', 'k'], '[t]\nl = 2\n'],
  ['leaves an empty table that others have made', '[t]\nk = 1\n[u]\n', ['t', 'k'], '[t]\n\n[u]\n'],
  ['does not stop at an array of tables', `[t.u]\nk = 1\n[[w]]\nl = 1\n`, ['t', 'u'], '[[w]]\nl = 1\n'],
];
for (const [title, text, path, want] of removals) {
  test(`editToml() ${title}`, () => equal(edit(text, { path, value: undefined }), want));
}

test('editToml() refuses an edit for which a comment line would get lost', () => {
  const text = 't = [\n  # first\n  1,\n]\n';
  throws(() => edit(text, { path: ['t'], value: undefined }), {
    code: 'BAD_ENGINE_CONFIG',
    message:
      'cannot edit "/f.toml": "t" cannot be changed there without changing something else; edit the file by hand',
  });
});

test('editToml() never prints', (t) => {
  const warn = t.mock.method(console, 'warn', () => {});
  edit('[t]\r\nk = "a"\nl = 1\r\n', { path: ['t', 'k'], value: 'b' });
  equal(warn.mock.callCount(), 0);
});

const key = fc.constantFrom('a', 'b', 'x.y', 'é', 'k k');
const leaf = fc.oneof(fc.integer().map(BigInt), fc.boolean(), fc.string({ unit: 'grapheme-ascii' }));
const header = fc.array(key, { minLength: 1, maxLength: 3 });
const section = fc.record({ header, keys: fc.uniqueArray(key, { maxLength: 3 }), value: leaf, comment: fc.boolean() });

/** A text with sections that TOML allows; fast-check drops the others. */
function textOf(sections: readonly { header: string[]; keys: string[]; value: unknown; comment: boolean }[]): string {
  const quoted = (name: string): string => JSON.stringify(name);
  return sections
    .map(({ header: path, keys, value, comment }) => {
      const lines = keys.map(
        (name) => `  ${quoted(name)} = ${typeof value === 'string' ? JSON.stringify(value) : value}`,
      );
      return [`[${path.map(quoted).join(' . ')}]${comment ? ' # c' : ''}`, ...lines, ''].join('\n');
    })
    .join(sections.some(({ comment }) => comment) ? '# a comment\n' : '\n');
}

test('editToml() sets and removes any new table without a trace', () => {
  let met = 0;
  fc.assert(
    fc.property(fc.array(section, { maxLength: 5 }), header, leaf, fc.boolean(), (sections, path, value, crlf) => {
      const text = crlf ? textOf(sections).replaceAll('\n', '\r\n') : textOf(sections);
      const table = readable(text);
      fc.pre(table !== undefined && getToml(table, path) === undefined && isFree(table, path));
      met++;
      const set = edit(text, { path, value: { leaf: value } });
      deepEqual(getToml(parseToml(set), [...path, 'leaf']), value);
      equal(edit(set, { path, value: undefined }), text);
    }),
    { numRuns: 300 },
  );
  ok(met >= 300);
});

function readable(text: string): ReturnType<typeof parseToml> | undefined {
  try {
    return parseToml(text);
  } catch {
    return undefined;
  }
}

/** Whether no part of the path is a value. */
function isFree(table: ReturnType<typeof parseToml>, path: readonly string[]): boolean {
  return path.every((_, i) => ['object', 'undefined'].includes(typeof getToml(table, path.slice(0, i + 1))));
}
