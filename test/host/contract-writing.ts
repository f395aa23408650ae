// The host contract: appending and replacing.
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { asRoot, type Bench, LARGEST } from './contract-bench.ts';
import type { Operation } from './operations.ts';

export function writing({ is, last, place, make }: Bench): void {
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

export function replacing({ is, last, place, make }: Bench): void {
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
