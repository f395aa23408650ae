// The host contract: owners, links, digests, logs of our own, and waiting.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { asRoot, type Bench, LARGEST, pipe } from './contract-bench.ts';

export function trusting({ is, last, place, make }: Bench): void {
  const kinds: [title: string, path: () => string, kind: string][] = [
    ['a file', () => make(''), 'file'],
    ['a folder', place, 'directory'],
    ['a link', () => linkIn(place(), 'nowhere'), 'link'],
    ['a pipe', () => pipe(place()), 'other'],
  ];
  for (const [title, path, kind] of kinds)
    is(`pathInfo() tells ${title} and whose it is`, () => {
      const at = path();
      const { uid, gid, mode } = lstatSync(at);
      const info = Object(last(['pathInfo', at]));
      return [info.kind, info.uid === uid, info.gid === gid, info.mode === (mode & 0o7777)];
    }, [kind, true, true, true]);
  is(
    'pathInfo() gives owner, group and mode',
    () => {
      const file = make('');
      chownSync(file, 1234, 4294967294);
      chmodSync(file, 0o1642);
      return last(['pathInfo', file]);
    },
    { kind: 'file', uid: 1234, gid: 4294967294, mode: 0o1642 },
    asRoot,
  );
  is('pathInfo() tells that it is missing', () => last(['pathInfo', join(place(), 'x')]), { errno: 'ENOENT' });
  is('fileInfo() is about what was read, not about what stands there by now', () => {
    const file = make('a');
    chmodSync(file, 0o640);
    const other = `${file}-other`;
    writeFileSync(other, 'b', { mode: 0o600 });
    const { uid, gid } = statSync(file);
    const info = Object(last(['readFile', file, 9], ['fileInfo', '$0']));
    renameSync(other, file);
    return [info.kind, info.mode, info.uid === uid, info.gid === gid];
  }, ['file', 0o640, true, true]);
  is('readLink() gives what the link says', () => last(['readLink', linkIn(place(), '../a b/ä')]), '../a b/ä');
  is('readLink() does not take a name for an error', () => last(['readLink', linkIn(place(), 'ENOENT')]), 'ENOENT');
  is('readLink() refuses a file', () => last(['readLink', make('')]), { errno: 'EINVAL' });
  is('readLink() tells that it is missing', () => last(['readLink', join(place(), 'x')]), { errno: 'ENOENT' });
  is('inUserNamespace() says no on the machine itself', () => last(['inUserNamespace']), false);
}

export function digesting({ is, last, make }: Bench): void {
  const digest = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
  for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
    is(
      `digest() of ${size} bytes is SHA-256`,
      () => last(['readFile', make('ä'.repeat(size / 2) + 'x'.repeat(size % 2)), LARGEST], ['digest', '$0']),
      () => digest('ä'.repeat(size / 2) + 'x'.repeat(size % 2)),
    );
  is(
    'digest() of bytes that are no UTF-8 is of the bytes',
    () => last(['readFile', make(Buffer.from([0xff, 0x00, 0xc3])), 9], ['digest', '$0']),
    digest(Buffer.from([0xff, 0x00, 0xc3])),
  );
  is(
    'digest() of pieces is that of the text that they make',
    () => last(['holdFile', make('{"a":1,"b":2}'), LARGEST], ['digest', '$0', ['{"ä":3', 6, 13]]),
    digest('{"ä":3,"b":2}'),
  );
  is(
    'digest() of pieces writes values as JSON',
    () => last(['holdFile', make('{"a":1,"b":2}'), LARGEST], ['digest', '$0', ['{"a":', ['ä"', { b: 1 }], 6, 13]]),
    digest('{"a":["ä\\"",{"b":1}],"b":2}'),
  );
}

