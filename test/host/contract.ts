// What every host does alike: one suite, run on each of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Operation } from './operations.ts';

/** Runs operations on a host, one after another, with these variables in its environment. */
export type Operate = (operations: readonly Operation[], environment: Record<string, string>) => unknown[];

const root = process.geteuid?.() === 0;
const asRoot = { skip: root ? false : 'only root can do this' };
const LARGEST = 1 << 24;
const MEBIBYTE = 1 << 20;

/** @param start a host that works in a folder of its own, which is not the test's */
export function hostContract(name: string, start: (folder: string) => Operate): void {
  const folder = temporaryFolder();
  const operate = start(mkdtempSync(join(folder, 'own-')));
  const place = (): string => mkdtempSync(join(folder, 'place-'));
  const make = (content: string | Uint8Array, file = join(place(), 'file')): string => {
    writeFileSync(file, content);
    return file;
  };
  const run = (operations: readonly Operation[], environment = {}): unknown[] => operate(operations, environment);
  const last = (...operations: Operation[]): unknown => run(operations).at(-1);
  const is = (title: string, ask: () => unknown, want: unknown | (() => unknown), options = {}): void => {
    test(`${name}: ${title}`, options, () => assert.deepEqual(ask(), typeof want === 'function' ? want() : want));
  };
  const bench = { is, last, place, make, run };
  for (const part of [reading, searching, listing, parsing, writing, replacing, knowing]) part(bench);
}

interface Bench {
  is(title: string, ask: () => unknown, want: unknown, options?: { readonly skip?: string | boolean }): void;
  /** the last result of some operations */
  last(...operations: Operation[]): unknown;
  run(operations: readonly Operation[], environment?: Record<string, string>): unknown[];
  /** a new folder */
  place(): string;
  /** a new file */
  make(content: string | Uint8Array, file?: string): string;
}

function reading({ is, last, place, make }: Bench): void {
  for (const operation of ['readFile', 'holdFile'] as const) {
    const held = operation === 'holdFile' ? { held: true } : {};
    is(`${operation}() gives the path as it was asked for and the size in bytes`, () => {
      const { path, ...rest } = Object(last([operation, make('aä€\0'), 100]));
      return [typeof path, rest];
    }, ['string', { size: 7, ...held }]);
    is(`${operation}() follows links and keeps the name`, () => {
      const folder = place();
      make('abc', join(folder, 'target'));
      symlinkSync('target', join(folder, 'link'));
      const { path, size } = Object(last([operation, join(folder, 'link'), 3]));
      return [path === join(folder, 'link'), size];
    }, [true, 3]);
    is(`${operation}() reads nothing`, () => Object(last([operation, make(''), 0])).size, 0);
    is(`${operation}() refuses a byte too many`, () => last([operation, make('abcd'), 3]), { errno: 'EFBIG' });
    is(`${operation}() tells that a file is missing`, () => last([operation, join(place(), 'x'), 9]), {
      errno: 'ENOENT',
    });
    is(
      `${operation}() tells that a link leads nowhere`,
      () => {
        const folder = place();
        symlinkSync('nowhere', join(folder, 'link'));
        return last([operation, join(folder, 'link'), 9]);
      },
      { errno: 'ENOENT' },
    );
    is(
      `${operation}() tells that links form a loop`,
      () => {
        const folder = place();
        symlinkSync('link', join(folder, 'link'));
        return last([operation, join(folder, 'link'), 9]);
      },
      { errno: 'ELOOP' },
    );
    is(`${operation}() tells that a file stands in the way`, () => last([operation, `${make('')}/x`, 9]), {
      errno: 'ENOTDIR',
    });
    is(`${operation}() tells that a name is too long`, () => last([operation, `/${'x'.repeat(300)}`, 9]), {
      errno: 'ENAMETOOLONG',
    });
    is(`${operation}() refuses a folder`, () => last([operation, place(), 9]), { errno: 'EISDIR' });
    is(`${operation}() refuses a device`, () => last([operation, '/dev/zero', 9]), { errno: 'EFTYPE' });
    is(`${operation}() refuses a pipe and does not wait on it`, () => last([operation, pipe(place()), 9]), {
      errno: 'EFTYPE',
    });
  }
  is(
    'text() gives the text',
    () => last(['readFile', make('aä€\u{1F600}\0\r\n'), 99], ['text', '$0']),
    'aä€\u{1F600}\0\r\n',
  );
  is('text() keeps a byte order mark', () => last(['readFile', make('\ufeffa'), 99], ['text', '$0']), '\ufeffa');
  is(
    'text() replaces what is no UTF-8 as the WHATWG does',
    () => last(['readFile', make(Buffer.from('61ff62c363e280ed a08064'.replace(' ', ''), 'hex')), 99], ['text', '$0']),
    'a\ufffdb\ufffdc\ufffd\ufffd\ufffd\ufffdd',
  );
  is(
    'text() gives what was read, not what the file became',
    () => {
      const file = make('before');
      return last(['readFile', file, 99], ['append', file, ' and after'], ['text', '$0']);
    },
    'before',
  );
}

