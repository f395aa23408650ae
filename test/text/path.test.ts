import assert from 'node:assert/strict';
import test from 'node:test';
import { cleanPath } from '../../src/text/path.ts';

// the rows of Go's own TestClean
const cases: [path: string, want: string][] = [
  ['abc', 'abc'],
  ['abc/def', 'abc/def'],
  ['a/b/c', 'a/b/c'],
  ['.', '.'],
  ['..', '..'],
  ['../..', '../..'],
  ['../../abc', '../../abc'],
  ['/abc', '/abc'],
  ['/', '/'],
  ['', '.'],
  ['abc/', 'abc'],
  ['abc/def/', 'abc/def'],
  ['./', '.'],
  ['../', '..'],
  ['../../', '../..'],
  ['/abc/', '/abc'],
  ['abc//def//ghi', 'abc/def/ghi'],
  ['abc//', 'abc'],
  ['//abc', '/abc'],
  ['///abc', '/abc'],
  ['//abc//', '/abc'],
  ['abc/./def', 'abc/def'],
  ['/./abc/def', '/abc/def'],
  ['abc/.', 'abc'],
  ['abc/def/ghi/../jkl', 'abc/def/jkl'],
  ['abc/def/../ghi/../jkl', 'abc/jkl'],
  ['abc/def/..', 'abc'],
  ['abc/def/../..', '.'],
  ['/abc/def/../..', '/'],
  ['abc/def/../../..', '..'],
  ['/abc/def/../../..', '/'],
  ['abc/def/../../../ghi/jkl/../../../mno', '../../mno'],
  ['/../abc', '/abc'],
  ['a/../b:/../../c', '../c'],
  ['abc/./../def', 'def'],
  ['abc//./../def', 'def'],
  ['abc/../../././../def', '../../def'],
  ['.../..a', '.../..a'],
];

for (const [path, want] of cases)
  test(`cleanPath() turns ${JSON.stringify(path)} into ${want}`, () => {
    assert.equal(cleanPath(path), want);
    assert.equal(cleanPath(want), want);
  });
