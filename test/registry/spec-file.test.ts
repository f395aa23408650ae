import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSpec, makeReadError, readSpecFile } from '../../src/registry/spec-file.ts';
import { memoryHost } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';

test('loadSpec() splits the kind, and keeps path and priority', () => {
  const host = memoryHost({ '/d/x.json': spec('vendor.com/gpu', '0') });
  const { spec: loaded, ...file } = loadSpec(host, readSpecFile(host, '/d/x.json', 1000), 3);
  assert.deepEqual(file, { path: '/d/x.json', priority: 3, vendor: 'vendor.com', class: 'gpu' });
  assert.deepEqual(loaded.devices, [{ name: '0', containerEdits: { env: ['D=0'] } }]);
});

const failures: [errno: string, want: string][] = [
  ['ENOENT', 'it is missing, or its link leads nowhere'],
  ['EACCES', 'it cannot be read by this user'],
  ['EISDIR', 'it is a folder'],
  ['EFTYPE', 'it is no regular file'],
  ['EFBIG', 'it is larger than the limit of 7 bytes'],
  ['ELOOP', 'its links form a loop'],
  ['ENOTDIR', 'a part of its path is a file'],
  ['EIO', 'it cannot be read (EIO)'],
];
for (const [errno, want] of failures)
  test(`makeReadError() says ${errno} in plain words`, () => assert.equal(makeReadError(errno, 7), want));