function pipe(folder: string): string {
  const path = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  return path;
}

function searching({ is, last, place, make }: Bench): void {
  const mentions: [title: string, content: string | Uint8Array, words: string[], orElse: string, want: boolean][] = [
    ['finds a word', 'kind: vendor.com/gpu', ['nvidia', 'vendor.com'], '', true],
    ['finds a word that is all', 'ab', ['ab'], '', true],
    ['does not find others', 'kind: vendor.com/gpu', ['nvidia', 'Vendor'], '', false],
    ['finds nothing of no words', 'abc', [], '', false],
    ['finds nothing in nothing', '', ['a'], '', false],
    ['takes one of the characters', 'a & b', ['x'], '&*', true],
    ['does not take others', 'a b', ['x'], '&*', false],
    ['takes a NUL with them', 'a\0b', ['x'], '&', true],
    ['takes no NUL without them', 'a\0b', ['x'], '', false],
    ['takes a UTF-16 mark with them', Buffer.from('\ufeffa', 'utf16le'), ['x'], '&', true],
    ['takes the other UTF-16 mark with them', Buffer.from([0xfe, 0xff, 1, 1]), ['x'], '&', true],
    ['takes no UTF-16 mark without them', Buffer.from([0xff, 0xfe, 1, 1]), ['x'], '', false],
    ['searches behind a NUL', 'a\0word', ['word'], '', true],
  ];
  for (const [title, content, words, orElse, want] of mentions)
    is(`mentions() ${title}`, () => last(['readFile', make(content), 99], ['mentions', '$0', words, orElse]), want);

  const requests: [title: string, content: string, want: boolean][] = [
    ['the annotations’ prefix', '{"annotations":{"cdi.k8s.io/x":"a.b/c=d"}}', true],
    ['the environment’s word', '{"process":{"env":["CDI_DEVICES=a.b/c=d"]}}', true],
    ['an escaped slash', '{"a":"cdi.k8s.io\\/x"}', true],
    ['a letter of a marker as an escape', '{"\\u0063di.k8s.io/x":""}', true],
    ['the same in capitals', '{"CDI\\u005FDEVICES":""}', true],
    ['other escapes', '{"a":"\\n\\u001b\\u00e4\\ud83d"}', false],
    ['none of these', '{"process":{"env":["PATH=/bin"]}}', false],
    ['nothing', '', false],
  ];
  for (const [title, content, want] of requests)
    is(`mayRequest() says ${want ? 'yes' : 'no'} to ${title}`, () => last(['mayRequest', make(content)]), want);
  for (const size of [MEBIBYTE - 6, MEBIBYTE, 9 * MEBIBYTE - 3])
    is(
      `mayRequest() finds a marker at ${size}`,
      () => last(['mayRequest', make(`${' '.repeat(size)}cdi.k8s.io`)]),
      true,
    );
  is('mayRequest() says no to a missing file', () => last(['mayRequest', join(place(), 'x')]), false);
  is('mayRequest() says no to a folder', () => last(['mayRequest', place()]), false);
  is('mayRequest() says no to a pipe', () => last(['mayRequest', pipe(place())]), false);
}

function canMakeNodes(folder: string): boolean {
  return spawnSync('mknod', [join(folder, 'node'), 'b', '1', '1']).status === 0;
}

