// Words of a command line as options and operands, and what is said where they are none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments } from '../../src/cli/arguments.ts';
import type { Option } from '../../src/cli/command.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const OPTIONS: readonly Option[] = [
  { name: 'dirs', short: 'd', value: 'DIR', repeats: true, summary: '' },
  { name: 'output', short: 'o', value: 'FORMAT', choices: ['table', 'json'], summary: '' },
  { name: 'quiet', short: 'q', summary: '' },
  { name: 'verbose', short: 'v', summary: '' },
  { name: 'no-host', summary: '' },
];

const read: [shows: string, words: string[], operands: string[], given: Record<string, string[]>][] = [
  ['nothing', [], [], {}],
  ['operands, standard input among them', ['a', '-', 'b'], ['a', '-', 'b'], {}],
  ['a value in the next word', ['--dirs', '/a', 'x'], ['x'], { dirs: ['/a'] }],
  ['a value in the same word, with = in it', ['--dirs=/a=b'], [], { dirs: ['/a=b'] }],
  ['a value that looks like an option', ['--dirs', '-x'], [], { dirs: ['-x'] }],
  ['an option that repeats', ['-d', '/a', '--dirs', '/b'], [], { dirs: ['/a', '/b'] }],
  ['short options together', ['-qv', 'x'], ['x'], { quiet: [''], verbose: [''] }],
  ['a short option with its value', ['-ojson', '-d=/a'], [], { output: ['json'], dirs: ['/a'] }],
  ['the last of short options with the next word', ['-qo', 'json'], [], { quiet: [''], output: ['json'] }],
  ['a flag that is given twice', ['-q', '--quiet'], [], { quiet: [''] }],
  ['options behind operands', ['x', '--quiet'], ['x'], { quiet: [''] }],
  [
    'operands that look like numbers and words of a flag',
    ['-q', 'true', '007', '0x10', ''],
    ['true', '007', '0x10', ''],
    { quiet: [''] },
  ],
  ['values that look like numbers', ['-d007', '--dirs=1e3', '-d', '-5'], [], { dirs: ['007', '1e3', '-5'] }],
  [
    'a value with line breaks, an = and nothing else',
    ['--dirs=a\nb', '-d==', '-d', '--'],
    [],
    { dirs: ['a\nb', '=', '--'] },
  ],
  ['a flag whose name begins with no', ['--no-host', 'false'], ['false'], { 'no-host': [''] }],
  ['nothing as an option behind --', ['--', '--quiet', '-'], ['--quiet', '-'], {}],
];
for (const [shows, words, operands, given] of read) {
  test(`readArguments() reads ${shows}`, () => {
    const found = readArguments(words, OPTIONS, 'list');
    assert.deepEqual(found.operands, operands);
    for (const { name } of OPTIONS) {
      assert.deepEqual(found.values(name), given[name] ?? []);
      assert.equal(found.flag(name), name in given);
      assert.equal(found.value(name), given[name]?.[0]);
    }
  });
}

const SEE = 'see cdictl list --help';
const refused: [words: string[], message: string, hint: string | undefined][] = [
  [['--verbos'], 'option "--verbos" is unknown', 'did you mean "--verbose"?'],
  [['--nothing-like-it=3'], 'option "--nothing-like-it" is unknown', SEE],
  [['-x'], 'option "-x" is unknown', SEE],
  [['-qx'], 'option "-qx" is unknown', SEE],
  [['-outpt'], 'option -o is "utpt", which is none of table, json', undefined],
  [['--dirs'], 'option --dirs needs a value (DIR)', SEE],
  [['--dirs='], 'option --dirs needs a value (DIR)', SEE],
  [['-d', ''], 'option -d needs a value (DIR)', SEE],
  [['--quiet=yes'], 'option --quiet takes no value', SEE],
  [['-q='], 'option -q takes no value', SEE],
  [['-o', 'jsn'], 'option -o is "jsn", which is none of table, json', 'did you mean "json"?'],
  [['--output', 'xml'], 'option --output is "xml", which is none of table, json', undefined],
  [['-ojson', '--output', 'json'], 'option --output is given twice', SEE],
  [['-ojson', '--output=json', '-o', 'json'], 'option --output is given twice', SEE],
  [['--output=json', '-o', 'json'], 'option -o is given twice', SEE],
  [['--quiet=maybe'], 'option --quiet takes no value', SEE],
  [['--quiet='], 'option --quiet takes no value', SEE],
  [['--no-quiet'], 'option "--no-quiet" is unknown', 'did you mean "--quiet"?'],
  [['--host'], 'option "--host" is unknown', SEE],
  [['--q'], 'option "--q" is unknown', SEE],
  [['-q-v'], 'option "-q-v" is unknown', SEE],
  [['-5'], 'option "-5" is unknown', SEE],
  [['---quiet'], 'option "---quiet" is unknown', 'did you mean "--quiet"?'],
  [['--=a'], 'option "--" is unknown', SEE],
  [['--a.b', 'c'], 'option "--a.b" is unknown', SEE],
  [['--dirs.x=1'], 'option "--dirs.x" is unknown', 'did you mean "--dirs"?'],
  [['--__proto__.x', 'c'], 'option "--__proto__.x" is unknown', SEE],
  [['--__proto__', 'c'], 'option "--__proto__" is unknown', SEE],
  [['--constructor'], 'option "--constructor" is unknown', SEE],
  [['--_=a'], 'option "--_" is unknown', SEE],
  [['--\x1b[31m'], 'option "--\\x1b[31m" is unknown', SEE],
];
for (const [words, message, hint] of refused) {
  test(`readArguments() refuses ${JSON.stringify(words)}`, () => {
    assert.throws(
      () => readArguments(words, OPTIONS, 'list'),
      (error) => error instanceof UsageError && error.message === message && error.hint === hint,
    );
  });
}
