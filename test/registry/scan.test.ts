import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Host } from '../../src/host/host.ts';
import { createNodeHost } from '../../src/host/node.ts';
import { explainStop, planFullScan, planScanOfKinds, type Scan, scanSpecs } from '../../src/registry/scan.ts';
import { type MemoryEntry, memoryHost } from '../host/memory-host.ts';
import { refusal } from '../support/edit-document.ts';
import { spec } from '../support/specs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const LIMITS = { spec: 1000, specs: 10 };
const GPU = spec('vendor.com/gpu', '0');

function scan(entries: Readonly<Record<string, MemoryEntry>>, directories: readonly string[], limits = LIMITS): Scan {
  const host = memoryHost(entries);
  return scanSpecs(directories, limits, planFullScan(host, limits));
}

const loaded = ({ specs }: Scan): string[] => specs.map(({ path, priority }) => `${priority} ${path}`);

test('scanSpecs() goes by directory, then by the bytes of the names', () => {
  const names = [
    'é.yaml',
    '~.json',
    '\u{1f600}.yaml',
    '\uffee.yaml',
    'a.yaml',
    'B.yaml',
    '.yaml',
    '.x.json',
    'a-b.yaml',
  ];
  const entries = Object.fromEntries(names.map((name) => [`/high/${name}`, GPU]));
  assert.deepEqual(loaded(scan({ ...entries, '/low/z.json': GPU }, ['/low', '/high'])), [
    '0 /low/z.json',
    ...['.x.json', '.yaml', 'B.yaml', 'a-b.yaml', 'a.yaml', '~.json', 'é.yaml', '\uffee.yaml', '\u{1f600}.yaml'].map(
      (name) => `1 /high/${name}`,
    ),
  ]);
});

test('scanSpecs() takes only the exact endings, and no directories', () => {
  const entries = {
    '/d/a.yml': GPU,
    '/d/a.YAML': GPU,
    '/d/a.json.bak': GPU,
    '/d/yaml': GPU,
    '/d/sub.yaml/a.yaml': GPU,
  };
  const { specs, errors } = scan(entries, ['/d']);
  assert.deepEqual([specs, [...errors]], [[], []]);
});

test('scanSpecs() cleans paths, and takes a directory as often as it is named', () => {
  assert.deepEqual(loaded(scan({ '/d/a.yaml': GPU, '/b.yaml': GPU }, ['/d//x/../', '/', '/d'])), [
    '0 /d/a.yaml',
    '1 /b.yaml',
    '2 /d/a.yaml',
  ]);
});

test('scanSpecs() skips what is missing and says so', () => {
  const result = scan({ '/d/a.yaml': GPU }, ['/none', '/d', '/d/none']);
  assert.deepEqual(
    [loaded(result), result.missing, result.stopped],
    [['1 /d/a.yaml'], ['/none', '/d/none'], undefined],
  );
});

const stops: [title: string, entry: MemoryEntry, directory: string, errno: string, why: string][] = [
  ['a file in its place', GPU, '/x.yaml', 'ENOTDIR', 'it is no folder'],
  ['a directory below a file', GPU, '/x.yaml/d', 'ENOTDIR', 'it is no folder'],
  ['missing rights', { errno: 'EACCES' }, '/x', 'EACCES', 'it cannot be read by this user'],
  ['a loop', { errno: 'ELOOP' }, '/x', 'ELOOP', 'its links form a loop'],
  ['anything else', { errno: 'EIO' }, '/x', 'EIO', 'it cannot be read (EIO)'],
];
for (const [title, entry, directory, errno, why] of stops)
  test(`scanSpecs() ends at a directory that cannot be read: ${title}`, () => {
    const entries = {
      '/low/a.yaml': GPU,
      '/high/a.yaml': GPU,
      [directory.startsWith('/x.yaml') ? '/x.yaml' : '/x']: entry,
    };
    const result = scan(entries, ['/low', directory, '/high']);
    assert.deepEqual(loaded(result), ['0 /low/a.yaml']);
    assert.deepEqual([result.stopped, result.errors.size], [{ directory, errno }, 0]);
    assert.equal(explainStop({ directory, errno }), `spec directory "${directory}" ended the search: ${why}`);
  });