function listing({ is, last, place, make }: Bench): void {
  is(
    'listDirectory() sorts by bytes and tells folders from the rest, links not followed',
    () => {
      const folder = place();
      for (const file of ['b', '~', 'é', '\uffee', '\u{1F600}', 'B', '.a']) make('', join(folder, file));
      mkdirSync(join(folder, 'a'));
      symlinkSync('a', join(folder, 'c'));
      return last(['listDirectory', folder]);
    },
    ['.a', 'B', 'a', 'b', 'c', '~', 'é', '\uffee', '\u{1F600}'].map((name) => ({ name, directory: name === 'a' })),
  );
  is('listDirectory() of nothing gives nothing', () => last(['listDirectory', place()]), []);
  is('listDirectory() follows a link to a folder', () => {
    const folder = place();
    mkdirSync(join(folder, 'a'));
    make('', join(folder, 'a', 'b'));
    symlinkSync('a', join(folder, 'c'));
    return last(['listDirectory', join(folder, 'c')]);
  }, [{ name: 'b', directory: false }]);
  is('listDirectory() tells that it is missing', () => last(['listDirectory', join(place(), 'x')]), {
    errno: 'ENOENT',
  });
  is('listDirectory() refuses a file', () => last(['listDirectory', make('')]), { errno: 'ENOTDIR' });
  is('listDirectory() refuses a device', () => last(['listDirectory', '/dev/null']), { errno: 'ENOTDIR' });

  is(
    'deviceInfo() looks at a character device',
    () => last(['deviceInfo', '/dev/null']),
    () => {
      const { mode } = statSync('/dev/null');
      return { type: 'c', major: 1, minor: 3, mode: mode & 0o7777 };
    },
  );
  is(
    'deviceInfo() looks at a pipe',
    () => {
      const path = pipe(place());
      chmodSync(path, 0o4640);
      return last(['deviceInfo', path]);
    },
    { type: 'p', major: 0, minor: 0, mode: 0o4640 },
  );
  is(
    'deviceInfo() looks at a block device of large numbers',
    () => {
      const path = join(place(), 'node');
      assert.equal(spawnSync('mknod', [path, 'b', '4095', '1048575']).status, 0);
      chmodSync(path, 0o1604);
      return last(['deviceInfo', path]);
    },
    { type: 'b', major: 4095, minor: 1048575, mode: 0o1604 },
    { skip: canMakeNodes(place()) ? false : 'device nodes cannot be made here' },
  );
  is(
    'deviceInfo() has no type for a link, even to a device',
    () => {
      const folder = place();
      symlinkSync('/dev/null', join(folder, 'link'));
      return Object(last(['deviceInfo', join(folder, 'link')])).type;
    },
    '',
  );
  is('deviceInfo() has no type for a file', () => Object(last(['deviceInfo', make('')])).type, '');
  is('deviceInfo() tells that it is missing', () => last(['deviceInfo', join(place(), 'x')]), { errno: 'ENOENT' });
  is('deviceInfo() tells that a file stands in the way', () => last(['deviceInfo', `${make('')}/x`]), {
    errno: 'ENOTDIR',
  });
}

