// Trees, bills of materials, sums and signatures of a release.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { joinParts, listShimParts, writeSbom } from '../../scripts/release/sbom.ts';
import { sign, writeSums } from '../../scripts/release/sign.ts';
import { writeTree } from '../../scripts/release/tree.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const RELEASE = {
  version: '1.2.3',
  day: '2026-01-02',
  seconds: 1767312000,
  description: 'what it is',
  license: 'Apache-2.0',
};
const SCHEMAS = resolve(import.meta.dirname, '../../node_modules/@cyclonedx/cyclonedx-library/res/schema');

test('a tree has its entries and nothing else, with modes and one time whatever the umask', () => {
  const place = join(folder, 'tree');
  mkdirSync(join(place, 'old'), { recursive: true });
  const before = process.umask(0o077);
  try {
    writeTree(
      place,
      [
        { path: 'bin/x', text: 'x', mode: 0o755 },
        { path: 'a/y', text: 'y' },
        { path: 'l', link: 'a/y' },
      ],
      1000,
    );
  } finally {
    process.umask(before);
  }
  const found = globSync('**', { cwd: place })
    .sort()
    .map((path) => {
      const { mode, mtimeMs } = lstatSync(join(place, path));
      return [path, path === 'l' ? readlinkSync(join(place, path)) : (mode & 0o7777).toString(8), mtimeMs];
    });
  assert.deepEqual(
    found.filter(([path]) => path !== '' && path !== '.'),
    [
      ['a', '755', 1_000_000],
      ['a/y', '644', 1_000_000],
      ['bin', '755', 1_000_000],
      ['bin/x', '755', 1_000_000],
      ['l', 'a/y', 1_000_000],
    ],
  );
});

test('a bill of materials is what CycloneDX says it is, and the same each time', () => {
  const artefact = join(folder, 'artefact');
  writeFileSync(artefact, 'bytes');
  const libgcc = { name: 'libgcc-0-dev', version: '0.1-2', architecture: 'amd64' };
  const [one, other] = [
    { name: 'gcc 0.1', libgcc },
    { name: 'gcc 0.2', libgcc: { ...libgcc, version: '0.2-1' } },
  ];
  const parts = joinParts(listShimParts('1', one), listShimParts('1', other));
  const text = readFileSync(writeSbom(artefact, RELEASE, parts), 'utf8');
  const load = (name: string): object => JSON.parse(readFileSync(join(SCHEMAS, name), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(load(name), `http://cyclonedx.org/schema/${name}`);
  const validate = ajv.compile(load('bom-1.6.SNAPSHOT.schema.json'));
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
  const { components } = JSON.parse(text);
  assert.deepEqual(components.map(({ name }: { name: string }) => name).sort(), [
    'libgcc',
    'libgcc',
    'libmd',
    'libyaml',
    'musl',
    'quickjs',
  ]);
  const ofGcc = components.filter(({ name }: { name: string }) => name === 'libgcc');
  const from = ofGcc.map(({ purl, properties }: { purl: string; properties: unknown }) => [purl, properties]);
  assert.deepEqual(from, [
    ['pkg:deb/debian/libgcc-0-dev@0.1-2?arch=amd64', [{ name: 'cdi-runtime:compiler', value: 'gcc 0.1' }]],
    ['pkg:deb/debian/libgcc-0-dev@0.2-1?arch=amd64', [{ name: 'cdi-runtime:compiler', value: 'gcc 0.2' }]],
  ]);
  assert.equal(readFileSync(writeSbom(artefact, RELEASE, parts), 'utf8'), text);
});

test('the sums are those that sha256sum checks', () => {
  const artefacts = ['b', 'a'].map((name) => join(folder, name));
  for (const path of artefacts) writeFileSync(path, path);
  const sums = writeSums(folder, artefacts);
  assert.deepEqual(readFileSync(sums, 'utf8').match(/\S+$/gm), ['a', 'b']);
  assert.equal(spawnSync('sha256sum', ['--check', '--strict', sums], { cwd: folder }).status, 0);
});

test('without a key each way to sign is skipped by its name, and no old signature stays', async () => {
  const file = join(folder, 'unsigned');
  for (const name of [file, `${file}.asc`]) writeFileSync(name, '');
  assert.deepEqual(await sign(file, {}), [
    'skipped: not signed by RELEASE_GPG_KEY, which names no key',
    'skipped: not signed by RELEASE_MINISIGN_KEY, which names no key',
  ]);
  assert.equal(existsSync(`${file}.asc`), false);
});

const noGpg = spawnSync('gpg', ['--version']).error === undefined ? false : 'gpg is not installed';
test('a key from outside signs', { skip: noGpg }, async (context) => {
  const home = join(folder, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...words: string[]): number | null => spawnSync('gpg', ['--homedir', home, '--batch', ...words]).status;
  const made = gpg('--passphrase', '', '--quick-generate-key', 'release@localhost', 'ed25519', 'sign', 'never');
  if (made !== 0) return context.skip('gpg makes no key here');
  const file = join(folder, 'signed');
  writeFileSync(file, 'sums');
  process.env['GNUPGHOME'] = home;
  try {
    const [said] = await sign(file, { RELEASE_GPG_KEY: 'release@localhost' });
    assert.equal(said, 'signed signed by gpg');
    assert.equal(gpg('--verify', `${file}.asc`, file), 0);
    writeFileSync(file, 'other sums');
    assert.notEqual(gpg('--verify', `${file}.asc`, file), 0);
  } finally {
    delete process.env['GNUPGHOME'];
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  }
});