const bad: [title: string, entry: MemoryEntry, want: string][] = [
  ['no YAML', 'a: [\n', 'BAD_SPEC: cannot load spec "/d/x.yaml": line 2, column 1: '],
  ['empty', '', 'EMPTY_SPEC: cannot load spec "/d/x.yaml": there is no document in it; write a spec, or remove it'],
  [
    'only a comment',
    '# x\n',
    'EMPTY_SPEC: cannot load spec "/d/x.yaml": there is no document in it; write a spec, or remove it',
  ],
  [
    'with an unknown field',
    `${GPU}kinds: x\n`,
    'BAD_SPEC: cannot load spec "/d/x.yaml": line 5, column 1: field "kinds" is unknown; did you mean "kind"?',
  ],
  [
    'without devices',
    'cdiVersion: "0.6.0"\nkind: a/b\ndevices: []\n',
    'BAD_SPEC: cannot load spec "/d/x.yaml": line 3, column 10: the spec has no devices; add at least one',
  ],
  [
    'with a bad device name',
    spec('a/b', 'x y'),
    'BAD_DEVICE_NAME: cannot load spec "/d/x.yaml": line 4, column 11: device name "x y" contains a space; ',
  ],
  [
    'too large',
    `${GPU}#${' '.repeat(1000)}`,
    'CANNOT_READ: cannot load spec "/d/x.yaml": it is larger than the limit of 1000 bytes (limits.spec of the settings)',
  ],
  ['unreadable', { errno: 'EACCES' }, 'CANNOT_READ: cannot load spec "/d/x.yaml": it cannot be read by this user'],
  [
    'a device',
    { type: 'c', major: 1, minor: 3, mode: 0 },
    'CANNOT_READ: cannot load spec "/d/x.yaml": it is no regular file',
  ],
];
for (const [title, entry, want] of bad)
  test(`scanSpecs() is not harmed by a file that is ${title}`, () => {
    const result = scan({ '/d/a.yaml': GPU, '/d/x.yaml': entry, '/d/z.yaml': GPU }, ['/d']);
    assert.deepEqual(loaded(result), ['0 /d/a.yaml', '0 /d/z.yaml']);
    const [[path, error] = []] = result.errors;
    assert.deepEqual([result.errors.size, path, error?.path], [1, '/d/x.yaml', '/d/x.yaml']);
    assert.ok(`${error?.code}: ${error?.message}`.startsWith(want), `${error?.code}: ${error?.message}`);
  });

test('scanSpecs() reads as many files as the limit says, and no more', () => {
  const entries = { '/d/a.yaml': GPU, '/d/b.json': GPU, '/d/c.txt': '', '/e/a.yaml': 'broken' };
  assert.equal(scan(entries, ['/d', '/e'], { spec: 1000, specs: 3 }).specs.length, 2);
  assert.equal(
    refusal(() => scan(entries, ['/d', '/e'], { spec: 1000, specs: 2 })),
    'CANNOT_READ: cannot scan spec directory "/e": there are more than 2 spec files; remove those that are not needed, or raise limits.specs of the settings',
  );
});

/** A host that counts which files are parsed. */
function counting(host: Host): { readonly host: Host; readonly parsed: string[] } {
  const parsed: string[] = [];
  const parseYaml: Host['parseYaml'] = (file) => {
    parsed.push(file.path.slice(file.path.lastIndexOf('/') + 1));
    return host.parseYaml(file);
  };
  return { host: { ...host, parseYaml }, parsed };
}

test('planScanOfKinds() parses only files that mention one of the kinds', () => {
  const { host, parsed } = counting(
    memoryHost({
      '/d/a.yaml': spec('vendor.com/gpu', '0'),
      '/d/b.yaml': spec('vendor.com/net', '0'),
      '/d/c.yaml': spec('other.org/gpu', '0'),
      '/d/d.yaml': '[ broken',
      '/d/e.yaml': '# vendor.com/gpu\n[ broken',
      '/d/f.yaml': `${spec('other.org/net', '0')}# nothing, but "\\\\"\n`,
      '/d/g.yaml': '',
      '/d/h.yaml': { errno: 'EACCES' },
    }),
  );
  const result = scanSpecs(['/d'], LIMITS, planScanOfKinds(host, LIMITS, ['vendor.com/gpu', 'vendor.com/net']));
  assert.deepEqual(parsed, ['a.yaml', 'b.yaml', 'e.yaml', 'f.yaml']);
  assert.deepEqual(loaded(result), ['0 /d/a.yaml', '0 /d/b.yaml', '0 /d/f.yaml']);
  assert.deepEqual([...result.errors.keys()], ['/d/e.yaml', '/d/h.yaml']);
});

