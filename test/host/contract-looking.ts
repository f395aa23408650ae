// The host contract: reading, searching and looking at what is there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, canMakeNodes, pipe } from './contract-bench.ts';

const MEBIBYTE = 1 << 20;
const MARKERS = ['cdi.k8s.io/', 'CDI_DEVICES'];

export function reading({ is, last, place, make }: Bench): void {
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
    () => last(['readFile', make(Buffer.from('61ff62c363e280eda08064', 'hex')), 99], ['text', '$0']),
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

export function searching({ is, last, place, make }: Bench): void {
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

  const requests: [title: string, content: string | Uint8Array, want: boolean][] = [
    ['the annotations’ prefix', '{"annotations":{"cdi.k8s.io/x":"a.b/c=d"}}', true],
    ['the environment’s word', '{"process":{"env":["CDI_DEVICES=a.b/c=d"]}}', true],
    ['an optional device', '{"annotations":{"optional.cdi.k8s.io/x":null}}', true],
    ['a letter of a marker as an escape', '{"annotations":{"\\u0063di.k8s\\u002eio\\/x":""}}', true],
    ['the same in capitals', '{"process":{"env":["CDI\\u005FDEVICES=a"]}}', true],
    ['other spellings of a section, as Go reads them', '{"PROCE\\u017f\u017f":{"Env":["CDI_DEVICES=a"]}}', true],
    ['a section whose name has a NUL behind, as C reads it', '{"annotations\\u0000x":{"cdi.k8s.io/x":""}}', true],
    ['the first of two', '{"annotations":{"cdi.k8s.io/x":""},"annotations":{}}', true],
    ['the last of two', '{"process":{},"process":{"env":[],"env":["CDI_DEVICES=a"]}}', true],
    ['comments', '{/*"*/"annotations"//"\n:{"cdi.k8s.io/x"/**/:""}}', true],
    ['single quotes', "{'annotations':{'cdi.k8s.io/x':''}}", true],
    ['what stands beside Latin-1', Buffer.from('{"\xe9":1,"annotations":{"cdi.k8s.io/x":""}}', 'latin1'), true],
    ['a text that breaks off', '{"annotations":{"cdi.k8s.io/x":', true],
    ['a mount', '{"mounts":[{"destination":"/a/cdi.k8s.io/x"}]}', true],
    ['a variable that is empty', '{"process":{"env":["CDI_DEVICES="]}}', false],
    ['a variable of another name', '{"process":{"env":["A=CDI_DEVICES=x"]}}', false],
    ['a variable of a longer name', '{"process":{"env":["MY_CDI_DEVICES=x","CDI_DEVICES_OF=x"]}}', false],
    ['a key of a longer prefix', '{"annotations":{"x.cdi.k8s.io/x":"","optional.optional.cdi.k8s.io/":""}}', false],
    ['a name in the value of an annotation', '{"annotations":{"a":"cdi.k8s.io/x","b":1}}', false],
    ['a name in an argument', '{"process":{"args":["CDI_DEVICES=x","cdi.k8s.io/x"],"env":[]}}', false],
    ['names in other sections', '{"x":{"cdi.k8s.io/x":""},"linux":{"annotations":{"cdi.k8s.io/x":""}}}', false],
    ['names behind a section', '{"annotations":{},"x":{"cdi.k8s.io/x":""}}', false],
    ['names in comments', '{"annotations":{/*"cdi.k8s.io/x":*/}} ', false],
    ['names behind the document', '{} {"annotations":{"cdi.k8s.io/x":""}}', false],
    ['names behind a NUL', '{\0"annotations":{"cdi.k8s.io/x":""}}', false],
    ['an escaped slash', '{"a":"cdi\\/x","annotations":{"a\\/b":"\\u0041"}}', false],
    ['depth', `{"x":${'['.repeat(9999)}"cdi.k8s.io/"${']'.repeat(9999)},"annotations":{}}`, false],
    ['mounts below any depth', `{"mounts":${'['.repeat(9999)}"cdi.k8s.io/"${']'.repeat(9999)}}`, true],
    ['other escapes', '{"a":"\\n\\u001b\\u00e4\\ud83d"}', false],
    ['a marker of other letters', '{"x":"VENDOR_DEVICES"}', false],
    ['none of these', '{"process":{"env":["PATH=/bin"]}}', false],
    ['nothing', '', false],
  ];
  for (const [title, content, want] of requests)
    is(
      `mayRequest() says ${want ? 'yes' : 'no'} to ${title}`,
      () => last(['mayRequest', make(content), MARKERS]),
      want,
    );
  for (const size of [MEBIBYTE - 6, MEBIBYTE, 9 * MEBIBYTE - 3])
    is(
      `mayRequest() finds a marker at ${size}`,
      () => last(['mayRequest', make(`{${' '.repeat(size)}"annotations":{"cdi.k8s.io/x":""}}`), MARKERS]),
      true,
    );
  is('mayRequest() says no to a missing file', () => last(['mayRequest', join(place(), 'x'), MARKERS]), false);
  is('mayRequest() says no to a folder', () => last(['mayRequest', place(), MARKERS]), false);
  is('mayRequest() says no to a pipe', () => last(['mayRequest', pipe(place()), MARKERS]), false);
}

export function listing({ is, last, place, make }: Bench): void {
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
  is('a name that is no UTF-8 is listed, found and read', () => {
    const folder = place();
    const [file, link] = ['a', 'l'].map((name) => Buffer.from(`${folder}/${name}\xff\xe9`, 'latin1'));
    writeFileSync(file ?? '', 'abc');
    symlinkSync(Buffer.from('a\xff\xe9', 'latin1'), link ?? '');
    const [name, other] = ['a\udcff\udce9', 'l\udcff\udce9'].map((own) => join(folder, own));
    return [
      last(['listDirectory', folder]),
      Object(last(['pathInfo', name ?? ''])).kind,
      last(['readLink', other ?? '']),
      Object(last(['readFile', other ?? '', 9])).size,
      Object(last(['deviceInfo', name ?? ''])).type,
    ];
  }, [['a\udcff\udce9', 'l\udcff\udce9'].map((name) => ({ name, directory: false })), 'file', 'a\udcff\udce9', 3, '']);
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