export function logging({ is, last, place, make }: Bench): void {
  is('appendLog() makes file and folder for their owner and group', () => {
    const file = join(place(), 'new', 'log');
    const results = [last(['appendLog', file, 'ä\n']), last(['appendLog', file, 'b\n'])];
    const modes = [file, join(file, '..')].map((path) => statSync(path).mode & 0o7777 & ~0o022);
    return [results, readFileSync(file, 'utf8'), modes];
  }, [[null, null], 'ä\nb\n', [0o640, 0o750]]);
  is('appendLog() does not make more than one folder', () => last(['appendLog', join(place(), 'x', 'y', 'log'), 'a']), {
    errno: 'ENOENT',
  });
  is('appendLog() refuses a folder', () => last(['appendLog', place(), 'a']), { errno: 'EISDIR' });
  is('appendLog() refuses a link', () => {
    const file = make('a');
    symlinkSync(file, `${file}-link`);
    return [last(['appendLog', `${file}-link`, 'b']), readFileSync(file, 'utf8')];
  }, [{ errno: 'ELOOP' }, 'a']);
  is('appendLog() and write() refuse a file that has another name, too', () => {
    const file = make('a');
    linkSync(file, `${file}-link`);
    const results = [
      last(['appendLog', `${file}-link`, 'b']),
      last(['beginRecord', `${file}-link`, '","error":{"code":"'], ['$0.write', 'b', false]),
    ];
    return [results, readFileSync(file, 'utf8')];
  }, [[{ errno: 'EMLINK' }, { errno: 'EMLINK' }], 'a']);
  const STEERING = '\u0080\u0085\u009f\u2028\u202a\u202e\u2066\u2069';
  is('appendLog() writes what steers a terminal as escapes of JSON, and all else as it is', () => {
    const file = join(place(), 'log');
    const text = `{"a":"${STEERING}x\u00a0\u00e9\u2027\u202f\u2070\u{1f600}${STEERING}"}\n`;
    const result = last(['appendLog', file, text]);
    const written = readFileSync(file, 'utf8');
    return [result, /[\u0080-\u009f\u2028-\u202e\u2066-\u2069]/.test(written), JSON.parse(written), written.length];
  }, [
    null,
    false,
    { a: `${STEERING}x\u00a0\u00e9\u2027\u202f\u2070\u{1f600}${STEERING}` },
    '{"a":"x\u00a0\u00e9\u2027\u202f\u2070\u{1f600}"}\n'.length + 2 * 6 * STEERING.length,
  ]);
  is('appendLog() goes by links of this user to folders', () => {
    const folder = place();
    mkdirSync(join(folder, 'logs'));
    symlinkSync('logs/', join(folder, 'here'));
    symlinkSync(join(folder, 'here'), join(folder, 'there'));
    const result = last(['appendLog', join(folder, 'there', 'new', 'log'), 'a']);
    return [result, readFileSync(join(folder, 'logs/new/log'), 'utf8')];
  }, [null, 'a']);
  is(
    'appendLog() follows no loop of links',
    () => {
      const folder = place();
      symlinkSync('loop', join(folder, 'loop'));
      return last(['appendLog', join(folder, 'loop', 'log'), 'a']);
    },
    { errno: 'ELOOP' },
  );
  is('appendLog() tells that a file stands in the way', () => last(['appendLog', join(make('a'), 'x', 'log'), 'a']), {
    errno: 'ENOTDIR',
  });
  if (process.getuid?.() === 0)
    is('appendLog() refuses a folder by a link of somebody else', () => {
      const folder = place();
      mkdirSync(join(folder, 'logs'));
      symlinkSync('logs', join(folder, 'theirs'));
      lchownSync(join(folder, 'theirs'), 1234, 1234);
      const results = ['theirs/log', 'theirs/new/log'].map((path) => last(['appendLog', join(folder, path), 'a']));
      return [results, readdirSync(join(folder, 'logs'))];
    }, [[{ errno: 'ELOOP' }, { errno: 'ELOOP' }], []]);
  is('appendLog() refuses a device', () => last(['appendLog', '/dev/null', 'a']), { errno: 'EFTYPE' });
  is('appendLog() does not wait for a reader', () => last(['appendLog', pipe(place()), 'a']), { errno: 'ENXIO' });
}

export function recording({ is, last, place }: Bench): void {
  const UNFORESEEN = '","error":{"code":"';
  is(
    'beginRecord() makes nothing before the first line',
    () => {
      const file = join(place(), 'log');
      last(['beginRecord', file, UNFORESEEN]);
      return existsSync(file);
    },
    false,
  );
  is('write() appends lines, to a file that it makes with its folder', () => {
    const file = join(place(), 'new', 'log');
    const results = last(['beginRecord', file, UNFORESEEN], ['$0.write', 'a\n', false], ['$0.write', 'ä\n', true]);
    const modes = [file, join(file, '..')].map((path) => statSync(path).mode & 0o7777 & ~0o022);
    return [results, readFileSync(file, 'utf8'), modes];
  }, [null, 'a\nä\n', [0o640, 0o750]]);
  is('write() refuses a folder', () => last(['beginRecord', place(), UNFORESEEN], ['$0.write', 'a', false]), {
    errno: 'EISDIR',
  });
  is('write() refuses a device', () => last(['beginRecord', '/dev/null', UNFORESEEN], ['$0.write', 'a', false]), {
    errno: 'EFTYPE',
  });
  is(
    'write() does not wait for a reader',
    () => last(['beginRecord', pipe(place()), UNFORESEEN], ['$0.write', 'a', true]),
    {
      errno: 'ENXIO',
    },
  );
}

export function waiting({ is, last, place }: Bench): void {
  is('wait() ends without a change', () => last(['watch', [place()], 30], ['$0.wait']), false);
  is(
    'wait() sees a file that came in between',
    () => {
      const folder = place();
      return last(['watch', [folder], 5000], ['append', join(folder, 'a'), 'x'], ['$0.wait']);
    },
    true,
  );
  is(
    'wait() sees a directory that came to be',
    () => {
      const folder = place();
      return last(['watch', [join(folder, 'cdi')], 5000], ['appendLog', join(folder, 'cdi', 'a'), 'x'], ['$0.wait']);
    },
    true,
  );
  is(
    'wait() sees a change once',
    () => {
      const folder = place();
      mkdirSync(join(folder, 'b'));
      const path = join(folder, 'b', 'a');
      return last(['watch', [join(folder, 'b')], 1000], ['append', path, 'x'], ['$0.wait'], ['$0.wait']);
    },
    false,
  );
}

function linkIn(folder: string, target: string): string {
  const link = join(folder, 'link');
  symlinkSync(target, link);
  return link;
}
