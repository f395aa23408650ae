// Specs as an injection reads them: judged before they are parsed, and remembered by place and digest.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { SpecSources } from '../../src/inject/spec-sources.ts';
import { type Scan, type ScanWay, scanSpecs } from '../../src/registry/scan.ts';
import { type MemoryEntry, type MemoryOptions, memoryHost } from '../host/memory-host.ts';
import { spec } from '../support/specs.ts';

const LIMITS = { spec: 1000, specs: 1000 };
const DIRECTORIES = ['/etc/cdi', '/var/run/cdi'];
const GPU = '/etc/cdi/gpu.yaml';
const TEXT = `cdiVersion: 0.6.0
kind: vendor.com/gpu
containerEdits:
  env: [A=1]
devices:
- name: "0"
  containerEdits: { env: [B=1] }
- name: "1"
  containerEdits:
    hooks:
    - { hookName: prestart, path: /h }
`;

function sourcesOn(
  files: Readonly<Record<string, MemoryEntry>>,
  memory: MemoryOptions = {},
  owner: 'strict' | 'off' = 'strict',
): SpecSources {
  return new SpecSources(memoryHost(files, memory), LIMITS, owner);
}

function scan(way: ScanWay): Scan {
  return scanSpecs(DIRECTORIES, LIMITS, way);
}

const paths = ({ specs }: Scan): string[] => specs.map(({ path }) => path);

test('ofKinds() parses only what may define a device of a kind, every() all', () => {
  const files = { [GPU]: TEXT, '/etc/cdi/net.yaml': spec('vendor.com/net', '0'), '/etc/cdi/broken.yaml': '[' };
  const sources = sourcesOn(files);
  const few = scan(sources.ofKinds(['vendor.com/gpu']));
  assert.deepEqual([paths(few), few.errors.size], [[GPU], 0]);
  const all = scan(sources.every());
  assert.deepEqual([paths(all), [...all.errors.keys()]], [[GPU, '/etc/cdi/net.yaml'], ['/etc/cdi/broken.yaml']]);
});

test('forReason() looks at the files that mention the vendor, and at a bounded number of others', () => {
  const others = Array.from({ length: 150 }, (_, i) => [`/etc/cdi/a${i}.yaml`, spec('other.org/x', `${i}`)]);
  const found = scan(sourcesOn({ ...Object.fromEntries(others), [GPU]: TEXT }).forReason(['vendor.com']));
  assert.equal(found.specs.length, 101);
  assert.ok(paths(found).includes(GPU));
});

test('places in a spec are those of its fields, for the whole spec and for its devices', () => {
  const sources = sourcesOn({ [GPU]: TEXT });
  scan(sources.every());
  const at = (device: string | undefined, ...field: (string | number)[]): unknown =>
    sources.locate({ path: GPU, device, broughtBy: device }, field);
  assert.deepEqual(at(undefined, 'env', 0), { line: 4, column: 9 });
  assert.deepEqual(at('vendor.com/gpu=0', 'env', 0), { line: 7, column: 27 });
  assert.deepEqual(at('vendor.com/gpu=1', 'hooks', 0, 'path'), { line: 11, column: 35 });
  assert.deepEqual(sources.locateDevice(GPU, 'vendor.com/gpu=1'), { line: 8, column: 3 });
  assert.equal(sources.locateDevice('/etc/cdi/other.yaml', 'vendor.com/gpu=1'), undefined);
});

test('the digest is that of the bytes that were read, even if they are replaced', () => {
  const host = memoryHost({ [GPU]: TEXT });
  const sources = new SpecSources(host, LIMITS, 'strict');
  scan(sources.every());
  host.put(GPU, 'other');
  assert.equal(sources.digest(GPU), createHash('sha256').update(TEXT).digest('hex'));
  assert.equal(sources.digest('/etc/cdi/other.yaml'), undefined);
});

test('mentions() tells a word in a file, and that no one can look', () => {
  const sources = sourcesOn({ [GPU]: TEXT, '/etc/cdi/large.yaml': 'x'.repeat(1001) });
  assert.deepEqual(
    [GPU, '/etc/cdi/large.yaml', '/none'].map((path) => sources.words.mentions(path, 'vendor.com/gpu')),
    [true, undefined, undefined],
  );
  assert.equal(sources.words.mentions(GPU, 'vendor.com/net'), false);
});

const FIX = 'let only root write there, or set trust.owner: off';
const refused: [title: string, files: Record<string, MemoryEntry>, memory: MemoryOptions, code: string, why: string][] =
  [
    [
      'of another user',
      {},
      { owners: { [GPU]: { uid: 7 } } },
      'UNTRUSTED',
      `cannot trust spec "${GPU}": it belongs to user 7; ${FIX}`,
    ],
    [
      'of another user that is broken as well: it is not even parsed',
      { [GPU]: '[' },
      { owners: { [GPU]: { uid: 7 } } },
      'UNTRUSTED',
      `cannot trust spec "${GPU}": it belongs to user 7; ${FIX}`,
    ],
    [
      'that is too large',
      { [GPU]: TEXT + '#'.repeat(1000) },
      {},
      'CANNOT_READ',
      `cannot load spec "${GPU}": it is larger than the limit of 1000 bytes (limits.spec of the settings)`,
    ],
    [
      'that is a folder',
      { [GPU]: { directory: true } },
      {},
      'CANNOT_READ',
      `cannot load spec "${GPU}": it is a folder`,
    ],
    [
      'that is a device',
      { [GPU]: { type: 'p', major: 0, minor: 0, mode: 0o644 } },
      {},
      'CANNOT_READ',
      `cannot load spec "${GPU}": it is no regular file`,
    ],
  ];
for (const [title, files, memory, code, message] of refused)
  test(`a spec is refused ${title}`, () => {
    const sources = sourcesOn({ [GPU]: TEXT, ...files }, memory);
    assert.throws(() => sources.every().load(GPU, 0), { code, message });
  });

test('a spec of another user is taken where owners do not matter', () => {
  const sources = sourcesOn({ [GPU]: TEXT }, { owners: { [GPU]: { uid: 7 }, '/etc/cdi': { mode: 0o777 } } }, 'off');
  assert.deepEqual(paths(scan(sources.every())), [GPU]);
});
