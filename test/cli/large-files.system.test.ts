// No command reads past its limits: files that claim more than a text can hold end in one clear line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');
/** No file of these takes room on the disk. */
const SPARSE = 700 * 1024 * 1024;

/** A file of holes, with a text at its start. */
function sparse(name: string, start = '', size = SPARSE): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, start);
  truncateSync(path, size);
  return path;
}

const settings = join(folder, 'config.yaml');
writeFileSync(settings, `audit: { path: ${folder}/audit/audit.jsonl }\n`);
const generous = join(folder, 'generous.yaml');
writeFileSync(generous, 'limits: { config: 1GiB }\n');
mkdirSync(join(folder, 'audit'));
writeFileSync(join(folder, 'audit/audit.jsonl'), '');
const ASKING = '{"annotations":{"cdi.k8s.io/x":"vendor.com/gpu=0"}}';
const bundle = dirname(sparse('bundle/config.json', ASKING));
const enormous = dirname(sparse('enormous/config.json', ASKING, 2 ** 40));
const specs = dirname(sparse('specs/a.yaml', 'cdiVersion: 0.6.0\n'));
const program = sparse('program', '\x7fELF');
const root = join(folder, 'root');
sparse('root/usr/local/bin/cdi-runtime', '\x7fELF');
sparse('root/etc/docker/daemon.json', '{}');

const TOO_LARGE = /^cdictl: cannot [^\n]+: it is larger than [^\n]+\n$/;
const cases: [title: string, words: string[], stdin: string | undefined, said: RegExp][] = [
  ['a bundle', ['explain', '--bundle', bundle], undefined, /larger than the limit of 16777216 bytes/],
  ['a bundle of 1 TiB', ['explain', '--bundle', enormous], undefined, /larger than the limit of 16777216 bytes/],
  ['a bundle, by generous settings', ['--config', generous, 'explain', '--bundle', bundle], undefined, /larger than/],
  ['a document', ['inject', join(bundle, 'config.json'), 'a.b/c=d'], undefined, TOO_LARGE],
  ['a document on standard input', ['inject', '-', 'a.b/c=d'], join(bundle, 'config.json'), TOO_LARGE],
  ['a document for the policy', ['policy', 'test', '-'], join(bundle, 'config.json'), TOO_LARGE],
  ['a spec', ['validate', join(specs, 'a.yaml')], undefined, /it is larger than the limit of 67108864 bytes/],
  ['a spec on standard input', ['validate', '-'], join(specs, 'a.yaml'), TOO_LARGE],
  ['a spec to lint', ['lint', '-'], join(specs, 'a.yaml'), TOO_LARGE],
  ['settings', ['--config', join(specs, 'a.yaml'), 'config', 'show'], undefined, TOO_LARGE],
  ['a schema', ['validate', '--schema', join(specs, 'a.yaml'), '-'], '/dev/null', /it is larger than/],
  [
    'a program to install',
    ['install', '--shim', program, '--path', join(folder, 'new')],
    undefined,
    /cannot read the shim/,
  ],
  [
    'what stands in the place of the shim',
    ['uninstall', '--host-root', root],
    undefined,
    /another program has that name/,
  ],
  ['files of an engine', ['engine', 'status', 'docker', '--host-root', root], undefined, /it is larger than 16 MiB/],
];
for (const [title, words, stdin, said] of cases)
  test(`cdictl reads no more than its limit of ${title}`, () => {
    const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
    const environment = { ...process.env, CDI_RUNTIME_CONFIG: settings };
    const { stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], {
      env: environment,
      stdio: [input, 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    if (typeof input === 'number') closeSync(input);
    assert.match(`${stdout}${stderr}`, said);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

test('cdictl unpacks no more than its limit of an audit that was put aside', () => {
  const path = join(folder, 'audit/audit.jsonl-20260101.gz');
  const part = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const descriptor = openSync(path, 'w');
  for (let i = 0; i < 5; i++) writeSync(descriptor, part);
  closeSync(descriptor);
  const read = (): string =>
    spawnSync(process.execPath, [MAIN, '--config', settings, 'audit', '--all'], { encoding: 'utf8' }).stderr;
  assert.match(
    read(),
    /^cdictl: cannot read the audit [^\n]+: it is larger than 256 MiB; unpack it beside the audit\n/,
  );
  const packed = openSync(path, 'r+');
  ftruncateSync(packed, SPARSE);
  closeSync(packed);
  assert.match(
    read(),
    /^cdictl: cannot read the audit [^\n]+: it is larger than 256 MiB; unpack it beside the audit\n/,
  );
});
