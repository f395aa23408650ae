// The reference of the library: it is not made where a public name has no text.
import { equal } from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { execaSync } from 'execa';

const FOLDER = resolve(import.meta.dirname, '../../tools/api-reference');

test('each public name and each public property of the library has its text', () => {
  const typedoc = join(FOLDER, 'node_modules/typedoc/bin/typedoc');
  const { all, exitCode } = execaSync(process.execPath, [typedoc, '--emit', 'none', '--logLevel', 'Warn'], {
    cwd: FOLDER,
    all: true,
    reject: false,
  });
  equal(exitCode, 0, all);
});