const REST = 'devices: [{ name: a, containerEdits: { env: [A=1] } }]\ncdiVersion: 0.6.0\n';
const spellings: [title: string, text: string | Buffer][] = [
  ['plainly', `kind: vendor.com/gpu\n${REST}`],
  ['in single quotes', `kind: 'vendor.com/gpu'\n${REST}`],
  ['as a block', `kind: >-\n  vendor.com/gpu\n${REST}`],
  [
    'as JSON',
    '{"kind":"vendor.com/gpu","cdiVersion":"0.6.0","devices":[{"name":"a","containerEdits":{"env":["A=1"]}}]}',
  ],
  ['with an escape', `kind: "vendor.com\\x2fgpu"\n${REST}`],
  ['with an escape of 16 bits', `kind: "\\u0076endor.com/gpu"\n${REST}`],
  ['with an escaped line break', `kind: "vendor.com/\\\n  gpu"\n${REST}`],
  ['by an alias', `annotations: { a: &k vendor.com/gpu }\nkind: *k\n${REST}`],
  ['by an anchor', `kind: &k vendor.com/gpu\n${REST}`],
  ['with a tag', `kind: !!str vendor.com/gpu\n${REST}`],
  ['as base64', `kind: !!binary dmVuZG9yLmNvbS9ncHU=\n${REST}`],
  ['by a merge key', `<<: { kind: vendor.com/gpu }\n${REST}`],
  ['with its key escaped', `"\\x6bind": vendor.com/gpu\n${REST}`],
  ['with its key in another case', `KIND: vendor.com/gpu\n${REST}`],
  ['with a byte order mark', `\ufeffkind: vendor.com/gpu\n${REST}`],
  ['in UTF-16, little end first', Buffer.from(`\ufeffkind: vendor.com/gpu\n${REST}`, 'utf16le')],
  ['in UTF-16, big end first', Buffer.from(`\ufeffkind: vendor.com/gpu\n${REST}`, 'utf16le').swap16()],
];
for (const [title, text] of spellings)
  test(`planScanOfKinds() finds a kind that is written ${title}`, () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'x.yaml'), text);
    const host = createNodeHost();
    const result = scanSpecs([folder], LIMITS, planScanOfKinds(host, LIMITS, ['vendor.com/gpu']));
    assert.deepEqual(
      [...result.errors.values()].map((error) => error.message),
      [],
    );
    assert.deepEqual(
      result.specs.map((file) => `${file.vendor}/${file.class}=${file.spec.devices[0]?.name}`),
      ['vendor.com/gpu=a'],
    );
  });

test('scanSpecs() follows links as the Go library does', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'real/sub'), { recursive: true });
  writeFileSync(join(folder, 'real/a.yaml'), GPU);
  symlinkSync('a.yaml', join(folder, 'real/b.yaml'));
  symlinkSync('sub', join(folder, 'real/c.yaml'));
  symlinkSync('sub', join(folder, 'real/d'));
  symlinkSync('none', join(folder, 'real/e.yaml'));
  symlinkSync('real', join(folder, 'link.yaml'));
  symlinkSync('none', join(folder, 'dangling'));
  symlinkSync('loop', join(folder, 'loop'));
  const host = createNodeHost();
  const directories = ['dangling', 'link.yaml', 'loop', 'real'].map((name) => join(folder, name));
  const result = scanSpecs(directories, LIMITS, planFullScan(host, LIMITS));
  const short = (path: string): string => path.slice(folder.length);
  assert.deepEqual(
    result.specs.map(({ path }) => short(path)),
    ['/link.yaml/a.yaml', '/link.yaml/b.yaml'],
  );
  assert.deepEqual(
    [...result.errors].map(([path, { why }]) => `${short(path)}: ${why}`),
    ['/link.yaml/c.yaml: it is a folder', '/link.yaml/e.yaml: it is missing, or its link leads nowhere'],
  );
  assert.deepEqual([result.missing.map(short), result.stopped?.errno], [['/dangling'], 'ELOOP']);
});