function parsing({ is, last, make }: Bench): void {
  const yaml = (content: string | Uint8Array): unknown =>
    last(['readFile', make(content), LARGEST], ['parseYaml', '$0']);
  const json = (content: string | Uint8Array): unknown =>
    last(['readFile', make(content), LARGEST], ['parseJson', '$0']);
  is(
    'parseYaml() gives the flat tree with tags, anchors and positions',
    () => yaml('ä: &x !!seq [1, "\u{1F600}", *y ]\n'),
    {
      codes: [6 * 8 + 3, 2 * 8 + 1, 6 * 8 + 2, 4 * 8, 5 * 8 + 1, 6 * 8 + 4],
      texts: ['', 'ä', '', '1', '\u{1F600}', 'y'],
      tags: [2, 'tag:yaml.org,2002:seq'],
      anchors: [2, 'x'],
      positions: [
        [1, 1],
        [1, 1],
        [1, 4],
        [1, 14],
        [1, 17],
        [1, 22],
      ],
    },
  );
  const none = { codes: [], texts: [], tags: [], anchors: [], positions: [] };
  for (const [title, content] of [
    ['nothing', ''],
    ['comments', '# a\n'],
    ['a byte order mark', '\ufeff'],
    ['a UTF-16 mark', Buffer.from('\ufeff', 'utf16le')],
  ] as const)
    is(`parseYaml() finds no document in ${title}`, () => yaml(content), none);
  const utf16 = Buffer.from('\ufeffä: "\u{1F600}"\r\n', 'utf16le');
  for (const [title, content] of [
    ['UTF-16', utf16],
    ['swapped UTF-16', Buffer.from(utf16).swap16()],
    ['UTF-8 with a mark', Buffer.from('\ufeffä: "\u{1F600}"\r\n')],
  ] as const)
    is(`parseYaml() reads ${title}`, () => Object(yaml(content)).texts, ['', 'ä', '\u{1F600}']);
  const badYaml: [title: string, content: string | Uint8Array, syntax: string, at: object | null][] = [
    [
      'wrong indentation',
      'ä:\r\n  b: 1\r\n c: 2',
      'a key is missing here, or the indentation is wrong',
      { line: 3, column: 2 },
    ],
    ['an open list', '[a', 'a comma or ] is missing', { line: 2, column: 1 }],
    [
      'a control character behind a mark',
      '\ufeffa: b\n\x01',
      'a character that YAML does not allow',
      { line: 2, column: 1 },
    ],
    [
      'a control character in the first line behind a mark',
      '\ufeffä\x01',
      'a character that YAML does not allow',
      { line: 1, column: 2 },
    ],
    ['an escaped slash', '["ä\\/"]', 'an escape that YAML 1.1 does not have', { line: 1, column: 4 }],
    [
      'an escaped slash behind strange line breaks',
      '["\u2028\u0085 \\/"]',
      'an escape that YAML 1.1 does not have',
      { line: 3, column: 2 },
    ],
    [
      'an escaped slash behind a comment with a strange line break',
      '!!str # "\u0085 "\\/"',
      'an escape that YAML 1.1 does not have',
      { line: 2, column: 3 },
    ],
    ['100,000 levels', '['.repeat(100_000), 'nested deeper than 256 levels', null],
    ['bytes that are no UTF-8', Buffer.from('613a20c3', 'hex'), 'it is not valid UTF-8', null],
    ['bytes that are no UTF-8 behind an error', Buffer.from('5d5d0ac3', 'hex'), 'it is not valid UTF-8', null],
    ['half of UTF-16', Buffer.from('fffe61', 'hex'), 'it is not valid UTF-8', null],
    ['half of a pair in UTF-16', Buffer.from('fffe00d86100', 'hex'), 'it is not valid UTF-8', null],
  ];
  for (const [title, content, syntax, at] of badYaml)
    is(`parseYaml() refuses ${title}`, () => yaml(content), at === null ? { syntax } : { syntax, at });

  is(
    'parseJson() gives kinds, spans, keys and numbers as written',
    () => json(' {"ä\\n" : [1.0e+2, -0, "\\ud83d\\ude00"], "b": {}, "b": [true,false ,null]}\n'),
    [
      'object',
      '{"ä\\n" : [1.0e+2, -0, "\\ud83d\\ude00"], "b": {}, "b": [true,false ,null]}',
      [
        [
          'ä\n',
          '"ä\\n" : ',
          [
            'array',
            '[1.0e+2, -0, "\\ud83d\\ude00"]',
            [
              ['number', '1.0e+2', '1.0e+2'],
              ['number', '-0', '-0'],
              ['string', '"\\ud83d\\ude00"', '\u{1F600}'],
            ],
          ],
        ],
        ['b', '"b": ', ['object', '{}', []]],
        [
          'b',
          '"b": ',
          [
            'array',
            '[true,false ,null]',
            [
              ['true', 'true'],
              ['false', 'false'],
              ['null', 'null'],
            ],
          ],
        ],
      ],
    ],
  );
  const badJson: [title: string, content: string | Uint8Array, syntax: string, at: object | null][] = [
    ['nothing', '', 'a value is missing', { line: 1, column: 1 }],
    ['a byte order mark', '\ufeff{}', 'a value is missing', { line: 1, column: 1 }],
    ['something behind', '{\n"ä\u{1F600}": 1} x', 'something follows the end of the value', { line: 2, column: 10 }],
    ['an open string', '["abc', 'a string does not end', { line: 1, column: 2 }],
    ['a key without quotes', '{a: 1}', 'a key in double quotes is missing', { line: 1, column: 2 }],
    ['a missing colon', '{"a" 1}', 'a colon is missing', { line: 1, column: 6 }],
    ['a missing comma', '[1 2]', 'a comma or ] is missing', { line: 1, column: 4 }],
    ['an unknown escape', '"\\q"', 'an escape is not one of JSON', { line: 1, column: 3 }],
    ['a control character', '"\t"', 'a control character stands in a string', { line: 1, column: 2 }],
    ['a bare point', '1.', 'a number has no digit after its point', { line: 1, column: 3 }],
    ['a bare exponent', '1e', 'a number has no digit in its exponent', { line: 1, column: 3 }],
    ['100,000 levels', '['.repeat(100_000), 'nested deeper than 200 levels', { line: 1, column: 202 }],
    ['bytes that are no UTF-8', Buffer.from('22c322', 'hex'), 'it is not valid UTF-8', null],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'it is not valid UTF-8', null],
  ];
  for (const [title, content, syntax, at] of badJson)
    is(`parseJson() refuses ${title}`, () => json(content), at === null ? { syntax } : { syntax, at });
}

function writing({ is, last, place, make }: Bench): void {
  is(
    'append() makes a file and adds to it',
    () => {
      const file = join(place(), 'log');
      const results = [last(['append', file, 'ä\n'], ['append', file, 'b\n'])];
      return [...results, readFileSync(file, 'utf8'), (statSync(file).mode & 0o777) | (process.umask() & 0o133)];
    },
    () => [null, 'ä\nb\n', 0o644 | (process.umask() & 0o133)],
  );
  is('append() follows a link', () => {
    const file = make('a');
    symlinkSync(file, `${file}-link`);
    return [last(['append', `${file}-link`, 'b']), readFileSync(file, 'utf8')];
  }, [null, 'ab']);
  is('append() tells that the folder is missing', () => last(['append', join(place(), 'x', 'y'), 'a']), {
    errno: 'ENOENT',
  });
  is('append() refuses a folder', () => last(['append', place(), 'a']), { errno: 'EISDIR' });
  is('append() writes to a device', () => last(['append', '/dev/null', 'a']), null);
}

function replacing({ is, last, place, make }: Bench): void {
  const replaced = (file: string, pieces: unknown[], ...between: Operation[]): unknown =>
    last(['holdFile', file, LARGEST], ...between, ['replaceFile', '$0', pieces]);
  is('replaceFile() puts texts and spans together', () => {
    const file = make('{"a":1,"b":2}');
    return [replaced(file, ['{"ä":3', 6, 13]), readFileSync(file, 'utf8'), readdirSync(join(file, '..'))];
  }, [null, '{"ä":3,"b":2}', ['file']]);
  is('replaceFile() keeps the mode', () => {
    const file = make('{}');
    chmodSync(file, 0o4604);
    const result = replaced(file, ['[]']);
    return [result, statSync(file).mode & 0o7777];
  }, [null, 0o4604]);
  is(
    'replaceFile() keeps the owner',
    () => {
      const file = make('{}');
      chownSync(file, 12345, 54321);
      const result = replaced(file, ['[]']);
      const { uid, gid } = statSync(file);
      return [result, uid, gid];
    },
    [null, 12345, 54321],
    asRoot,
  );
  is('replaceFile() replaces what a link leads to', () => {
    const folder = place();
    make('{}', join(folder, 'target'));
    symlinkSync('target', join(folder, 'link'));
    const result = replaced(join(folder, 'link'), ['[]']);
    return [result, readFileSync(join(folder, 'target'), 'utf8'), readdirSync(folder)];
  }, [null, '[]', ['link', 'target']]);
  is('replaceFile() leaves the old file to whoever holds it', () => {
    const file = make('{}');
    const before = statSync(file).ino;
    return [replaced(file, ['[]']), statSync(file).ino === before];
  }, [null, false]);
  const untouched = (title: string, errno: string, pieces: unknown[], between: (file: string) => Operation[]): void =>
    is(`replaceFile() refuses ${title} and leaves nothing beside`, () => {
      const file = make('{"a":1}');
      const result = replaced(file, pieces, ...between(file));
      return [result, readdirSync(join(file, '..'))];
    }, [{ errno }, ['file']]);
  untouched('what is no JSON', 'EBADMSG', ['{"a":'], () => []);
  untouched('nothing', 'EBADMSG', [], () => []);
  untouched('a file that grew', 'ESTALE', ['[]'], (file) => [['append', file, ' ']]);
  untouched('a file that was replaced', 'ESTALE', ['[]'], (file) => [
    ['holdFile', file, LARGEST],
    ['replaceFile', '$1', ['1']],
  ]);
}

function knowing({ is, last, run }: Bench): void {
  is('environment() gives a variable', () => run([['environment', 'HOST_TEST']], { HOST_TEST: 'ä=b' }), ['ä=b']);
  is('environment() gives an empty variable', () => run([['environment', 'HOST_TEST']], { HOST_TEST: '' }), ['']);
  is('environment() has no other', () => last(['environment', 'HOST_TEST_NONE']), null);
  is('ids() are the effective ones', () => last(['ids']), { uid: process.geteuid?.(), gid: process.getegid?.() });
  is('now() is the time in whole milliseconds', () => {
    const now = Number(last(['now']));
    return [Number.isInteger(now), Math.abs(now - Date.now()) < 10_000];
  }, [true, true]);
  is('a failure carries an errno name and nothing else', () => Object.keys(Object(last(['readFile', '/none', 1]))), [
    'errno',
  ]);
}
